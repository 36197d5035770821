"""Lets the news make room for replies, which never wait for it."""

from collections.abc import Callable

from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from typing_extensions import override


class MakeRoom(BaseRequestMiddleware):
    """Counts what goes out beside the news against it."""

    def __init__(
        self, channel: str, yield_to_reply: Callable[[str], None], counted: str = "send"
    ) -> None:
        """Call `yield_to_reply` with `channel` for each call whose name begins with `counted`.

        Of replies that is what is sent: an edit in answer to a press is free.
        """
        self._channel = channel
        self._yield_to_reply = yield_to_reply
        self._counted = counted

    @override
    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if method.__api_method__.startswith(self._counted):
            self._yield_to_reply(self._channel)
        return await make_request(bot, method)
