"""When nothing at all gets through on a channel, which is no fault of those who are written to."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.broadcast.pace import Pace
from civic.ports import Clock

CHATS: Final = 3
"""So many different chats one after another, and none reached in between, are no coincidence."""
QUESTION_SECONDS: Final = 10
"""How long the messenger may take to answer whether it is there."""
FIRST_PAUSE: Final = timedelta(seconds=5)
"""Before the first probe; twice as long before each further one, up to `LONGEST_PAUSE`."""
LONGEST_PAUSE: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=5)
"""For a copy that was a probe, while others are."""

_log = logging.getLogger(__name__)


class UploadTimeoutError(TelegramNetworkError):
    """A file was not taken in time, which tells nothing about messages without it."""


class Outage:
    """Notices when a channel is out, pauses it, and lets one message at a time try.

    When a call fails as if the channel was out, the messenger is asked something else. If that
    fails too, nothing gets through; if not, it was about this one message, unless several
    different chats fail so one after another. A copy that fails in an outage has used no attempt.
    As each waits longer the more have failed, the probes are different ones: a few copies that
    always fail do not keep a channel out.
    """

    def __init__(self, channel: str, bot: Bot, pace: Pace, clock: Clock) -> None:
        """Begin with a channel that works, and ask its messenger by `bot`."""
        self._channel = channel
        self._bot = bot
        self._pace = pace
        self._clock = clock
        self._failed: set[int] = set()
        self._pause = FIRST_PAUSE
        self._is_probing = False
        self._asking = asyncio.Lock()
        self._questions = 0
        self._is_silent = False
        self.is_on = False

    @property
    def name(self) -> str:
        """What the ledger says of a copy that waits for the end of the outage; else empty."""
        return "outage" if self.is_on else ""

    @property
    def is_probed(self) -> bool:
        """Whether a message tries already during an outage: no other goes out meanwhile."""
        return self.is_on and self._is_probing

    @asynccontextmanager
    async def watch(self, chat_id: int) -> AsyncIterator[None]:
        """Learn from a call to the chat, made within; what it raises is passed on."""
        probe = self.is_on
        self._is_probing |= probe
        try:
            yield
        except AiogramError as error:
            if is_of_channel(error):
                await self._learn(chat_id, error)
            elif not isinstance(error, UploadTimeoutError):
                self._note_answer()
            raise
        else:
            self._note_answer()
        finally:
            if probe:
                self._is_probing = False

    def again_at(self) -> datetime:
        """Return when a copy that failed in the outage may be tried again."""
        wait = min(len(self._failed) * self._pause, LONGEST_WAIT)
        return max(self._clock.now(), self._pace.paused_until or self._clock.now()) + wait

    def _note_answer(self) -> None:
        self._failed.clear()
        self._is_silent = False
        self._end()

    async def _learn(self, chat_id: int, error: AiogramError) -> None:
        """Find out what the failure of a call to the chat means."""
        await self._ask()
        self._failed.add(chat_id)
        if self._is_silent or len(self._failed) >= CHATS:
            self._begin_or_go_on(error)
        else:
            self._end()

    async def _ask(self) -> None:
        """Ask the messenger something, once for all calls that failed before it is asked."""
        asked_before = self._questions
        async with self._asking:
            if self._questions > asked_before:
                return
            self._questions += 1
            was_silent, self._is_silent = self._is_silent, await self._gets_no_answer()
            if was_silent and not self._is_silent:
                # What failed before says nothing about the chats.
                self._failed.clear()

    async def _gets_no_answer(self) -> bool:
        try:
            # Not `getMe`: a Bot API server of one's own answers that by itself.
            await self._bot.get_my_commands(request_timeout=QUESTION_SECONDS)
        except AiogramError as error:
            return is_of_channel(error)
        return False

    def _begin_or_go_on(self, error: AiogramError) -> None:
        if not self.is_on:
            self.is_on = True
            name = type(error).__name__
            _log.error("nothing gets through on %s (%s): the news waits", self._channel, name)
        elif self._pace.paused_until is not None:
            # It went out before the pause.
            return
        else:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._pace.pause(self._clock.now() + self._pause)

    def _end(self) -> None:
        if self.is_on:
            _log.warning("%s answers again", self._channel)
        self._pause = FIRST_PAUSE
        self.is_on = False


def is_of_channel(error: AiogramError) -> bool:
    """Tell whether the way to the messenger failed, or the token, and not this one message."""
    if isinstance(error, ClientDecodeError):
        # Not even JSON: something in front of the messenger failed.
        return isinstance(error.original, json.JSONDecodeError)
    if isinstance(error, UploadTimeoutError):
        return False
    return isinstance(
        error,
        # 404 is said about the token; a chat that is gone is a 400.
        TelegramNetworkError | TelegramServerError | TelegramUnauthorizedError | TelegramNotFound,
    )
