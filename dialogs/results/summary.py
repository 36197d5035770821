"""What a protocol comes to, in plain words."""

from civic.model.results import ResultsProtocol
from dialogs.kit.figures import money, number
from dialogs.kit.text import _, ngettext
from dialogs.results.sentences import votes


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
