"""Most votes first; a funded project excludes those that cannot be carried out beside it."""

from civic.model.cycle import WhenShort
from civic.rules.tally.by_votes import count_by_votes
from civic.rules.tally.contest import Contest
from civic.rules.tally.decisions import Count


def count(contest: Contest) -> Count:
    """Count; see the module. Raises `ValueError` for terms without conflicts."""
    if not contest.terms.conflicts:
        msg = "greedy-exclusive needs the pairs of projects that exclude each other"
        raise ValueError(msg)
    return count_by_votes(contest, WhenShort.SKIP)
