"""A messenger in memory that answers as Telegram does, with Telegram's limits.

It keeps the chats of simulated people, dates everything by the rehearsal's clock, refuses what
breaks a documented limit (`rules`), asks for a pause when too much is sent, and counts all of it.
"""

import asyncio
import re
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from aiogram import Bot
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.enums import ChatType
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    GetFile,
    GetMe,
    SendChatAction,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    Chat,
    Document,
    File,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    Message,
    PhotoSize,
    User,
)
from typing_extensions import override

from bot.broadcast.pace import chat_of
from bot.channels.local_session import LocalSession
from bot.rehearsal import rules
from bot.rehearsal.html import Formatted
from bot.rehearsal.places import PublicPlace
from civic.ports import Clock

CHANNEL: Final = "telegram"
BOT_ID: Final = 42
TOKEN: Final = f"{BOT_ID}:rehearsal"
LATENCY: Final = 0.05
"""Seconds that a call takes."""
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
MOST_A_SECOND: Final = 30
"""News to all chats together; replies are not counted like bulk."""
BURST: Final = 4
"""Messages to one chat that may come at once; after them one a second."""
MOST_IN_PUBLIC: Final = 20
"""Messages to one group or channel within a minute."""
PAUSE: Final = 5
"""Seconds for which everything has to wait once too much was sent to all."""
DELETABLE: Final = timedelta(hours=48)
_NUMBERED: Final = re.compile(r"^(\d+)\. <b>", re.MULTILINE)
_DEFAULTS: Final = DefaultBotProperties(parse_mode="HTML")


class Purpose(StrEnum):
    """What a message was sent for."""

    REPLY = "reply"
    NEWS = "news"
    POST = "post"
    """News to a group or channel."""


@dataclass(slots=True)
class Bubble:
    """A message of the service as it stands on a phone."""

    message: Message
    html: str
    is_news: bool = False

    @property
    def number(self) -> int:
        """Number of the message in its chat."""
        return self.message.message_id

    @property
    def keys(self) -> list[InlineKeyboardButton]:
        """The buttons, left to right and down."""
        markup = self.message.reply_markup
        return [key for row in markup.inline_keyboard for key in row] if markup else []


@dataclass(slots=True)
class Phone:
    """One person's chat with the service, or a group or channel."""

    bubbles: dict[int, Bubble] = field(default_factory=dict)
    started: bool = False
    """False until the person writes: before that a bot may not write either."""
    blocked: bool = False
    allowance: float = BURST
    """Messages that may be sent to this chat now."""
    counted_at: datetime | None = None
    public: PublicPlace | None = None
    posted: deque[datetime] = field(default_factory=deque)
    """When something was posted there within the last minute."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message of news that reached a phone."""

    chat_id: int
    at: datetime
    html: str

    @property
    def notices(self) -> int:
        """How many pieces of news the person reads in it: several are numbered."""
        count = 0
        for found in _NUMBERED.finditer(self.html):
            count += int(found[1]) == count + 1
        return count if self.html.startswith("1. ") else 1


@dataclass(slots=True)
class Traffic:
    """What went through the messenger; hours and seconds are counted from the beginning."""

    updates: Counter[int] = field(default_factory=Counter)
    """By the hour."""
    sent: Counter[tuple[int, Purpose]] = field(default_factory=Counter)
    """New messages by the hour."""
    edited: Counter[int] = field(default_factory=Counter)
    """By the hour."""
    seconds: Counter[int] = field(default_factory=Counter)
    """New messages by the second."""
    told: list[Told] = field(default_factory=list)
    posted: list[Told] = field(default_factory=list)
    """What reached groups and channels."""
    broken: Counter[str] = field(default_factory=Counter)
    """Calls that should never be made: method and what was wrong with it."""
    pauses: Counter[Purpose] = field(default_factory=Counter)
    """How often a sender was asked to wait."""
    lost: int = 0
    """What people did in a downtime and the messenger did not keep long enough."""


class Messenger:
    """All chats, their files and presses."""

    def __init__(self, clock: Clock) -> None:
        """Begin with no chats; time counts from now."""
        self.clock = clock
        self.began = clock.now()
        self.phones: dict[int, Phone] = {}
        self.presses: dict[str, bool] = {}
        """Everything that was pressed, and whether it was answered."""
        self.traffic = Traffic()
        self.on_news: Callable[[Told, Bubble], None] = lambda _told, _bubble: None
        """Hears of every piece of news that reaches a phone."""
        self.on_refused: Callable[[int], None] = lambda _chat_id: None
        """Hears of everybody who could not be told because they have blocked the service."""
        self._count = 0
        self._files: dict[bytes, str] = {}
        self._contents: dict[str, bytes] = {}
        self._recent: deque[datetime] = deque()
        self._closed_until = self.began
        self._asked: dict[Purpose, datetime] = {}
        """When each sender was first asked to keep the present pause."""

    def number(self) -> int:
        """Return a new number for a message, an update or a press."""
        self._count += 1
        return self._count

    def phone(self, chat_id: int) -> Phone:
        """Return the chat of that person."""
        return self.phones.setdefault(chat_id, Phone())

    def open(self, place: PublicPlace) -> None:
        """Let the service write in a group or channel."""
        phone = self.phone(place.number)
        phone.public, phone.started = place, True

    def upload(self, content: bytes) -> str:
        """Keep a file; return the name under which it is fetched and sent again."""
        name = self._files.setdefault(content, f"file{len(self._files) + 1}")
        self._contents[name] = content
        return name

    def download(self, name: str) -> bytes:
        """Return a file."""
        return self._contents[name]

    def hour(self) -> int:
        """Return how many hours have passed."""
        return int((self.clock.now() - self.began).total_seconds()) // 3600

    def bot(self, purpose: Purpose) -> Bot:
        """Return a bot that speaks through this messenger."""
        return Bot(TOKEN, MessengerSession(self, purpose), default=_DEFAULTS)

    def play(self, method: TelegramMethod[Any], bot: Bot, purpose: Purpose) -> object:
        """Carry out a call; raises what aiogram raises when Telegram refuses it."""
        try:
            return self._played(method, bot, purpose)
        except rules.DeniedError as denied:
            if denied.violation:
                name = type(method).__name__
                self.traffic.broken[f"{name}: {denied.description}"] += 1
            raise _error(method, denied) from denied

    def _played(self, method: TelegramMethod[Any], bot: Bot, purpose: Purpose) -> object:
        if isinstance(method, AnswerCallbackQuery):
            return self._answer(method)
        if isinstance(method, GetMe):
            return User(id=BOT_ID, is_bot=True, first_name="Dauys", username="dauys_rehearsal_bot")
        if isinstance(method, GetFile):
            if method.file_id not in self._contents:
                message = "Bad Request: wrong file_id or the file is temporarily unavailable"
                raise rules.DeniedError(message)
            name = method.file_id
            return File(file_id=name, file_unique_id=name, file_path=name)
        chat_id = chat_of(method)
        phone = self._reachable(chat_id)
        if isinstance(method, SendChatAction):
            return True
        if isinstance(method, DeleteMessage):
            return self._delete(phone, method)
        if isinstance(method, SendMessage | SendPhoto | SendDocument):
            self._keep_pace(phone, purpose)
            bubble = self._new(chat_id, self.number(), method, bot)
            bubble.is_news = purpose is Purpose.NEWS
            self._count_sent(chat_id, bubble, purpose)
        else:
            bubble = self._edited(phone, chat_id, method, bot)
            self.traffic.edited[self.hour()] += 1
        phone.bubbles[bubble.number] = bubble
        return bubble.message

    def _reachable(self, chat_id: int) -> Phone:
        phone = self.phone(chat_id)
        if not phone.started:
            message = "Forbidden: bot can't initiate conversation with a user"
            raise rules.DeniedError(message, 403, violation=True)
        if phone.blocked:
            self.on_refused(chat_id)
            message = "Forbidden: bot was blocked by the user"
            raise rules.DeniedError(message, 403)
        return phone

    def _keep_pace(self, phone: Phone, purpose: Purpose) -> None:
        now = self.clock.now()
        if phone.public is not None:
            self._keep_public_pace(phone, purpose)
        if now < self._closed_until:
            # Who was on the way when the pause was asked for could not know of it.
            if now - self._asked.get(purpose, now) > LATENCY * SECOND:
                self.traffic.broken["a message sent within a pause that was asked for"] += 1
            raise self._pause(purpose, (self._closed_until - now).total_seconds())
        while self._recent and self._recent[0] <= now - SECOND:
            self._recent.popleft()
        if purpose is Purpose.NEWS and len(self._recent) >= MOST_A_SECOND:
            self._closed_until = now + PAUSE * SECOND
            self._asked.clear()
            raise self._pause(purpose, PAUSE)
        if phone.counted_at is not None:
            passed = (now - phone.counted_at).total_seconds()
            phone.allowance = min(BURST, phone.allowance + passed)
        phone.counted_at = now
        if phone.allowance < 1:
            raise self._pause(purpose, 1)
        phone.allowance -= 1
        if purpose is Purpose.NEWS:
            self._recent.append(now)

    def _keep_public_pace(self, phone: Phone, purpose: Purpose) -> None:
        now = self.clock.now()
        while phone.posted and phone.posted[0] <= now - MINUTE:
            phone.posted.popleft()
        if len(phone.posted) >= MOST_IN_PUBLIC:
            wait = phone.posted[0] + MINUTE - now
            raise self._pause(purpose, wait.total_seconds())
        phone.posted.append(now)

    def _pause(self, purpose: Purpose, seconds: float) -> rules.DeniedError:
        self.traffic.pauses[purpose] += 1
        self._asked.setdefault(purpose, self.clock.now())
        wait = max(1, round(seconds))
        return rules.DeniedError("Too Many Requests", 429, retry_after=wait)

    def _count_sent(self, chat_id: int, bubble: Bubble, purpose: Purpose) -> None:
        now = self.clock.now()
        in_public = self.phone(chat_id).public is not None
        if in_public and purpose is Purpose.NEWS:
            purpose = Purpose.POST
        self.traffic.sent[self.hour(), purpose] += 1
        self.traffic.seconds[int((now - self.began).total_seconds())] += 1
        if purpose is Purpose.NEWS:
            told = Told(chat_id, now, bubble.html)
            self.traffic.told.append(told)
            self.on_news(told, bubble)
        elif purpose is Purpose.POST:
            self.traffic.posted.append(Told(chat_id, now, bubble.html))

    def _answer(self, method: AnswerCallbackQuery) -> bool:
        rules.callback_answer(method.text or "")
        if method.callback_query_id not in self.presses:
            message = "query is too old and response timeout expired or query ID is invalid"
            raise rules.broken(message)
        self.presses[method.callback_query_id] = True
        return True

    def _delete(self, phone: Phone, method: DeleteMessage) -> bool:
        bubble = phone.bubbles.get(method.message_id)
        if bubble is None:
            message = "Bad Request: message to delete not found"
            raise rules.DeniedError(message)
        if self.clock.now() - bubble.message.date > DELETABLE:
            message = "Bad Request: message can't be deleted for everyone"
            raise rules.DeniedError(message)
        del phone.bubbles[method.message_id]
        return True

    def _edited(self, phone: Phone, chat_id: int, method: TelegramMethod[Any], bot: Bot) -> Bubble:
        old = phone.bubbles.get(int(getattr(method, "message_id", None) or 0))
        if old is None:
            message = "Bad Request: message to edit not found"
            raise rules.DeniedError(message)
        new = self._new(chat_id, old.number, method, bot, old)
        if _looks(new) == _looks(old):
            message = "Bad Request: message is not modified"
            raise rules.DeniedError(message)
        return new

    def _new(
        self,
        chat_id: int,
        number: int,
        method: TelegramMethod[Any],
        bot: Bot,
        old: Bubble | None = None,
    ) -> Bubble:
        markup = getattr(method, "reply_markup", None)
        public = self.phone(chat_id).public
        if isinstance(markup, InlineKeyboardMarkup):
            rules.keyboard(markup.model_dump(exclude_none=True))
            pressed = (key for row in markup.inline_keyboard for key in row if not key.url)
            if public is not None and any(pressed):
                message = "a button in a group or channel whose press everybody would see"
                raise rules.broken(message)
        content: dict[str, Any] = {}
        if isinstance(method, SendMessage | EditMessageText):
            if old is not None and old.message.text is None:
                message = "there is no text in the message to edit"
                raise rules.broken(message)
            html = method.text or ""
            content["text"] = rules.text(_marked("text", html, method, bot)).plain
        elif isinstance(method, SendPhoto | SendDocument | EditMessageCaption):
            html = method.caption or ""
            content["caption"] = _caption(html, method, bot)
            content |= self._media(method, old)
        elif isinstance(method, EditMessageMedia):
            html = method.media.caption or ""
            content["caption"] = _caption(html, method.media, bot)
            is_document = isinstance(method.media, InputMediaDocument)
            keep = self._document if is_document else self._photo
            content |= keep(method.media.media)
        elif isinstance(method, EditMessageReplyMarkup) and old is not None:
            html = old.html
            kept = old.message
            content = {
                "text": kept.text,
                "caption": kept.caption,
                "photo": kept.photo,
                "document": kept.document,
            }
        else:
            message = f"this messenger does not play {type(method).__name__}"
            raise rules.broken(message)
        message_ = Message(
            message_id=number,
            date=self.clock.now() if old is None else old.message.date,
            chat=Chat(id=chat_id, type=ChatType.PRIVATE) if public is None else public.chat,
            reply_markup=markup if isinstance(markup, InlineKeyboardMarkup) else None,
            **content,
        )
        return Bubble(message_.as_(bot), html)

    def _media(self, method: TelegramMethod[Any], old: Bubble | None) -> dict[str, Any]:
        if isinstance(method, SendPhoto):
            return self._photo(method.photo)
        if isinstance(method, SendDocument):
            return self._document(method.document)
        if old is None or old.message.text is not None:
            message = "there is no caption in the message to edit"
            raise rules.broken(message)
        return {"photo": old.message.photo, "document": old.message.document}

    def _document(self, source: object) -> dict[str, Any]:
        content = _content(source)
        if content is not None:
            rules.document(content)
        name = self._name(content, source)
        return {"document": Document(file_id=name, file_unique_id=name)}

    def _photo(self, source: object) -> dict[str, Any]:
        content = _content(source)
        if content is not None:
            rules.photo(content)
        name = self._name(content, source)
        size = PhotoSize(file_id=name, file_unique_id=name, width=1, height=1)
        return {"photo": [size]}

    def _name(self, content: bytes | None, source: object) -> str:
        """Return the name of what is uploaded, or of what is sent by its name again."""
        if content is not None:
            return self.upload(content)
        if str(source) not in self._contents:
            message = "wrong file identifier/HTTP URL specified"
            raise rules.broken(message)
        return str(source)


class MessengerSession(LocalSession):
    """Takes the calls of one bot to the messenger."""

    def __init__(self, messenger: Messenger, purpose: Purpose) -> None:
        """Send for that purpose."""
        super().__init__()
        self._messenger = messenger
        self._purpose = purpose

    @override
    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        await asyncio.sleep(LATENCY)
        return self._messenger.play(method, bot, self._purpose)

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Give a file that somebody sent."""
        yield self._messenger.download(url.rsplit("/", 1)[-1])


def _caption(html: str, method: object, bot: Bot) -> str | None:
    formatted: Formatted = rules.caption(_marked("caption", html, method, bot))
    return formatted.plain or None


def _marked(name: str, html: str, method: object, bot: Bot) -> Mapping[str, Any]:
    mode = getattr(method, "parse_mode", None)
    return {
        name: html,
        "parse_mode": bot.default[mode.name] if isinstance(mode, Default) else mode,
    }


def _looks(bubble: Bubble) -> tuple[object, ...]:
    """Return what the person would see change."""
    message = bubble.message
    return bubble.html, message.photo, message.document, message.reply_markup


def _content(source: object) -> bytes | None:
    return source.data if isinstance(source, BufferedInputFile) else None


def _error(method: TelegramMethod[Any], denied: rules.DeniedError) -> TelegramAPIError:
    if denied.retry_after is not None:
        return TelegramRetryAfter(method, denied.description, denied.retry_after)
    kind = TelegramForbiddenError if denied.status == 403 else TelegramBadRequest  # noqa: PLR2004
    return kind(method, denied.description)
