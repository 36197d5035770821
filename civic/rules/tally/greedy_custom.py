"""Most votes first until one does not fit; that one is topped up if most of its cost is left.

The rule of Wrocław and Poznań, `greedy-custom` in the Pabulib archive: when what is left covers at
least 80 % (`Terms.top_up`) of the first project that does not fit, a reserve outside the fund pays
the rest. Either way the count ends there.
"""

from civic.model.cycle import WhenShort
from civic.rules.tally.by_votes import count_by_votes
from civic.rules.tally.contest import Contest
from civic.rules.tally.decisions import Count


def count(contest: Contest) -> Count:
    """Count; see the module."""
    return count_by_votes(contest, WhenShort.STOP, contest.terms.top_up)
