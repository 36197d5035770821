"""One channel's part of the sending: several messages in flight, each claimed and settled."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.broadcast.courier import Courier
from bot.broadcast.letters import Letter
from bot.broadcast.pace import Pace, Sleep
from bot.channels.budgets import Budget
from civic.model.announcement import Delivery, Outcome
from civic.model.reply import Reply
from civic.ports import Clock, UnitOfWork, Work

POLL_SECONDS: Final = 5.0
"""How often the ledger is looked at without being woken."""
TROUBLE_SECONDS: Final = 2.0
"""Before another try after the database failed."""
AT_ONCE: Final = 4
"""Letters begun before others in this process have their turn."""
HEARD_OF: Final = timedelta(seconds=10)
"""Older replies do not matter any more."""
LAST_TRIES: Final = 3
"""How often a lane that is told to stop tries to write down what became of its messages; what it
cannot is sent again when its lease is over, in doubt."""
Lull = Callable[[], Awaitable[None]]
"""Waits until nobody is being answered by this process, but not for long."""

_log = logging.getLogger(__name__)


async def without_waiting() -> None:
    """Stand for the lull of a process that talks to nobody."""


class Lane:
    """Keeps as many messages of one channel in flight as may be, until nothing is due.

    A message is claimed, with others, just before it goes out, and its place is free again when
    what became of it is committed. So a process that dies leaves at most as many messages in doubt
    as may be in flight.
    """

    def __init__(
        self,
        worker: str,
        work: Work,
        clock: Clock,
        courier: Courier,
        budget: Budget,
        gathering: timedelta,
        sleep: Sleep,
        lull: Lull,
    ) -> None:
        """Send by `courier`, at most as many messages at the same time as `budget` lets.

        What falls due waits for `gathering`, and so does the first message, because what fell due
        before the service came back is caught up with then.
        """
        self._worker = worker
        self._work = work
        self._clock = clock
        self._courier = courier
        self._places = budget.in_flight
        self._strangers_a_day = budget.strangers_a_day
        self._rest_of_chats = timedelta(seconds=budget.chat_seconds)
        self._told_at = clock.now() - self._rest_of_chats
        self._heard: dict[int, Reply] = {}
        self._sleep = sleep
        self._lull = lull
        self._in_flight = 0
        self._back: list[Sequence[Outcome]] = []
        self._gathering = gathering
        self._made_at = clock.now()
        self._pause_told: datetime | None = None
        self._come_back = asyncio.Event()
        self._woken = asyncio.Event()

    @property
    def pace(self) -> Pace:
        """How fast this channel goes."""
        return self._courier.pace

    def wake(self) -> None:
        """Look at the ledger at once."""
        self._woken.set()

    def stop(self) -> None:
        """Finish what is in flight, give back what waits for its turn, and let `run` return."""
        self._courier.stopping = True
        self.pace.stop()
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped."""
        while not self._courier.stopping:
            if not await self.send_due():
                await self._rest()

    async def send_due(self) -> int:
        """Send until nothing on this channel is due; return how many deliveries were settled."""
        settled, last_tries = 0, LAST_TRIES
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    done, letters = await self._turn_over()
                except Exception:  # noqa: BLE001 - the outcomes are kept: news must not end with a bad moment
                    _log.exception("the ledger of %s cannot be used", self._courier.channel)
                    if self._courier.stopping and not self._in_flight:
                        last_tries -= 1
                        if not last_tries:
                            return settled
                    await self._sleep(TROUBLE_SECONDS)
                    continue
                settled += done
                self._in_flight += len(letters)
                for count, letter in enumerate(letters, start=1):
                    tasks.create_task(self._carry(letter))
                    if count % AT_ONCE == 0:
                        # Replies need not wait until all of them are written.
                        await asyncio.sleep(0)
                if not self._in_flight and not self._back:
                    return settled
                await self._some_come_back()

    async def _turn_over(self) -> tuple[int, Sequence[Letter]]:
        """Write down what became of the messages that came back, and claim as many new ones."""
        await self._lull()
        # Both at the same moment: what comes back meanwhile keeps its place until it is settled.
        back, free = tuple(self._back), self._courier.places(self._places) - self._in_flight
        pause = self.pace.paused_until
        outcomes = [outcome for of_letter in back for outcome in of_letter]
        now = self._clock.now()
        async with self._work.write() as work:
            await work.deliveries.settle(self._worker, outcomes, now)
            if self._strangers_a_day is not None:
                await work.strangers.settle(self._courier.channel, outcomes, now)
            for lost in {outcome.lost for outcome in outcomes if outcome.lost is not None}:
                await work.residents.set_reachable(lost.channel, lost.chat_id, reachable=False)
            if pause is not None:
                # It is asked of all processes together.
                await work.deliveries.pause(self._courier.channel, pause)
            claimed = await self._claim(work, free)
            letters = await self._courier.letters.gather(work, claimed, now)
            await work.commit()
        self._pause_told = pause
        if back:
            self._told_at = now
        del self._back[: len(back)]
        return len(outcomes), letters

    async def _claim(self, work: UnitOfWork, free: int) -> Sequence[Delivery]:
        channel, pace = self._courier.channel, self._courier.pace
        until = await work.deliveries.paused_until(channel)
        if until is not None:
            pace.pause(until)
        now = self._clock.now()
        await self._hear(work, now)
        if self._courier.stopping or pace.paused_until is not None:
            return []
        if free <= 0 or not self._has_begun(now):
            return []
        ripe = now - self._gathering
        return await work.deliveries.claim(
            *(self._worker, channel, free, now, ripe, self._strangers_a_day, self._rest_of_chats)
        )

    async def _hear(self, work: UnitOfWork, now: datetime) -> None:
        """Make room for what other processes have sent beside the news."""
        since = now - HEARD_OF
        heard = await work.replies.of_others(self._worker, self._courier.channel, since)
        for reply in (reply for key, reply in heard.items() if key not in self._heard):
            self.pace.yield_to_reply(reply.chat_id, reply.at)
        self._heard = dict(heard)

    def _has_begun(self, now: datetime) -> bool:
        """Tell whether the first message may go out; a clock set back does not hold it up."""
        return not self._made_at <= now < self._made_at + self._gathering

    async def _carry(self, letter: Letter) -> None:
        self._back.append(await self._courier.carry(letter))
        self._in_flight -= 1
        self._come_back.set()

    async def _some_come_back(self) -> None:
        """Wait until a quarter of the places can be settled together, or all that fly are back.

        A pause that others do not know of yet is not kept back.
        """
        enough = max(1, self._places // 4)
        while self._in_flight and len(self._back) < enough and not self._has_news_of_a_pause():
            self._come_back.clear()
            await self._come_back.wait()

    def _has_news_of_a_pause(self) -> bool:
        return self.pace.paused_until not in (None, self._pause_told)

    async def _rest(self) -> None:
        until = self.pace.paused_until
        now, rest = self._clock.now(), self._rest_of_chats
        left = POLL_SECONDS if until is None else (until - now).total_seconds()
        if self._told_at <= now < self._told_at + rest:
            # Something more may be due to those who were just told something. A clock that was set
            # back does not tell when: looking again and again would take the time of everybody.
            left = min(left, rest.total_seconds())
        try:
            async with asyncio.timeout(min(max(left, 0.0), POLL_SECONDS)):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()
