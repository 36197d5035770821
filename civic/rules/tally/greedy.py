"""Most votes first, until the money is spent; the rule of Khromtau 2020 and most Kazakh towns.

Those that have enough votes are taken by votes; one that costs more than is left is passed over,
or ends the count, as the terms say.
"""

from civic.rules.tally.by_votes import count_by_votes
from civic.rules.tally.contest import Contest
from civic.rules.tally.decisions import Count


def count(contest: Contest) -> Count:
    """Count; see the module."""
    return count_by_votes(contest, contest.terms.when_short)
