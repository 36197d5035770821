"""A stand-in of Telegram, our bot connected to it, and an inbox that only remembers."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from aiogram import Bot
from aiogram.types import Update

from bot.channels.telegram import CHANNEL
from bot.channels.telegram.session import InsistOnReplies, reply_bot
from tests.telegram.fixtures import telegram
from tests.telegram.standin import Standin

__all__ = ["telegram"]


class RememberingInbox:
    """Keeps each update once, as the real inbox does, and deals with none."""

    def __init__(self) -> None:
        """Start empty and in working order."""
        self.updates: list[Update] = []
        self.calls = 0
        self.failures: list[Exception] = []
        """What the next calls raise instead of storing."""
        self._stored = asyncio.Event()

    async def receive(self, channel: str, updates: Sequence[Update], bot: Bot) -> None:
        """Keep what is new."""
        assert channel == CHANNEL
        assert all(update.bot is bot for update in updates)
        self.calls += 1
        for update in updates:
            # The real inbox keeps updates as JSON.
            update.model_dump_json(exclude_none=True)
        if self.failures:
            raise self.failures.pop(0)
        known = {update.update_id for update in self.updates}
        self.updates += [update for update in updates if update.update_id not in known]
        self._stored.set()
        self._stored = asyncio.Event()

    @property
    def texts(self) -> list[str | None]:
        """What people wrote, in the order it was stored."""
        return [update.message.text for update in self.updates if update.message]

    async def holds(self, count: int) -> None:
        """Wait until `count` updates are kept."""
        while len(self.updates) < count:
            await self._stored.wait()


class Pauses:
    """Counts pauses instead of waiting them out."""

    def __init__(self) -> None:
        """Start with none."""
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Note the pause and let others go on."""
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def inbox() -> RememberingInbox:
    return RememberingInbox()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def bot(telegram: Standin, pauses: Pauses) -> AsyncIterator[Bot]:
    bot = reply_bot(telegram.token, telegram.url)
    for middleware in list(bot.session.middleware):
        if isinstance(middleware, InsistOnReplies):
            middleware._sleep = pauses
    yield bot
    await bot.session.close()
