"""When the next piece of news may go out on a channel."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.channels.budgets import Budget
from civic.ports import Clock

Sleep = Callable[[float], Awaitable[None]]

MARGIN: Final = 1.008
"""How much longer than a second the permitted number takes: calls do not arrive evenly."""
CATCH_UP: Final = timedelta(milliseconds=250)
"""A delay up to this long is made good by going faster afterwards, within the permitted number."""
REMEMBERED: Final = 1000
"""Chats whose last message is remembered; far more than are written to within a few seconds."""


class Pace:
    """Spreads messages evenly over time, and never lets more out in a second than permitted.

    A library's window would let all of a second's messages out at once, and reads the machine's
    clock, so that a rehearsal could not run on another one.
    """

    def __init__(self, budget: Budget, clock: Clock, sleep: Sleep) -> None:
        """Keep to `budget`, as the only sender until `share_with` says otherwise."""
        self._budget = budget
        self._clock = clock
        self._sleep = sleep
        self._queue = asyncio.Lock()
        self._senders = 1
        self._free_at = clock.now()
        self._gone: deque[datetime] = deque(maxlen=budget.per_second)
        self._chats: dict[int, datetime] = {}
        self._paused_until: datetime | None = None

    def share_with(self, senders: int) -> None:
        """Take only this sender's part of what is permitted to `senders` of them."""
        self._senders = senders

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
        self._gone.append(self._clock.now())

    async def turn(self, chat_id: int) -> None:
        """Wait until a message to the chat may go out."""
        await self._wait_until(self._chat_free_at(chat_id))
        async with self._queue:
            now = self._clock.now()
            permitted, spacing = self._part, self._spacing
            window = permitted * spacing
            moment = self._free_at
            if len(self._gone) >= permitted:
                moment = max(moment, self._gone[-permitted] + window)
            # Never longer, in case the machine's clock was set back.
            await self._wait_until(min(moment, now + window))
            now = self._clock.now()
            self._gone.append(now)
            self._free_at = max(min(self._free_at, now), now - CATCH_UP) + spacing

    @property
    def _part(self) -> int:
        """How many messages this sender may let out in a window, which is about a second."""
        return max(1, self._budget.per_second // self._senders)

    @property
    def _spacing(self) -> timedelta:
        return timedelta(seconds=MARGIN * self._senders / self._budget.per_second)

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
        if len(self._chats) > REMEMBERED:
            del self._chats[next(iter(self._chats))]
        return moment
