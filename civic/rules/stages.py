"""What each kind of stage permits, and which may follow which."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from civic.model.cycle import Cycle, CycleKind, Stage, StageKind
from civic.model.refusal import Reason, Refused


class Permission(StrEnum):
    """Something a stage may let residents do."""

    WRITE_IDEA = "write_idea"
    SUPPORT_IDEA = "support_idea"
    COMMENT = "comment"
    VOTE = "vote"


PERMITS: Final[Mapping[StageKind, frozenset[Permission]]] = {
    StageKind.IDEAS: frozenset({Permission.WRITE_IDEA, Permission.SUPPORT_IDEA}),
    StageKind.REVIEW: frozenset(),
    StageKind.VOTING: frozenset({Permission.VOTE}),
    StageKind.RESULTS: frozenset(),
    StageKind.BUILDING: frozenset(),
    StageKind.CONSULTATION: frozenset({Permission.COMMENT}),
    StageKind.ANSWERS: frozenset(),
}

ORDER: Final[Mapping[CycleKind, tuple[StageKind, ...]]] = {
    CycleKind.PARTICIPATORY_BUDGET: (
        StageKind.IDEAS,
        StageKind.REVIEW,
        StageKind.VOTING,
        StageKind.RESULTS,
        StageKind.BUILDING,
    ),
    CycleKind.CONSULTATION: (StageKind.CONSULTATION, StageKind.ANSWERS),
}
"""Kinds of stages a cycle may have, in the only order in which they may come.

Any may be left out.
"""


def stage_for(cycle: Cycle, permission: Permission) -> Stage | None:
    """Return the stage of the cycle that permits it, or None when the cycle has no such stage."""
    return next((stage for stage in cycle.stages if permission in PERMITS[stage.kind]), None)


def require(cycle: Cycle, permission: Permission, now: datetime) -> Stage:
    """Return the open stage that permits it; otherwise raise `Refused` with the dates.

    Raises `Refused` with `NO_SUCH_STAGE`, `NOT_OPEN_YET` or `CLOSED`.
    """
    stage = stage_for(cycle, permission)
    if stage is None:
        raise Refused(Reason.NO_SUCH_STAGE)
    if now < stage.opens_at:
        raise Refused(Reason.NOT_OPEN_YET, opens_at=stage.opens_at, closes_at=stage.closes_at)
    if now >= stage.closes_at:
        raise Refused(Reason.CLOSED, opens_at=stage.opens_at, closes_at=stage.closes_at)
    return stage
