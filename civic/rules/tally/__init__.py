"""Counting rules: pure, exact, the same outcome for the same input in any order.

Each rule is a module with `count(contest)` and knows nothing of the others; `contest` and `ties`
hold what they share. A new rule is a new module and a line in `RULES`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from civic.model.results import ProjectResult
from civic.rules.tally import greedy
from civic.rules.tally.contest import Contest, CountingRule

RULES: Final[Mapping[str, CountingRule]] = MappingProxyType({"greedy": greedy.count})
"""Counting rules by the name a cycle's rules give (`VotingRules.tally`)."""


def count(contest: Contest) -> tuple[ProjectResult, ...]:
    """Count by the rule that the contest names; one result per candidate, in order of decision.

    Raises `KeyError` when there is no such rule.
    """
    return RULES[contest.rules.tally](contest)
