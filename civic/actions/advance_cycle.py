"""Bring a cycle to where its calendar says it should be."""

from dataclasses import dataclass
from datetime import datetime

from civic.actions.transitions import bring_up_to_date, find_cycle, linked_beyond_appeal
from civic.ports import Clock, Work
from civic.rules.calendar import due
from civic.rules.news import next_moment


@dataclass(frozen=True, slots=True)
class AdvanceCycle:
    """Carry out every transition that is due, in order and exactly once, whoever calls it."""

    work: Work
    clock: Clock

    async def __call__(self, cycle_id: int) -> datetime | None:
        """Return the next moment at which something may fall due; None when nothing is left.

        Raises `Refused` with `NOT_FOUND`.
        """
        now = self.clock.now()
        # Looked at without the writer's place first, because nearly always nothing is due.
        async with self.work.read() as work:
            cycle = await find_cycle(work, cycle_id)
            community = await work.communities.get(cycle.community_id)
            waiting = due(cycle, now) or await linked_beyond_appeal(work, cycle, now)
        if waiting:
            async with self.work.write() as work:
                cycle = await find_cycle(work, cycle_id, lock=True)
                cycle = await bring_up_to_date(work, cycle, now)
                await work.commit()
        return None if community is None else next_moment(cycle, now, community.zone)
