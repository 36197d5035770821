"""A person talking to the service in a test, through the real dispatcher and database.

The messenger behind it keeps messages in memory, edits them in place and refuses what every
messenger would: too long a text, too much callback data.
"""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    GetFile,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    Chat,
    Document,
    File,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Location,
    Message,
    PhotoSize,
    Sticker,
    Update,
    User,
    Voice,
)
from typing_extensions import override

from bot.rehearsal.html import read_html
from bot.renewals import Renewals
from bot.wiring import Service
from civic.model.resident import Resident
from tests.fakes import MORNING

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_CALLBACK_BYTES = 64


def _plain(text: str) -> str:
    # Spaces that keep a number on one line look like any other.
    return text.replace("\N{NO-BREAK SPACE}", " ")


@dataclass
class Screen:
    """A message of the service as the person sees it."""

    message_id: int
    html: str
    markup: InlineKeyboardMarkup | None
    picture: bytes | None = None
    document: bytes | None = None

    @property
    def text(self) -> str:
        """The text without formatting; a text that no messenger could read fails the test."""
        return _plain(read_html(self.html).plain)

    @property
    def keys(self) -> list[InlineKeyboardButton]:
        """The buttons, left to right and down."""
        rows = self.markup.inline_keyboard if self.markup else []
        return [button for row in rows for button in row]

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons."""
        return [button.text for button in self.keys]


@dataclass
class Phone:
    """What one person's chat shows."""

    screens: dict[int, Screen] = field(default_factory=dict)
    alerts: list[str] = field(default_factory=list)


class PhoneSession(BaseSession):
    """Shows outgoing methods on phones in memory."""

    def __init__(self) -> None:
        """Begin with no phones."""
        super().__init__()
        self.phones: dict[int, Phone] = {}
        self.callbacks: dict[str, int] = {}
        self.files: dict[str, bytes] = {}
        self._count = 0

    def number(self) -> int:
        """Return a new number for a message, a callback or a file."""
        self._count += 1
        return self._count

    @override
    async def close(self) -> None:
        """Nothing to close."""

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        yield self.files[url.rsplit("/", 1)[-1]]

    @override
    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        if isinstance(method, AnswerCallbackQuery):
            if method.text:
                assert len(method.text) <= 200, method.text
                self.phones[self.callbacks[method.callback_query_id]].alerts.append(
                    _plain(method.text)
                )
            return True
        if isinstance(method, GetFile):
            if method.file_id not in self.files:
                raise TelegramBadRequest(method=method, message="wrong file_id")
            return File(file_id=method.file_id, file_unique_id="u", file_path=method.file_id)
        chat_id = int(method.chat_id)  # type: ignore[attr-defined]
        phone = self.phones.setdefault(chat_id, Phone())
        if isinstance(method, DeleteMessage):
            phone.screens.pop(method.message_id, None)
            return True
        screen = self._screen(phone, method)
        self._check(screen)
        phone.screens[screen.message_id] = screen
        return self.message(bot, chat_id, screen)

    def _screen(self, phone: Phone, method: TelegramMethod[Any]) -> Screen:
        markup = getattr(method, "reply_markup", None)
        if isinstance(method, SendMessage):
            return Screen(self.number(), method.text or "", markup)
        if isinstance(method, SendPhoto):
            return Screen(
                self.number(), method.caption or "", markup, picture=self._bytes(method.photo)
            )
        if isinstance(method, SendDocument):
            return Screen(
                self.number(), method.caption or "", markup, document=self._bytes(method.document)
            )
        old = phone.screens.get(method.message_id)  # type: ignore[attr-defined]
        if old is None:
            raise TelegramBadRequest(method=method, message="message to edit not found")
        if isinstance(method, EditMessageText):
            new = Screen(old.message_id, method.text or "", markup)
        elif isinstance(method, EditMessageCaption):
            new = Screen(old.message_id, method.caption or "", markup, old.picture, old.document)
        elif isinstance(method, EditMessageMedia):
            media, content = method.media, self._bytes(method.media.media)
            is_photo = isinstance(media, InputMediaPhoto)
            new = Screen(
                old.message_id,
                media.caption or "",
                markup,
                picture=content if is_photo else None,
                document=None if is_photo else content,
            )
        elif isinstance(method, EditMessageReplyMarkup):
            new = Screen(old.message_id, old.html, markup, old.picture, old.document)
        else:
            message = f"this messenger cannot {type(method).__name__}"
            raise TypeError(message)
        if new == old:
            raise TelegramBadRequest(method=method, message="message is not modified")
        return new

    def _bytes(self, source: object) -> bytes:
        if isinstance(source, BufferedInputFile):
            self.files[f"file{self.number()}"] = source.data
            return source.data
        return self.files[str(source)]

    @staticmethod
    def _check(screen: Screen) -> None:
        most = MOST_CAPTION if screen.picture or screen.document else MOST_TEXT
        assert screen.text.strip() or screen.picture or screen.document, "an empty message"
        assert len(screen.text) <= most, f"{len(screen.text)} characters: {screen.text[:80]}"
        read_html(screen.html)
        for button in screen.keys:
            data = (button.callback_data or "").encode()
            assert len(data) <= MOST_CALLBACK_BYTES, button
        # What is shown as code is meant to be read as it is typed.
        words = re.sub(r"<code>.*?</code>", "", screen.html, flags=re.DOTALL)
        assert not re.search(r"\{[a-z_]*\}", words), f"an unfilled place in {screen.text}"

    def message(self, bot: Bot, chat_id: int, screen: Screen) -> Message:
        """Return a message of the service as a messenger returns it."""
        photo = document = None
        if screen.picture is not None:
            name = self._name(screen.picture)
            photo = [PhotoSize(file_id=name, file_unique_id=name, width=1, height=1)]
        if screen.document is not None:
            name = self._name(screen.document)
            document = Document(file_id=name, file_unique_id=name)
        has_file = photo is not None or document is not None
        return Message(
            message_id=screen.message_id,
            date=MORNING,
            chat=Chat(id=chat_id, type=ChatType.PRIVATE),
            text=None if has_file else screen.text,
            caption=screen.text if has_file else None,
            photo=photo,
            document=document,
            reply_markup=screen.markup,
        ).as_(bot)

    def _name(self, content: bytes) -> str:
        for name, kept in self.files.items():
            if kept == content:
                return name
        name = f"file{self.number()}"
        self.files[name] = content
        return name


class Conversation:
    """One person's side of a conversation."""

    def __init__(
        self, service: Service, session: PhoneSession, person: int, language: str = "kk"
    ) -> None:
        """Talk as the person whom the channel knows as `person`."""
        self.service = service
        self.session = session
        self.person = person
        self.bot = Bot("42:test", session=session, default=DefaultBotProperties(parse_mode="HTML"))
        self.user = User(id=person, is_bot=False, first_name="Никто", language_code=language)
        self.chat = Chat(id=person, type=ChatType.PRIVATE)

    @property
    def phone(self) -> Phone:
        """What the person's chat shows."""
        return self.session.phones.setdefault(self.person, Phone())

    @property
    def screens(self) -> list[Screen]:
        """All messages of the service, oldest first."""
        return [self.phone.screens[number] for number in sorted(self.phone.screens)]

    @property
    def screen(self) -> Screen:
        """The newest message of the service."""
        return self.screens[-1]

    @property
    def alerts(self) -> list[str]:
        """What was said in answer to buttons."""
        return self.phone.alerts

    async def resident(self) -> Resident:
        """Return the person as stored."""
        async with self.service.work.read() as work:
            found = await work.residents.behind("test", self.person)
        assert found is not None
        return found[0]

    async def feed(self, update: Update) -> None:
        """Hand an update over, as a channel does, and wait until it is dealt with."""
        async with self.service.inbox.running():
            await self.service.inbox.receive_and_wait("test", update, self.bot)

    async def look_on(self) -> None:
        """Let what is due be shown anew, without doing anything."""
        service = self.service
        renewals = Renewals(
            service.work,
            service.conversations,
            service.inbox,
            service.dispatcher,
            service.messages,
            {"test": self.bot},
            service.clock,
        )
        async with service.inbox.running():
            await renewals.renew_due()

    async def say(self, text: str) -> None:
        """Write a text."""
        await self.send(text=text)

    async def send(self, **content: Any) -> None:  # noqa: ANN401 - fields of aiogram's Message
        """Send a message with any content, such as `photo`, `location` or `sticker`."""
        number = self.session.number()
        message = Message(
            message_id=number, date=MORNING, chat=self.chat, from_user=self.user, **content
        )
        await self.feed(Update(update_id=number, message=message))

    async def send_photo(self, content: bytes) -> None:
        """Send a photo."""
        name = f"sent{self.session.number()}"
        self.session.files[name] = content
        await self.send(
            photo=[
                PhotoSize(
                    file_id=name, file_unique_id=name, width=9, height=9, file_size=len(content)
                )
            ]
        )

    async def send_document(self, content: bytes, name: str) -> None:
        """Send a file."""
        file_id = f"sent{self.session.number()}"
        self.session.files[file_id] = content
        await self.send(
            document=Document(
                file_id=file_id,
                file_unique_id=file_id,
                file_name=name,
                file_size=len(content),
            )
        )

    async def send_sticker(self) -> None:
        """Send a sticker."""
        await self.send(
            sticker=Sticker(
                file_id="s",
                file_unique_id="s",
                type="regular",
                width=1,
                height=1,
                is_animated=False,
                is_video=False,
            )
        )

    async def send_voice(self) -> None:
        """Send a voice message."""
        await self.send(voice=Voice(file_id="v", file_unique_id="v", duration=3))

    async def send_location(self, latitude: float, longitude: float) -> None:
        """Send a place on the map."""
        await self.send(location=Location(latitude=latitude, longitude=longitude))

    async def press(self, label: str, *, on: Screen | None = None) -> None:
        """Press the button with that label, or whose label begins so, on the newest screen."""
        screen = on or next(
            (found for found in reversed(self.screens) if found.buttons), self.screen
        )
        button = next((key for key in screen.keys if key.text == label), None) or next(
            (key for key in screen.keys if key.text.startswith(label)), None
        )
        assert button is not None, f"no button «{label}» among {screen.buttons}: {screen.text}"
        await self.press_data(button.callback_data or "", screen)

    async def press_data(self, data: str, screen: Screen) -> None:
        """Press a button by its callback data, as an old or forged client might."""
        number = self.session.number()
        callback_id = f"callback{number}"
        self.session.callbacks[callback_id] = self.person
        callback = CallbackQuery(
            id=callback_id,
            from_user=self.user,
            chat_instance="test",
            data=data,
            message=self.session.message(self.bot, self.person, screen),
        )
        await self.feed(Update(update_id=number, callback_query=callback))
