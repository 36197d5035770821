"""The calendar of a cycle, its rules and its public log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from civic.actions.transitions import find_cycle
from civic.model.cycle import Cycle, Stage, StageChange, StageState
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.calendar import Doing, Phase, days_left, doing, phase, state_at


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A stage as its dates have it now."""

    stage: Stage
    state: StageState
    days_left: int | None
    """Midnights of the town before the close; None unless open."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """All about a cycle that everyone may know."""

    cycle: Cycle
    phase: Phase
    doing: Doing
    """The one thing that makes most sense to do."""
    lines: tuple[CalendarLine, ...]
    changes: Sequence[StageChange]
    """The public log, newest first."""
    now: datetime


@dataclass(frozen=True, slots=True)
class ReadCalendar:
    """Read what a cycle is and where it stands."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, cycle_id: int) -> Calendar:
        """Return the calendar; raises `Refused` with `NOT_FOUND`, also in another town."""
        now = self.clock.now()
        async with self.work.read() as work:
            cycle = await find_cycle(work, cycle_id)
            community = await work.communities.get(resident.community_id)
            if community is None or cycle.community_id != community.id:
                raise Refused(Reason.NOT_FOUND)
            changes = await work.cycles.changes(cycle_id)
        return Calendar(
            cycle=cycle,
            phase=phase(cycle, now),
            doing=doing(cycle, now),
            lines=tuple(
                CalendarLine(
                    stage,
                    state_at(stage, now),
                    days_left(stage, now, community.zone) if stage.is_open(now) else None,
                )
                for stage in cycle.stages
            ),
            changes=changes,
            now=now,
        )
