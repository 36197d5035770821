"""Remind people who began but did not finish."""

from dataclasses import dataclass
from datetime import datetime

from civic.actions.transitions import find_cycle
from civic.model.announcement import NoticeKind
from civic.model.audience import EVERYONE, Trait
from civic.model.cycle import Cycle, Stage, StageAction
from civic.ports import Clock, UnitOfWork, Work
from civic.rules.calendar import reminder


@dataclass(frozen=True, slots=True)
class RemindUnfinished:
    """Write the reminders of a cycle that are due, each once."""

    work: Work
    clock: Clock

    async def __call__(self, cycle_id: int) -> int:
        """Return how many people are reminded; raises `Refused` with `NOT_FOUND`."""
        now = self.clock.now()
        async with self.work.read() as work:
            cycle = await find_cycle(work, cycle_id)
            found = await _due(work, cycle, now)
        if found is None:
            return 0
        stage, days = found
        async with self.work.write() as work:
            unfinished = EVERYONE.those(Trait.UNFINISHED, stage.id)
            announcement = await work.announcements.plan(
                _key(stage, days),
                cycle.community_id,
                cycle.id,
                stage.id,
                NoticeKind.REMINDER,
                {"days": days},
                now,
                audience=unfinished,
                send_until=stage.closes_at,
            )
            if announcement is None:
                return 0
            told = await work.announcements.reach(cycle.community_id, unfinished, cycle.id)
            await work.commit()
            return sum(told.values())


async def _due(work: UnitOfWork, cycle: Cycle, now: datetime) -> tuple[Stage, int] | None:
    stage = cycle.current(now)
    if stage is None:
        return None
    moved = [
        change.at
        for change in await work.cycles.changes(cycle.id)
        if change.stage_id == stage.id and change.action is StageAction.EXTENDED
    ]
    days = reminder(stage, max(moved, default=stage.opens_at), now)
    if days is None or await work.announcements.is_planned(_key(stage, days)):
        return None
    return stage, days


def _key(stage: Stage, days: int) -> str:
    return f"stage:{stage.id}:reminder:{stage.closes_at:%Y%m%dT%H%M%S}:{days}"
