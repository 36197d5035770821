"""The bots that talk to Telegram: one for replies, which insists, and one for news."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    GetUpdates,
    Response,
    SendMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import LinkPreviewOptions
from aiohttp.payload import BytesPayload
from typing_extensions import override

from bot.channels.telegram import limits

Sleep = Callable[[float], Awaitable[None]]

REQUEST_SECONDS: Final = 30.0
"""How long one attempt may take; a person's later messages wait behind it."""
PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each further attempt."""
LONGEST_PAUSE: Final = 15
"""Seconds that we wait when Telegram asks for it; beyond them people better try again."""

_CHAT: Final = "chat_id"
_FORM: Final = "application/x-www-form-urlencoded"
_MESSAGES_KEPT: Final = 16
"""More than go out at the same time: a few pieces of news in each language."""
_PREVIEW: Final = "link_preview_options"
_NOTHING_SAID: Final[Mapping[str, None]] = dict.fromkeys(LinkPreviewOptions.model_fields)

_log = logging.getLogger(__name__)


def reply_bot(token: str, api: str) -> Bot:
    """Return the bot for direct replies: it repeats what failed for a passing reason.

    Args:
        token: from @BotFather.
        api: base address of the Bot API server.
    """
    bot = _bot(token, api, TelegramSession)
    bot.session.middleware(FitAnswers())
    bot.session.middleware(InsistOnReplies())
    return bot


def news_bot(token: str, api: str) -> Bot:
    """Return the bot for announcements: every failure goes to the ledger, which decides.

    It has connections of its own, so that a long list of news never delays a reply.
    """
    return _bot(token, api, NewsSession)


def _bot(token: str, api: str, kind: "type[TelegramSession]") -> Bot:
    session = kind(
        api=TelegramAPIServer.from_base(api), timeout=REQUEST_SECONDS, json_loads=read_json
    )
    # Said by `link_preview`, not by `link_preview_is_disabled`: with the latter aiogram also sends
    # a parameter that Telegram has withdrawn.
    default = DefaultBotProperties(
        parse_mode=ParseMode.HTML, link_preview=LinkPreviewOptions(is_disabled=True)
    )
    return Bot(token, session, default)


class TelegramSession(AiohttpSession):
    """Holds on to the models by which answers are read.

    aiogram makes such a model, `Response[Message]` and so on, whenever it reads an answer, and
    trusts that pydantic remembers it. But pydantic forgets what nobody holds at the next
    collection of garbage, and making it anew stops everything for a tenth of a second.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - aiogram's options
        """See `AiohttpSession`."""
        super().__init__(**options)
        self._models: dict[object, type[Response[Any]]] = {}

    @override
    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        kind: Any = method.__returning__
        if kind not in self._models:
            self._models[kind] = Response[kind]
        return super().check_response(bot, method, status_code, content)


class NewsSession(TelegramSession):
    """Writes down once, for all who are told it, what a message says."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - aiogram's options
        """See `AiohttpSession`."""
        super().__init__(**options)
        self._written: deque[tuple[list[object], bytes]] = deque(maxlen=_MESSAGES_KEPT)

    @override
    def build_form_data(self, bot: Bot, method: TelegramMethod[TelegramType]) -> Any:
        if not isinstance(method, SendMessage):
            return super().build_form_data(bot, method)
        to = urlencode({_CHAT: method.chat_id}).encode()
        return BytesPayload(to + b"&" + self._said(bot, method), content_type=_FORM)

    def _said(self, bot: Bot, method: SendMessage) -> bytes:
        # Of the same message these are the same objects, so comparing them costs nothing.
        values = [value for name, value in vars(method).items() if name != _CHAT]
        for known, written in self._written:
            if known == values:
                return written
        texts = {
            name: self.prepare_value(value, bot=bot, files={})
            for name, value in method.model_dump(warnings=False, exclude={_CHAT}).items()
        }
        said = {name: text for name, text in texts.items() if text}
        # As it takes sequences it takes texts as they are, enumerations too.
        written = urlencode(said, doseq=True).encode()
        self._written.append((values, written))
        return written


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON can be anything
    """Read what Telegram says.

    What a message leaves unsaid about link previews is filled with nothing. aiogram would put
    the bot's own defaults there, and a message with these can not be written as JSON again, which
    is how the inbox keeps updates.
    """
    mark = _PREVIEW if isinstance(text, str) else _PREVIEW.encode()
    return json.loads(text, object_hook=_say_in_full if mark in text else None)  # type: ignore[operator]


def _say_in_full(value: dict[str, Any]) -> dict[str, Any]:
    options = value.get(_PREVIEW)
    return {**value, _PREVIEW: {**_NOTHING_SAID, **options}} if options else value


class InsistOnReplies(BaseRequestMiddleware):
    """Repeats a call after 429, 5xx and broken connections.

    When a connection breaks nobody knows whether the message arrived. It is sent again: a reply
    that comes twice does less harm than silence. Edits and answers to presses may be repeated
    without harm.
    """

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        """Wait by `sleep` (seconds)."""
        self._sleep = sleep

    @override
    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if method.__api_method__ == GetUpdates.__api_method__:
            # The polling loop has its own patience.
            return await make_request(bot, method)
        for pause in PAUSES:
            try:
                return await make_request(bot, method)
            except AiogramError as error:
                wait = _wait(error, pause)
                if wait is None:
                    raise
                name = type(method).__name__
                _log.warning("%s failed by %s; again", name, type(error).__name__)
            await self._sleep(wait)
        return await make_request(bot, method)


def _wait(error: AiogramError, pause: float) -> float | None:
    """Return the seconds after which to try again, or None when that would not help."""
    if isinstance(error, TelegramRetryAfter):
        # aiogram writes the chat into the error's text, and such texts end up in logs.
        error.message = f"Too Many Requests: retry after {error.retry_after}"
        return error.retry_after if error.retry_after <= LONGEST_PAUSE else None
    if isinstance(error, TelegramEntityTooLarge):
        return None
    if isinstance(error, ClientDecodeError):
        # Not even JSON: something in front of Telegram failed. JSON that aiogram can not read is
        # an answer, so the call was carried out.
        return pause if isinstance(error.original, json.JSONDecodeError) else None
    if isinstance(error, (TelegramNetworkError, TelegramServerError)):
        return pause
    return None


class FitAnswers(BaseRequestMiddleware):
    """Cuts the answer to a press to what Telegram shows, rather than lose it."""

    @override
    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        text = getattr(method, "text", None)
        if text and method.__api_method__ == AnswerCallbackQuery.__api_method__:
            fitting = {"text": limits.cut(text, limits.CALLBACK_ANSWER)}
            return await make_request(bot, method.model_copy(update=fitting))
        return await make_request(bot, method)
