"""When the next piece of news may go out on a channel."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram.methods.base import TelegramMethod

from bot.channels.budgets import Budget
from civic.ports import Clock

Sleep = Callable[[float], Awaitable[None]]

SECOND: Final = timedelta(seconds=1.003)
"""What is permitted in a second is spread over slightly more, as clocks differ."""
CATCH_UP: Final = timedelta(milliseconds=250)
"""A delay up to this long is made good by going faster afterwards, within what is permitted; after
a longer one, a pause or an idle hour, the news begin anew."""
HURRY: Final = 0.8
"""The shortest way from one message to the next when a delay is made good, in parts of the even
one. Without it all that is late would go at once, hold up the replies of this process and come
out of line again a second later, with the slots."""
LOOK_UP_SECONDS: Final = 0.5
"""How often those who wait for their turn look whether they are to stop."""
REMEMBERED_CHATS: Final = 1000
"""Chats whose last message is remembered; far more than are written to within a few seconds."""
REMEMBERED: Final = timedelta(seconds=30)
"""The quickest call of at least so long, and at most twice as long, tells how long the way there
and back takes. Over a shorter time all calls may have been held up."""
FAMILIAR: Final = 100
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
        self._even_at = clock.now()
        self._last_at = clock.now() - SECOND
        self._slots = [clock.now()] * budget.per_second
        self._permitted = budget.per_second
        self._in_use = 0
        self._senders = 1
        self._owed = 0.0
        """Slots that replies are still to put off, as none was there."""
        self._released = asyncio.Event()
        self._quickest = _Quickest(clock.now())
        self._spacing = SECOND / budget.per_second
        self._chats: dict[int, datetime] = {}
        self._paused_until: datetime | None = None
        self._stopping = False

    def share_with(self, senders: int) -> None:
        """Take only this sender's part of what is permitted to `senders` of them."""
        self._senders = senders
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

    def stop(self) -> None:
        """Keep nobody waiting for a turn any more; the caller makes no calls from now on."""
        self._stopping = True

    @property
    def paused_until(self) -> datetime | None:
        """The moment until which nothing may go out; None when something may."""
        until = self._paused_until
        return until if until is not None and until > self._clock.now() else None

    def yield_to_reply(self, chat_id: int, at: datetime) -> None:
        """Count a reply, which goes out at once, so that the news makes room for it.

        Every sender hears of it and makes its part of the room: a slot is free a window later.
        """
        self._owed += 1 / self._senders
        while self._owed >= 1 and self._slots and self._slots[0] <= at + self._window:
            self._owed -= 1
            heapq.heapreplace(self._slots, max(at, self._slots[0]) + self._window)
        self.keep_free(chat_id, at + self._rest(chat_id))

    def keep_free(self, chat_id: int, until: datetime) -> None:
        """Let nothing out to the chat before that moment."""
        self._remember(chat_id, max(self._chats.pop(chat_id, until), until))

    async def turn(self, chat_id: int, patience: datetime) -> datetime:
        """Wait until a message to the chat may go out; return that moment.

        Pauses that end before `patience` are waited for, so that those who have their turn already
        go on at the moment a pause ends. Otherwise, or when told to stop, this returns during the
        pause. The moment has to be handed to `answered` or to `unused` afterwards.
        """
        await self._wait_until(self._chat_free_at(chat_id))
        slot = await self._slot()
        while not self._stopping:
            until = self.paused_until
            if until is not None and until > patience:
                break
            # Taken at once, so that those behind need not wait until this one has waited.
            await self._wait_until(self._next(slot, until))
            if self.paused_until is None:
                break
        return self._clock.now()

    def answered(self, turn: datetime) -> None:
        """Note that the call made at that turn came back, whatever the answer."""
        now = self._clock.now()
        self._quickest.note(now - turn, now)
        self._release(now - self._quickest.known)

    def unused(self, turn: datetime) -> None:
        """Note that no call was made at that turn."""
        self._release(turn)

    @property
    def _window(self) -> timedelta:
        """The time in which this sender may send as many messages as it has slots."""
        return max(self._permitted * self._spacing, SECOND)

    def _next(self, slot: datetime, paused_until: datetime | None) -> datetime:
        """Return the next moment on the even line that the slot and a pause allow."""
        earliest = max(slot, paused_until or slot, self._clock.now())
        moment = max(earliest, self._last_at + HURRY * self._spacing)
        if moment - self._even_at > CATCH_UP:
            self._even_at = moment
        self._last_at = max(moment, self._even_at)
        self._even_at += self._spacing
        return self._last_at

    async def _slot(self) -> datetime:
        # What a reply has put off is left in place: another slot may be free before.
        while not self._slots or self._slots[0] > (now := self._clock.now()) + self._window:
            if not self._slots:
                self._released.clear()
                await self._released.wait()
            elif self._slots[0] > now + 4 * self._window:
                # The machine's clock was set back.
                self._slots = [now] * len(self._slots)
                self._even_at, self._last_at = now, now - SECOND
            else:
                await self._sleep(self._spacing.total_seconds())
        self._in_use += 1
        return heapq.heappop(self._slots)

    def _release(self, arrived: datetime) -> None:
        self._in_use -= 1
        if len(self._slots) + self._in_use < self._permitted:
            free_at = arrived + self._window
            if self._owed >= 1:
                self._owed -= 1
                free_at += self._window
            heapq.heappush(self._slots, free_at)
        self._released.set()

    async def _wait_until(self, moment: datetime) -> None:
        while not self._stopping and (wait := moment - self._clock.now()) > timedelta():
            await self._sleep(min(wait.total_seconds(), LOOK_UP_SECONDS))

    def _chat_free_at(self, chat_id: int) -> datetime:
        """Take the chat's next turn and return its moment."""
        now = self._clock.now()
        moment = max(self._chats.pop(chat_id, now), now)
        self._remember(chat_id, moment + self._rest(chat_id))
        return moment

    def _rest(self, chat_id: int) -> timedelta:
        """Return the time from one message to the next in the chat."""
        budget = self._budget
        seconds = budget.group_seconds if is_group(chat_id) else budget.chat_seconds
        return timedelta(seconds=seconds)

    def _remember(self, chat_id: int, free_at: datetime) -> None:
        self._chats[chat_id] = free_at
        if len(self._chats) > REMEMBERED_CHATS:
            del self._chats[next(iter(self._chats))]


def chat_of(method: TelegramMethod[Any]) -> int:
    """Return the chat that a call is about; 0 if it is about none."""
    return int(getattr(method, "chat_id", None) or 0)


def is_group(chat_id: int) -> bool:
    """Tell whether the number is that of a group or channel.

    What a messenger refuses there as too much is the group's alone: it has a limit far below that
    of the bot, and administrators may set a lower one. Anything else that is refused so is the
    bot's, for whomever it was.
    """
    return chat_id < 0


class _Quickest:
    """Knows the time of the quickest call of late: of one that nothing held up."""

    def __init__(self, now: datetime) -> None:
        self._since = now
        self._calls = 0
        self._least = self._least_before = timedelta.max

    def note(self, took: timedelta, now: datetime) -> None:
        """Note a call that came back now."""
        if abs(now - self._since) >= REMEMBERED:
            self._since = now
            self._least_before, self._least = self._least, timedelta.max
        self._calls += 1
        # Less than no time is what a clock that was set back says.
        self._least = min(self._least, max(took, timedelta()))

    @property
    def known(self) -> timedelta:
        """The time of the quickest; none as long as too few calls came back."""
        quickest = min(self._least, self._least_before)
        return quickest if self._calls >= FAMILIAR else timedelta()
