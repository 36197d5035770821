"""Who may do what; nothing is allowed by default."""

from civic.model.cycle import Cycle, Stage, StageKind, VotingRules
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role


def has_declared(resident: Resident, rules: VotingRules) -> bool:
    """Tell whether the person declared to live in the town and to be as old as this vote asks."""
    return (
        resident.declared_at is not None
        and resident.declared_age is not None
        and resident.declared_age >= rules.minimum_age
    )


def require_voter(resident: Resident, rules: VotingRules) -> None:
    """Raise `Refused` with `NOT_DECLARED` until the person has declared what this vote asks."""
    if not has_declared(resident, rules):
        raise Refused(Reason.NOT_DECLARED, minimum_age=rules.minimum_age)


def may_moderate(resident: Resident) -> bool:
    """Tell whether the person may decide on reported remarks."""
    return resident.has(Role.MODERATOR) or resident.has(Role.ORGANISER)


def require_moderator(resident: Resident) -> None:
    """Raise `Refused` with `NOT_MODERATOR` for everyone who may not moderate."""
    if not may_moderate(resident):
        raise Refused(Reason.NOT_MODERATOR)


def in_town(cycle: Cycle | None, resident: Resident) -> Cycle:
    """Return the cycle of the person's own town; raises `Refused(NOT_FOUND)` for any other."""
    if cycle is None or cycle.community_id != resident.community_id:
        raise Refused(Reason.NOT_FOUND)
    return cycle


def vote_of(cycle: Cycle) -> tuple[Stage, VotingRules]:
    """Return the stage and rules of the cycle's vote; raises `Refused(NO_SUCH_STAGE)` without."""
    stage = cycle.stage(StageKind.VOTING)
    if stage is None or cycle.rules.voting is None:
        raise Refused(Reason.NO_SUCH_STAGE)
    return stage, cycle.rules.voting
