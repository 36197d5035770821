"""Plans announcements and sends them on every channel, alone or beside other processes."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from aiogram import Bot
from aiogram.utils.i18n import I18n

from bot.broadcast.courier import Courier
from bot.broadcast.lane import TROUBLE_SECONDS, Lane, Lull, without_waiting
from bot.broadcast.letters import Letters
from bot.broadcast.line import Line
from bot.broadcast.outage import Outage
from bot.broadcast.pace import Pace, Sleep
from bot.broadcast.poster import Poster
from bot.broadcast.posts import Posts
from bot.channels.budgets import BUDGETS, Budget
from bot.metrics import Metrics
from civic.ports import Clock, Randomness, Work
from civic.rules.digests import GATHERING
from civic.rules.quiet_hours import next_strike
from civic.rules.sending import OFF_AFTER

CHUNK: Final = 5_000
"""Deliveries written or removed at once; on SQLite everyone else who writes waits for it."""
BEAT: Final = timedelta(seconds=2)
"""How often a sender shows that it is alive."""
LEASE: Final = timedelta(seconds=10)
"""A sender that has not shown itself for so long is dead; what it was sending is sent again."""

COUNTED_EVERY: Final = timedelta(seconds=15)
"""How often what waits is counted for the metrics."""
PUT_OFF_EVERY: Final = timedelta(minutes=15)
"""How long at most what became due at rest is read, and left, again with each claim."""
SERVED_EVERY: Final = OFF_AFTER / 12
"""How often it is written down that a sender stands ready for a channel."""

NAME_BYTES: Final = 12
"""Of the name of a process."""

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
        lull: Lull = without_waiting,
    ) -> None:
        """Send by `bots`, one for each channel, within `budgets`.

        What falls due within `gathering` is told to a person in one message. Before their copies
        are claimed or settled, which takes this process's time, it waits for a `lull` in its talk.
        """
        self._work = work
        self._clock = clock
        self._worker = randomness.token(NAME_BYTES)
        self.has_company = False
        """Whether other processes send news too."""
        self._sleep = sleep
        self._lull = lull
        self._woken = asyncio.Event()
        self._stopping = False
        self._beaten_at = clock.now() - LEASE
        self._counted_at = clock.now() - COUNTED_EVERY
        self._put_off_for = clock.now(), clock.now()
        """Since when all that is due at rest is put off, and until when nobody's hours end."""
        self._metrics = metrics
        self._lanes: dict[str, Lane] = {}
        self._posters: list[Poster] = []
        for channel, bot in bots.items():
            budget = budgets[channel]
            pace = Pace(budget, clock, sleep)
            line = Line(channel, bot, pace, Outage(channel, bot, pace, clock), metrics)
            courier = Courier(line, Letters(i18n, budget), clock, randomness)
            self._lanes[channel] = Lane(
                *(self._worker, work, clock, courier, budget, gathering, sleep, lull)
            )
            if budget.group_seconds:
                posts = Posts(i18n, budget)
                rest = timedelta(seconds=budget.group_seconds)
                self._posters.append(
                    Poster(self._worker, work, clock, randomness, line, posts, rest, sleep)
                )

    @property
    def name(self) -> str:
        """By which other processes know this one."""
        return self._worker

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

    def yield_to_reply(self, channel: str, chat_id: int) -> None:
        """Make room for a reply to a person, which goes out at once."""
        self._lanes[channel].pace.yield_to_reply(chat_id, self._clock.now())

    def pause(self, channel: str, until: datetime) -> None:
        """Send nothing on the channel before `until`: a reply was refused as too much."""
        self._lanes[channel].pace.pause(until)

    async def run(self) -> None:
        """Plan and send until stopped; trouble with the database or a channel only delays it."""
        async with asyncio.TaskGroup() as lanes:
            keeping = lanes.create_task(self._keep())
            async with asyncio.TaskGroup() as sending:
                for part in self._parts():
                    sending.create_task(part.run())
            await keeping
        try:
            async with self._work.write() as work:
                await work.deliveries.leave(self._worker)
                await work.commit()
        except Exception:  # noqa: BLE001 - the others take over when the lease is over
            _log.exception("leaving the ledger failed")

    async def send_due(self) -> int:
        """Plan and send everything that is due now; return how many deliveries were settled."""
        await self._beat()
        total = 0
        while True:
            await self._plan()
            await self._put_off()
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
                await self._lull()
                await self._beat()
                await self._plan()
                await self._put_off()
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
        self.has_company = alive > 1
        for lane in self._lanes.values():
            lane.pace.share_with(alive)
        if recovered:
            _log.warning("%d deliveries of a sender that died are sent again", recovered)

    async def _plan(self) -> int:
        """Write the deliveries of every announcement whose moment has come; return how many.

        What is left of those that were taken back goes before.
        """
        planned = 0
        while not self._stopping:
            now = await self._show_to_be_alive()
            async with self._work.write() as work:
                removed = await work.announcements.clear(CHUNK)
                written = (
                    await work.announcements.fill(CHUNK, now, self._lanes.keys())
                    if removed is None
                    else 0
                )
                if written is None:
                    break
                await work.commit()
            planned += written
            self._wake_parts()
        return planned

    async def _put_off(self) -> None:
        """Put off what is due to people whose hours are over, each time a town's clock strikes.

        In between it is looked for once in a while: what was resumed or tried again comes late.
        """
        since, until = self._put_off_for
        if since <= self._clock.now() < until:
            return
        resting = CHUNK
        while resting == CHUNK and not self._stopping:
            now = await self._show_to_be_alive()
            async with self._work.write() as work:
                resting = await work.deliveries.put_off(now, CHUNK)
                zones = await work.communities.zones()
                await work.commit()
            if resting < CHUNK:
                until = min(next_strike(now, zones), now + PUT_OFF_EVERY)
                self._put_off_for = now, until

    async def _show_to_be_alive(self) -> datetime:
        """Beat if it is time to, in what may take longer than a lease; return the moment."""
        now = self._clock.now()
        if now - self._beaten_at >= BEAT:
            await self._beat()
        return now

    async def _finish(self) -> None:
        now = self._clock.now()
        if now - self._counted_at >= COUNTED_EVERY:
            self._counted_at = now
            await self._count(now)
        async with self._work.write() as work:
            if await work.deliveries.finish(now):
                await work.commit()

    async def _count(self, now: datetime) -> None:
        """Note what waits on each channel, and give up what waits on one that is off."""
        async with self._work.read() as work:
            waiting = await work.deliveries.waiting()
            served = await work.deliveries.served()
        never = datetime.min.replace(tzinfo=now.tzinfo)
        stale = [one for one in self._lanes if now - served.get(one, never) >= SERVED_EVERY]
        unserved = waiting.keys() - self._lanes.keys()
        is_off = any(now - served.get(one, never) >= OFF_AFTER for one in unserved)
        if stale or is_off:
            async with self._work.write() as work:
                await work.deliveries.serve(stale, now)
                if is_off and (given_up := await work.deliveries.give_up_unserved(unserved, now)):
                    _log.warning("%d copies waited on channels that are off", given_up)
                await work.commit()
        for channel in self._lanes:
            self._metrics.waiting(channel, waiting.get(channel, 0))

    def _parts(self) -> Sequence[Lane | Poster]:
        return [*self._lanes.values(), *self._posters]

    def _wake_parts(self) -> None:
        for part in self._parts():
            part.wake()
