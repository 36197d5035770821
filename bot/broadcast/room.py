"""Lets the news make room for replies, which never wait for it, in all processes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from typing_extensions import override

from bot.broadcast.broadcaster import Broadcaster
from bot.broadcast.pace import Sleep, chat_of, is_group
from bot.channels.budgets import BUDGETS, Budget
from civic.model.reply import Reply
from civic.ports import Clock, Work

TOLD_EVERY: Final = 0.25
"""Seconds for which replies are gathered before other processes are told of them."""
KEPT: Final = timedelta(minutes=1)
"""How long they are told; what is older does not matter to any messenger."""

_log = logging.getLogger(__name__)


class Room:
    """What goes out of this process beside the news, for which the news makes room everywhere."""

    def __init__(
        self,
        work: Work,
        clock: Clock,
        name: str,
        news: Broadcaster | None = None,
        budgets: Mapping[str, Budget] = BUDGETS,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Speak for the process called `name`; `news` is what it sends itself, if it does."""
        self._work = work
        self._clock = clock
        self._name = name
        self._news = news
        self._budgets = budgets
        self._sleep = sleep
        self._untold: list[Reply] = []
        self._replied = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tell other processes of replies while the block runs."""
        async with asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(self._run())
            try:
                yield
            finally:
                telling.cancel()

    def replied(self, channel: str, chat_id: int) -> None:
        """Note that something is being sent to a chat."""
        if self._news is not None:
            self._news.yield_to_reply(channel, chat_id)
        if self._news is None or self._news.has_company:
            self._untold.append(Reply(channel, chat_id, self._clock.now()))
            self._replied.set()

    async def refused(self, channel: str, chat_id: int, seconds: float) -> None:
        """Note that the messenger refused a reply as too much and asks to wait so long."""
        until = self._clock.now() + timedelta(seconds=seconds)
        if self._news is not None and not is_group(chat_id):
            self._news.pause(channel, until)
        try:
            async with self._work.write() as work:
                if is_group(chat_id):
                    await work.replies.keep_free(channel, chat_id, until)
                else:
                    await work.deliveries.pause(channel, until)
                await work.commit()
        except Exception:  # noqa: BLE001 - a reply must not fail for the news
            _log.exception("that %s asks for a pause could not be told to others", channel)

    async def tell(self) -> None:
        """Tell other processes of the replies that they do not know of yet."""
        told, self._untold = self._untold, []
        if not told:
            return
        async with self._work.write() as work:
            await work.replies.note(self._name, told, self._clock.now() - KEPT)
            for reply in told:
                if is_group(reply.chat_id):
                    rest = timedelta(seconds=self._budgets[reply.channel].group_seconds)
                    await work.replies.keep_free(reply.channel, reply.chat_id, reply.at + rest)
            await work.commit()

    async def _run(self) -> None:
        while True:
            await self._replied.wait()
            self._replied.clear()
            await self._sleep(TOLD_EVERY)
            try:
                await self.tell()
            except Exception:  # noqa: BLE001 - they are of no use later; the next ones are
                _log.exception("replies could not be told to other processes")


class MakeRoom(BaseRequestMiddleware):
    """Counts what goes out beside the news against it, and pauses it when that is too much."""

    def __init__(self, channel: str, room: Room, counted: str = "send") -> None:
        """Count in `room` on `channel` each call whose name begins with `counted`.

        Of replies that is what is sent: an edit in answer to a press is free. To be added as the
        last middleware, so that it sees each attempt.
        """
        self._channel = channel
        self._room = room
        self._counted = counted

    @override
    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if not method.__api_method__.startswith(self._counted):
            return await make_request(bot, method)
        chat_id = chat_of(method)
        self._room.replied(self._channel, chat_id)
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as error:
            await self._room.refused(self._channel, chat_id, error.retry_after)
            raise
