"""Most votes first among those with enough votes; what does not fit is passed over."""

from civic.model.cycle import WhenShort
from civic.rules.tally.by_votes import count_by_votes
from civic.rules.tally.contest import Contest, Threshold
from civic.rules.tally.decisions import Count


def count(contest: Contest) -> Count:
    """Count; see the module. Raises `ValueError` for terms without a threshold."""
    if contest.terms.threshold == Threshold():
        msg = "greedy-threshold needs a threshold"
        raise ValueError(msg)
    return count_by_votes(contest, WhenShort.SKIP)
