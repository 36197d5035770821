"""When the next piece of news may go out on a channel."""

import asyncio
import heapq
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.channels.budgets import Budget
from civic.ports import Clock

Sleep = Callable[[float], Awaitable[None]]

SECOND: Final = timedelta(seconds=1.003)
"""What is permitted in a second is spread over slightly more, as clocks differ."""
CATCH_UP: Final = timedelta(milliseconds=250)
"""A delay up to this long is made good by going faster afterwards, within what is permitted."""
REMEMBERED_CHATS: Final = 1000
"""Chats whose last message is remembered; far more than are written to within a few seconds."""
REMEMBERED_CALLS: Final = 100
"""Calls of which the quickest tells how long the way there and back takes."""

FAMILIAR: Final = 30
"""Calls after which the quickest is believed: the first ones are slow."""


class Pace:
    """Spreads messages evenly over time, and never lets more arrive in a second than permitted.

    A messenger counts what arrives, and calls do not arrive as evenly as they leave. So each of
    the messages permitted in a second has a slot, free again a second after its call arrived: at
    the latest when it was answered, less the time that the quickest call takes. A library's
    window would let all of a second's messages out at once, and reads the machine's clock, so that
    a rehearsal could not run on another one.
    """

    def __init__(self, budget: Budget, clock: Clock, sleep: Sleep) -> None:
        """Keep to `budget`, as the only sender until `share_with` says otherwise."""
        self._budget = budget
        self._clock = clock
        self._sleep = sleep
        self._free_at = clock.now()
        self._slots = [clock.now()] * budget.per_second
        self._permitted = budget.per_second
        self._in_use = 0
        self._released = asyncio.Event()
        self._took: deque[timedelta] = deque(maxlen=REMEMBERED_CALLS)
        self._spacing = SECOND / budget.per_second
        self._chats: dict[int, datetime] = {}
        self._paused_until: datetime | None = None

    def share_with(self, senders: int) -> None:
        """Take only this sender's part of what is permitted to `senders` of them."""
        self._spacing = senders * SECOND / self._budget.per_second
        self._permitted = max(1, self._budget.per_second // senders)
        later = self._clock.now() + self._window
        while len(self._slots) + self._in_use < self._permitted:
            heapq.heappush(self._slots, later)
        while self._slots and len(self._slots) + self._in_use > self._permitted:
            heapq.heappop(self._slots)

    def pause(self, until: datetime) -> None:
        """Let nothing out before `until`."""
        if self._paused_until is None or until > self._paused_until:
            self._paused_until = until

    @property
    def paused_until(self) -> datetime | None:
        """The moment until which nothing may go out; None when something may."""
        until = self._paused_until
        return until if until is not None and until > self._clock.now() else None

    def yield_to_reply(self) -> None:
        """Count a reply, which goes out at once, so that the news makes room for it."""
        if self._slots:
            heapq.heapreplace(self._slots, self._clock.now() + self._window)

    async def turn(self, chat_id: int) -> datetime:
        """Wait until a message to the chat may go out; return that moment.

        It has to be handed to `answered` or to `unused` afterwards.
        """
        await self._wait_until(self._chat_free_at(chat_id))
        slot, now = await self._slot(), self._clock.now()
        moment = max(slot, self._free_at, now)
        # Taken at once, so that those behind need not wait until this one has waited.
        self._free_at = max(self._free_at, moment - CATCH_UP) + self._spacing
        await self._wait_until(moment)
        return self._clock.now()

    def answered(self, turn: datetime) -> None:
        """Note that the call made at that turn came back, whatever the answer."""
        took = self._clock.now() - turn
        self._took.append(took)
        quickest = min(self._took) if len(self._took) >= FAMILIAR else timedelta()
        self._release(turn + took - quickest)

    def unused(self, turn: datetime) -> None:
        """Note that no call was made at that turn."""
        self._release(turn)

    @property
    def _window(self) -> timedelta:
        """The time in which this sender may send as many messages as it has slots."""
        return self._permitted * self._spacing

    async def _slot(self) -> datetime:
        while not self._slots:
            self._released.clear()
            await self._released.wait()
        now = self._clock.now()
        if self._slots[0] > now + 2 * self._window:
            # The machine's clock was set back.
            self._slots, self._free_at = [now] * len(self._slots), now
        self._in_use += 1
        return heapq.heappop(self._slots)

    def _release(self, arrived: datetime) -> None:
        self._in_use -= 1
        if len(self._slots) + self._in_use < self._permitted:
            heapq.heappush(self._slots, arrived + self._window)
        self._released.set()

    async def _wait_until(self, moment: datetime) -> None:
        wait = moment - self._clock.now()
        if wait > timedelta():
            await self._sleep(wait.total_seconds())

    def _chat_free_at(self, chat_id: int) -> datetime:
        """Take the chat's next turn and return its moment."""
        # Only groups have negative numbers.
        seconds = self._budget.group_seconds if chat_id < 0 else self._budget.chat_seconds
        now = self._clock.now()
        moment = max(self._chats.pop(chat_id, now), now)
        self._chats[chat_id] = moment + timedelta(seconds=seconds)
        if len(self._chats) > REMEMBERED_CHATS:
            del self._chats[next(iter(self._chats))]
        return moment
