"""What goes on in the town now, for the menu."""

from dataclasses import dataclass
from datetime import datetime

from civic.model.cycle import Cycle, CycleKind, Stage, StageKind
from civic.model.resident import Resident
from civic.model.text import LocalText
from civic.ports import Clock, Work
from civic.rules.calendar import (
    Doing,
    Phase,
    day_number,
    days_in,
    days_left,
    doing,
    is_on_show,
    phase,
)


@dataclass(frozen=True, slots=True)
class StageNow:
    """The stage that is open."""

    id: int
    kind: StageKind
    opens_at: datetime
    closes_at: datetime
    day: int
    """Which day of the stage it is, from 1."""
    days: int
    """How many days the stage lasts."""
    days_left: int
    """Midnights before the close; 0 on the last day."""
    began: bool
    """True when the person began what the stage asks for."""
    finished: bool
    """True when the person finished what the stage asks for."""


@dataclass(frozen=True, slots=True)
class StageAhead:
    """The stage that opens next."""

    kind: StageKind
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class CycleNow:
    """A cycle as it stands at this moment."""

    id: int
    kind: CycleKind
    titles: LocalText
    phase: Phase
    stage: StageNow | None
    """None unless `phase` is OPEN."""
    doing: Doing
    """The one thing that makes most sense to do."""
    ahead: StageAhead | None
    """None when no stage is left."""


@dataclass(frozen=True, slots=True)
class ReadNow:
    """Read every cycle of the person's town that runs, is about to, or was over recently."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident) -> tuple[CycleNow, ...]:
        """Return what is open (closing soonest first), then what is ahead, then what is over."""
        now = self.clock.now()
        async with self.work.read() as work:
            community = await work.communities.get(resident.community_id)
            if community is None:
                return ()
            cycles = [
                cycle
                for cycle in await work.cycles.all(resident.community_id)
                if is_on_show(cycle, now)
            ]
            finished = await work.engagements.of_resident(
                resident.id, [stage.id for cycle in cycles for stage in cycle.stages]
            )
        cycles.sort(key=lambda cycle: _urgency(cycle, now))
        return tuple(
            CycleNow(
                id=cycle.id,
                kind=cycle.kind,
                titles=cycle.titles,
                phase=phase(cycle, now),
                stage=None
                if (stage := cycle.current(now)) is None
                else StageNow(
                    id=stage.id,
                    kind=stage.kind,
                    opens_at=stage.opens_at,
                    closes_at=stage.closes_at,
                    day=day_number(stage, now, community.zone),
                    days=days_in(stage),
                    days_left=days_left(stage, now, community.zone),
                    began=stage.id in finished,
                    finished=finished.get(stage.id, False),
                ),
                doing=doing(cycle, now),
                ahead=_ahead(cycle.following(now)),
            )
            for cycle in cycles
        )


def _ahead(stage: Stage | None) -> StageAhead | None:
    return None if stage is None else StageAhead(stage.kind, stage.opens_at)


def _urgency(cycle: Cycle, now: datetime) -> tuple[int, datetime]:
    if (stage := cycle.current(now)) is not None:
        return 0, stage.closes_at
    if (ahead := cycle.following(now)) is not None:
        return 1, ahead.opens_at
    return 2, cycle.stages[-1].closes_at
