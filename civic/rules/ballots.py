"""What one ballot may hold."""

from collections.abc import Collection

from civic.model.cycle import BallotKind, VotingRules
from civic.model.project import Project
from civic.model.refusal import Reason, Refused


def money_left(chosen: Collection[Project], rules: VotingRules) -> int:
    """Return whole tenge of the fund left by the chosen projects; negative when over it."""
    return rules.fund - sum(price(project) for project in chosen)


def require_room(chosen: Collection[Project], added: Project, rules: VotingRules) -> None:
    """Let `added` on a ballot that holds `chosen` only if the rules leave room for it.

    Raises `Refused` with `TOO_MANY_CHOICES` or `OVER_FUND`.
    """
    if rules.ballot is BallotKind.KNAPSACK:
        left = money_left(chosen, rules)
        if price(added) > left:
            raise Refused(Reason.OVER_FUND, left=left, cost=price(added))
    elif rules.max_choices is not None and len(chosen) >= rules.max_choices:
        raise Refused(Reason.TOO_MANY_CHOICES, limit=rules.max_choices)


def price(project: Project) -> int:
    """Return the cost; raises `ValueError` for a project without one, which cannot be voted on."""
    if project.cost is None:
        msg = f"project {project.id} is on a ballot without a cost"
        raise ValueError(msg)
    return project.cost
