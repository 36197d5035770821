"""The rules of a vote in plain words."""

from civic.actions.read_ballot import BallotView, VotePhase
from civic.model.cycle import BallotKind, TieBreak, VotingRules, WhenShort
from civic.model.project import Project
from civic.rules.ballots import money_left
from dialogs.kit.acting import Acting
from dialogs.kit.figures import money
from dialogs.kit.moments import close, day_and_time
from dialogs.kit.text import _, ngettext


def rule(view: BallotView, language: str) -> str:
    """Return what a ballot may hold and which projects win."""
    return f"{still_choosing(view, language)} {winning(view.rules, language)}".strip()


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


def winning(rules: VotingRules, language: str) -> str:
    """Return which projects win."""
    if rules.more_than == 0:
        text = _("The projects with the most votes win, until {fund} is spent.")
    else:
        text = ngettext(
            "Projects with more than {votes} vote win, most votes first, until {fund} is spent.",
            "Projects with more than {votes} votes win, most votes first, until {fund} is spent.",
            rules.more_than,
        )
    return text.format(votes=rules.more_than, fund=money(rules.fund, language))


def binding(rules: VotingRules) -> str:
    """Return whether the result binds."""
    if rules.binding:
        return _("The result is binding: the projects that win are carried out.")
    return _("The result is advice: the akimat takes the final decision.")


def shortage(rules: VotingRules) -> str:
    """Return what happens to a project that costs more than is left."""
    if rules.when_short is WhenShort.SKIP:
        return _("A project that costs more than is left is passed over for the next one.")
    return _("The count stops at the first project that costs more than is left.")


def ties(rules: VotingRules) -> str:
    """Return how the order of projects with equal votes is decided."""
    if not rules.ties:
        return _("No rule for equal votes was written down.")
    orders = {
        TieBreak.LOWER_COST: _("the one that costs less"),
        TieBreak.EARLIER_SUBMISSION: _("the one submitted earlier"),
        TieBreak.LOT: _(
            "a lot anyone can draw again (the least SHA-256 of “{seed}” and the project's number)"
        ).format(seed=rules.seed),
    }
    order = _(", then ").join(orders[kind] for kind in rules.ties)
    return _("When votes are equal, this one goes first: {order}.").format(order=order)


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
