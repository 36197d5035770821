"""The rules of a vote in plain words."""

from civic.actions.read_ballot import BallotView, VotePhase
from civic.model.cycle import BallotKind, VotingRules
from civic.model.project import Project
from civic.rules.ballots import money_left
from dialogs.kit.acting import Acting
from dialogs.kit.figures import money
from dialogs.kit.moments import close, day_and_time
from dialogs.kit.text import _, ngettext
from dialogs.voting import counting


def rule(view: BallotView, language: str) -> str:
    """Return what a ballot may hold and which projects win."""
    return f"{still_choosing(view, language)} {counting.winning(view.rules, language)}".strip()


def still_choosing(view: BallotView, language: str) -> str:
    """Return what a ballot may hold; empty when the vote is over.

    Of a past round taken over from its report it may not even be known.
    """
    return "" if view.phase is VotePhase.OVER else choosing(view.rules, language)


def choosing(rules: VotingRules, language: str) -> str:
    """Return what a ballot may hold."""
    if rules.ballot is BallotKind.KNAPSACK:
        text = _("You may choose any projects that together cost no more than {fund}.")
        return text.format(fund=money(rules.fund, language))
    if rules.max_choices is None:
        return _("You may choose as many projects as you like.")
    return ngettext(
        "You may choose {limit} project.",
        "You may choose up to {limit} projects.",
        rules.max_choices,
    ).format(limit=rules.max_choices)


def dates(view: BallotView, acting: Acting) -> str:
    """Return where the vote stands and until when."""
    text = {
        VotePhase.AHEAD: _("Voting opens {opens} and closes {closes}."),
        VotePhase.OPEN: _(
            "Open until {closes}. Your ballot counts as it stands: nothing has to be confirmed."
        ),
        VotePhase.OVER: _("Voting closed {closes}. The votes are counted.")
        if view.counted
        else _("Voting closed {closes}. The votes are being counted."),
    }[view.phase]
    zone, language = acting.community.zone, acting.language
    return text.format(
        opens=day_and_time(view.stage.opens_at, zone, language),
        closes=close(view.stage.closes_at, zone, language),
    )


def standing(view: BallotView, language: str) -> str:
    """Return how full the ballot is."""
    rules, count = view.rules, len(view.choices)
    if rules.ballot is BallotKind.KNAPSACK:
        return _("Chosen: {count}. Money left: {left} of {fund}.").format(
            count=count,
            left=money(money_left(view.chosen, rules), language),
            fund=money(rules.fund, language),
        )
    if rules.max_choices is None:
        return _("Chosen: {count}.").format(count=count)
    return _("Chosen: {count} of {limit}.").format(count=count, limit=rules.max_choices)


def cost(project: Project, language: str) -> str:
    """Return what the project costs."""
    if project.cost is None:
        return _("not published")
    if project.cost_is_sample:
        return _("{cost} (a sample figure)").format(cost=money(project.cost, language))
    return money(project.cost, language)
