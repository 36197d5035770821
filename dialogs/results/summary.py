"""What a protocol comes to, in plain words."""

from civic.actions.read_results import ResultsView
from civic.model.community import Community
from civic.model.results import ResultsProtocol
from civic.model.text import in_language
from dialogs.kit.figures import money, number
from dialogs.kit.text import _, ngettext
from dialogs.results.sentences import votes
from dialogs.voting.counting import pot_names


def funded(protocol: ResultsProtocol) -> int:
    """Return how many projects are funded."""
    return sum(one.outcome.is_funded for one in protocol.results)


def ballots(protocol: ResultsProtocol, language: str) -> str:
    """Return how many people voted and how many votes they gave."""
    given = votes(protocol.votes, language)
    if protocol.ballots is None:
        return _("Votes: {votes}; how many people voted was not published.").format(votes=given)
    return ngettext(
        "{count} person voted: {votes}.", "{count} people voted: {votes}.", protocol.ballots
    ).format(count=number(protocol.ballots, language), votes=given)


def spending(protocol: ResultsProtocol, language: str) -> str:
    """Return how many projects are funded and for how much of the fund."""
    values = {
        "count": funded(protocol),
        "projects": len(protocol.results),
        "spent": "" if protocol.spent is None else money(protocol.spent, language),
        "fund": money(protocol.fund, language),
    }
    if protocol.spent is None:
        return _(
            "Funded: {count} of {projects} projects. The fund was {fund}; what was spent was not "
            "published."
        ).format_map(values)
    return _("Funded: {count} of {projects} projects, for {spent} of {fund}.").format_map(values)


def remainders(view: ResultsView, community: Community, language: str) -> list[str]:
    """Return what is left of each part of the money; nothing where it has no parts."""
    division = view.rules.division
    pots = [] if division is None else pot_names(division, community, language)
    sources = [in_language(source.names, language) for source in view.rules.sources]
    return [
        _("{name}: {left} left").format(name=names[one.part], left=money(one.left, language))
        for names, parts in ((pots, view.protocol.left_in), (sources, view.protocol.left_of))
        for one in parts
    ]


def comparison(protocol: ResultsProtocol, language: str) -> str:
    """Return which of two outcomes stands and why; empty where only one was worked out."""
    if protocol.preferences is None:
        return ""
    by_shares, by_votes = protocol.preferences
    compared = _(
        "Two outcomes were compared. Got more of what they chose: {shares} with equal shares, "
        "{votes} by votes alone."
    ).format(shares=_voters(by_shares, language), votes=_voters(by_votes, language))
    stands = (
        _("So the outcome by votes alone stands.")
        if by_votes > by_shares
        else _("So the outcome of equal shares stands.")
    )
    return f"{compared} {stands}"


def _voters(count: int, language: str) -> str:
    return ngettext("{count} voter", "{count} voters", count).format(count=number(count, language))
