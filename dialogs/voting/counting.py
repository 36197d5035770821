"""How votes are counted, in plain words."""

from collections.abc import Iterable

from civic.model.community import Community
from civic.model.cycle import (
    DividedBy,
    Division,
    FundSource,
    TallyRule,
    TieBreak,
    Transfer,
    VotingRules,
    WhenShort,
)
from civic.model.project import Project
from civic.model.text import in_language
from dialogs.kit.figures import money, percent
from dialogs.kit.text import _, ngettext


def in_full(rules: VotingRules, community: Community, language: str) -> list[str]:
    """Return everything that decides the outcome, a sentence or two in each entry."""
    return [
        winning(rules, language),
        shortage(rules, language),
        *([] if rules.division is None else [_division(rules.division, community, language)]),
        *([_sources(rules.sources, language)] if rules.sources else []),
        *([_exclusions(rules)] if rules.conflicts else []),
        ties(rules),
        binding(rules),
    ]


def winning(rules: VotingRules, language: str) -> str:
    """Return which projects win."""
    if rules.tally.is_by_shares:
        text = _(
            "Every voter has an equal share of {fund}; a project wins when the shares of those "
            "who chose it pay for it. What most people can pay for together comes first."
        )
    elif rules.more_than_percent != "0":
        text = _(
            "Projects that more than {percent} of voters chose win, most votes first, until "
            "{fund} is spent."
        )
    elif rules.more_than == 0:
        text = _("The projects with the most votes win, until {fund} is spent.")
    else:
        text = ngettext(
            "Projects with more than {votes} vote win, most votes first, until {fund} is spent.",
            "Projects with more than {votes} votes win, most votes first, until {fund} is spent.",
            rules.more_than,
        )
    winners = text.format(
        votes=rules.more_than,
        percent=percent(float(rules.more_than_percent), language),
        fund=money(rules.fund, language),
    )
    return winners if rules.division is None else f"{winners} {_competing(rules.division)}"


def shortage(rules: VotingRules, language: str) -> str:
    """Return what happens where the money does not suffice."""
    shares = _(
        "As long as the fund suffices, every share is raised by one tenge at a time. What is left "
        "then goes to the projects with the most votes that it covers."
    )
    if rules.tally is TallyRule.EQUAL_SHARES:
        return shares
    if rules.tally is TallyRule.EQUAL_SHARES_COMPARED:
        compared = _(
            "If more voters get more of what they chose by simply taking projects in order of "
            "votes, that outcome stands."
        )
        return f"{shares} {compared}"
    if rules.tally is TallyRule.TOP_UP:
        return _(
            "The count ends at the first project that costs more than is left. If at least "
            "{percent} of its cost is left, the rest is added from outside the fund."
        ).format(percent=percent(rules.top_up_percent or 0, language))
    if rules.when_short is WhenShort.SKIP:
        return _("A project that costs more than is left is passed over for the next one.")
    return _("The count stops at the first project that costs more than is left.")


def ties(rules: VotingRules) -> str:
    """Return how the order of equal projects is decided."""
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
    text = (
        _("When projects are equal, this one goes first: {order}.")
        if rules.tally.is_by_shares
        else _("When votes are equal, this one goes first: {order}.")
    )
    return text.format(order=order)


def binding(rules: VotingRules) -> str:
    """Return whether the result binds."""
    if rules.binding:
        return _("The result is binding: the projects that win are carried out.")
    return _("The result is advice: the akimat takes the final decision.")


def excluded_by(
    project: Project, projects: Iterable[Project], rules: VotingRules, language: str
) -> str:
    """Return which of `projects` cannot win together with it; empty when all can."""
    codes = {code for pair in rules.conflicts if project.code in pair for code in pair}
    names = quoted(
        [one for one in projects if one.code in codes and one.id != project.id], language
    )
    text = _("Only one of these can win: this project or {names}.")
    return text.format(names=names) if names else ""


def quoted(projects: Iterable[Project], language: str) -> str:
    """Return the titles in quotation marks, separated by commas."""
    return ", ".join(
        _("“{title}”").format(title=in_language(one.titles, language)) for one in projects
    )


def pot_names(division: Division, community: Community, language: str) -> list[str]:
    """Return the names of the districts or topics among which the fund is divided."""
    find = community.district if division.by is DividedBy.DISTRICT else community.topic
    found = [find(pot.code) for pot in division.pots]
    return ["" if entry is None else in_language(entry.names, language) for entry in found]


def pot_of(
    project: Project, division: Division, community: Community, language: str
) -> tuple[str, int] | None:
    """Return name and size in tenge of the part of the fund that a project competes for."""
    code = project.district if division.by is DividedBy.DISTRICT else project.topic
    names = pot_names(division, community, language)
    found = (
        (name, pot.fund)
        for name, pot in zip(names, division.pots, strict=True)
        if pot.code == code
    )
    return next(found, None)


def _competing(division: Division) -> str:
    return {
        DividedBy.DISTRICT: _("The projects of a district compete for its own part of the fund."),
        DividedBy.TOPIC: _("The projects of a topic compete for its own part of the fund."),
    }[division.by]


def _division(division: Division, community: Community, language: str) -> str:
    parts = ", ".join(
        _("{name}: {amount}").format(name=name, amount=money(pot.fund, language))
        for name, pot in zip(pot_names(division, community, language), division.pots, strict=True)
    )
    left = {
        Transfer.NONE: _("What a part has left stays unspent."),
        Transfer.NEXT: _("What a part has left goes to the next one."),
        Transfer.TOGETHER: _(
            "What the parts have left is put together for projects that lost for want of money."
        ),
    }[division.transfer]
    divided = _("The parts of the fund: {parts}.").format(parts=parts)
    return f"{divided} {left}"


def _sources(sources: Iterable[FundSource], language: str) -> str:
    parts = ", ".join(_source(source, language) for source in sources)
    return _("Where the money comes from: {parts}.").format(parts=parts)


def _source(source: FundSource, language: str) -> str:
    plain, reserve = _("{name}: {amount}"), _("{name}: {amount} (reserve, used last)")
    return (reserve if source.is_reserve else plain).format(
        name=in_language(source.names, language), amount=money(source.amount, language)
    )


def _exclusions(rules: VotingRules) -> str:
    return ngettext(
        "{count} pair of projects exclude each other: only the one with more votes can win. Their "
        "cards say which they are.",
        "{count} pairs of projects exclude each other: of each only the one with more votes can "
        "win. Their cards say which they are.",
        len(rules.conflicts),
    ).format(count=len(rules.conflicts))
