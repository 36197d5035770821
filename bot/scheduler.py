"""The alarm clock: looks at every cycle when something falls due, and every half minute anyway.

What is due is decided from the database alone (`civic.rules.calendar`). The scheduler keeps
nothing of its own, so it may be late, doubled or lost: the next look puts everything right.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.remind import RemindUnfinished
from civic.ports import Clock, Work

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 30
"""How often every cycle is looked at, whatever the alarm says."""
_ALARM: Final = "alarm"
_TICK: Final = "tick"
_TIDY: Final = "tidy"


class Scheduler:
    """Carries out what the calendars of all cycles ask for; implements `civic.ports.Alarm`."""

    def __init__(
        self,
        work: Work,
        clock: Clock,
        advance: AdvanceCycle,
        remind: RemindUnfinished,
        on_news: Callable[[], None],
        tidy: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Call `on_news` after every look, since it may have written announcements.

        `tidy` is called every hour.
        """
        self._work = work
        self._clock = clock
        self._advance = advance
        self._remind = remind
        self._on_news = on_news
        self._tidy = tidy
        self._tidying = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._woken = False
        self._alarms = AsyncIOScheduler(
            timezone=UTC,
            # A look that comes late is as good as one in time; several late ones are one. A second
            # waits for the first, since the alarm may be set anew for a moment that has come.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2},
        )

    @property
    def next_alarm(self) -> datetime | None:
        """Return the moment at which something falls due next; None when nothing is ahead."""
        job = self._alarms.get_job(_ALARM)
        return None if job is None else job.trigger.run_date

    async def start(self) -> None:
        """Catch up with everything that fell due meanwhile, then keep watch."""
        self._alarms.start()
        await self.look()
        self._alarms.add_job(
            self.look, IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC), id=_TICK
        )
        self._alarms.add_job(self.tidy_up, IntervalTrigger(hours=1, timezone=UTC), id=_TIDY)

    def wake(self) -> None:
        """Look at every cycle at once, in the background.

        Whoever wakes it during a look gets another one: the first may have passed by already.
        """
        if self._alarms.running and not self._woken:
            self._woken = True
            self._alarms.add_job(self.look)

    async def look(self) -> datetime | None:
        """Bring every cycle up to date, write reminders, and set the alarm for what comes next.

        Return the moment of the alarm; None when nothing is ahead.
        """
        async with self._looking:
            self._woken = False
            async with self._work.read() as work:
                cycle_ids = await work.cycles.ids()
            moments = [await self._look_at(cycle_id) for cycle_id in cycle_ids]
            upcoming = min((moment for moment in moments if moment), default=None)
            self._set_alarm(upcoming)
        self._on_news()
        return upcoming

    async def tidy_up(self) -> None:
        """Let what nobody can see any more be thrown away."""
        if self._tidy is None:
            return
        async with self._tidying:
            try:
                await self._tidy()
            except Exception:  # the next time tries again
                log.exception("what is unseen could not be thrown away")

    async def stop(self) -> None:
        """Stop watching; what has begun is finished first."""
        if self._alarms.running:
            self._alarms.pause()
        async with self._looking, self._tidying:
            if self._alarms.running:
                self._alarms.shutdown(wait=False)
        # The library shuts down in the next turn of the loop, which may be the last one.
        await asyncio.sleep(0)

    async def _look_at(self, cycle_id: int) -> datetime | None:
        try:
            upcoming = await self._advance(cycle_id)
            await self._remind(cycle_id)
        except (
            Exception
        ):  # one cycle in trouble must not stop the others; the next look tries again
            log.exception("cycle %d could not be brought up to date", cycle_id)
            return None
        return upcoming

    def _set_alarm(self, moment: datetime | None) -> None:
        if not self._alarms.running:
            return
        if moment is not None:
            self._alarms.add_job(
                self.look, DateTrigger(moment, timezone=UTC), id=_ALARM, replace_existing=True
            )
        elif self._alarms.get_job(_ALARM) is not None:
            self._alarms.remove_job(_ALARM)
