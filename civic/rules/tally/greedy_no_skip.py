"""Most votes first, until one does not fit: that one ends the count, whatever the terms say."""

from civic.model.cycle import WhenShort
from civic.rules.tally.by_votes import count_by_votes
from civic.rules.tally.contest import Contest
from civic.rules.tally.decisions import Count


def count(contest: Contest) -> Count:
    """Count; see the module."""
    return count_by_votes(contest, WhenShort.STOP)
