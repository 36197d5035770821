"""Most votes first; a funded project excludes those that cannot be carried out beside it.

Without such pairs this is `greedy`: Warszawa 2024 counted two districts by this rule in which no
pair came up.
"""

from civic.model.cycle import WhenShort
from civic.rules.tally.by_votes import count_by_votes
from civic.rules.tally.contest import Contest
from civic.rules.tally.decisions import Count


def count(contest: Contest) -> Count:
    """Count; see the module."""
    return count_by_votes(contest, WhenShort.SKIP)
