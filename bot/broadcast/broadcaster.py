"""Plans announcements and sends them on every channel, alone or beside other processes."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from aiogram import Bot
from aiogram.utils.i18n import I18n

from bot.broadcast.courier import Courier
from bot.broadcast.lane import TROUBLE_SECONDS, Lane
from bot.broadcast.letters import Letters
from bot.broadcast.pace import Pace, Sleep
from bot.broadcast.poster import Line, Poster
from bot.channels.budgets import BUDGETS, Budget
from bot.metrics import Metrics
from civic.ports import Clock, Randomness, Work
from civic.rules.digests import GATHERING

CHUNK: Final = 5_000
"""Deliveries written at once; on SQLite everyone else who writes waits for it."""
BEAT: Final = timedelta(seconds=2)
"""How often a sender shows that it is alive."""
LEASE: Final = timedelta(seconds=10)
"""A sender that has not shown itself for so long is dead; what it was sending is sent again."""

COUNTED_EVERY: Final = timedelta(seconds=15)
"""How often what waits is counted for the metrics."""

_NAME_BYTES: Final = 12
_log = logging.getLogger(__name__)


class Broadcaster:
    """One process's part in telling people the news.

    What was in flight when a process died is sent again after `LEASE` and marked as doubtful:
    these few may read it twice, but nobody misses it. All other copies go out exactly once.
    """

    def __init__(  # noqa: PLR0913 - what it sends by, and what rehearsals and tests replace
        self,
        work: Work,
        clock: Clock,
        randomness: Randomness,
        bots: Mapping[str, Bot],
        i18n: I18n,
        metrics: Metrics,
        *,
        budgets: Mapping[str, Budget] = BUDGETS,
        gathering: timedelta = GATHERING,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Send by `bots`, one for each channel, within `budgets`.

        What falls due within `gathering` is told to a person in one message.
        """
        self._work = work
        self._clock = clock
        self._worker = randomness.token(_NAME_BYTES)
        self._sleep = sleep
        self._woken = asyncio.Event()
        self._stopping = False
        self._beaten_at = clock.now() - LEASE
        self._counted_at = clock.now() - COUNTED_EVERY
        self._metrics = metrics
        self._lanes: dict[str, Lane] = {}
        self._posters: list[Poster] = []
        for channel, bot in bots.items():
            budget = budgets[channel]
            pace, letters = Pace(budget, clock, sleep), Letters(i18n, budget)
            courier = Courier(channel, bot, pace, letters, clock, randomness, metrics)
            self._lanes[channel] = Lane(
                *(self._worker, work, clock, courier, budget.in_flight, gathering, sleep)
            )
            if budget.group_seconds:
                line = Line(channel, bot, pace, metrics)
                self._posters.append(Poster(self._worker, work, clock, line, i18n, sleep))

    def wake(self) -> None:
        """Look at once whether something is to be planned or sent."""
        self._woken.set()
        self._wake_parts()

    def stop(self) -> None:
        """Finish the messages in flight, give the rest back, and let `run` return."""
        self._stopping = True
        self._woken.set()
        for part in self._parts():
            part.stop()

    def yield_to_reply(self, channel: str) -> None:
        """Make room for a reply to a person, which goes out at once."""
        self._lanes[channel].pace.yield_to_reply()

    async def run(self) -> None:
        """Plan and send until stopped; trouble with the database or a channel only delays it."""
        async with asyncio.TaskGroup() as lanes:
            keeping = lanes.create_task(self._keep())
            async with asyncio.TaskGroup() as sending:
                for part in self._parts():
                    sending.create_task(part.run())
            await keeping
        async with self._work.write() as work:
            await work.deliveries.leave(self._worker)
            await work.commit()

    async def send_due(self) -> int:
        """Plan and send everything that is due now; return how many deliveries were settled."""
        await self._beat()
        total = 0
        while True:
            await self._plan()
            settled = sum([await part.send_due() for part in self._parts()])
            total += settled
            if not settled:
                break
        await self._finish()
        return total

    async def _keep(self) -> None:
        """Show to be alive, plan what is due, and note what is done, again and again."""
        while not self._stopping:
            try:
                await self._beat()
                await self._plan()
                await self._finish()
            except Exception:  # noqa: BLE001 - the next round tries again: news must not end with one bad round
                _log.exception("keeping the ledger failed; trying again")
                await self._sleep(TROUBLE_SECONDS)
            try:
                async with asyncio.timeout(BEAT.total_seconds()):
                    await self._woken.wait()
                self._woken.clear()
            except TimeoutError:
                continue

    async def _beat(self) -> None:
        now = self._clock.now()
        async with self._work.write() as work:
            alive, recovered = await work.deliveries.beat(self._worker, now, now - LEASE)
            await work.commit()
        self._beaten_at = now
        for lane in self._lanes.values():
            lane.pace.share_with(alive)
        if recovered:
            _log.warning("%d deliveries of a sender that died are sent again", recovered)

    async def _plan(self) -> int:
        """Write the deliveries of every announcement whose moment has come; return how many."""
        planned = 0
        while not self._stopping:
            now = self._clock.now()
            if now - self._beaten_at >= BEAT:
                await self._beat()
            async with self._work.write() as work:
                written = await work.announcements.fill(CHUNK, now, self._lanes.keys())
                if written is None:
                    break
                await work.commit()
            planned += written
            self._wake_parts()
        return planned

    async def _finish(self) -> None:
        now = self._clock.now()
        async with self._work.write() as work:
            if await work.deliveries.finish(now):
                await work.commit()
        if now - self._counted_at >= COUNTED_EVERY:
            self._counted_at = now
            async with self._work.read() as work:
                waiting = await work.deliveries.waiting()
            for channel in self._lanes:
                self._metrics.waiting(channel, waiting.get(channel, 0))

    def _parts(self) -> Sequence[Lane | Poster]:
        return [*self._lanes.values(), *self._posters]

    def _wake_parts(self) -> None:
        for part in self._parts():
            part.wake()
