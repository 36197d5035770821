"""Counting rules: pure, exact, the same outcome for the same input in any order.

Each rule is a module with `count(contest)` and knows nothing of the others. What they share:
`ballots` and `contest` (what is counted), `decisions` (what comes out), `ties` (the written order)
and `by_votes`. A divided fund and several sources are the same for every rule (`pots`, `sources`).
A new rule is a new module and a line in `RULES`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from civic.rules.tally import (
    equal_shares,
    greedy,
    greedy_custom,
    greedy_exclusive,
    greedy_no_skip,
    greedy_threshold,
)
from civic.rules.tally.contest import Contest, CountingRule
from civic.rules.tally.decisions import Count
from civic.rules.tally.pots import count_in_pots
from civic.rules.tally.sources import paid_from

RULES: Final[Mapping[str, CountingRule]] = MappingProxyType(
    {
        "equalshares": equal_shares.count,
        "equalshares-comparison": equal_shares.count_with_comparison,
        "equalshares/add1": equal_shares.count_add1,
        "equalshares/add1-comparison": equal_shares.count_add1_with_comparison,
        "greedy": greedy.count,
        "greedy-custom": greedy_custom.count,
        "greedy-exclusive": greedy_exclusive.count,
        "greedy-no-skip": greedy_no_skip.count,
        "greedy-threshold": greedy_threshold.count,
    }
)
"""Counting rules by the names that the Pabulib archive, and a cycle's rules, give them."""


def count(contest: Contest, rule: str) -> Count:
    """Count by a rule of `RULES`.

    Raises `KeyError` when there is no such rule, `ValueError` when the contest lacks what the
    rule needs.
    """
    decide = RULES[rule]
    counted = count_in_pots(contest, decide) if contest.terms.pots else decide(contest)
    return paid_from(counted, contest.terms)
