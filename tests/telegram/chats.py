"""Chats as the stand-in keeps them, and a message as a person sees it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CONTENT_WITH_CAPTION: Final = frozenset({"photo", "document", "video", "animation", "audio"})


@dataclass(slots=True)
class Message:
    """One message; `content` is what the Bot API says of it beyond ids, dates and sender."""

    message_id: int
    from_bot: bool
    date: int
    content: dict[str, Any]
    html: str = ""
    """Text or caption as the bot sent it."""
    markup: dict[str, Any] | None = None
    edits: int = 0
    deleted: bool = False
    too_old: bool = False
    """True once Telegram would neither edit nor delete it any more."""

    @property
    def has_media(self) -> bool:
        """Tell whether the message carries a picture or file, so that its text is a caption."""
        return not CONTENT_WITH_CAPTION.isdisjoint(self.content)


@dataclass(slots=True)
class Chat:
    """A private chat of one person with the bot."""

    user: dict[str, Any]
    messages: dict[int, Message] = field(default_factory=dict)
    started: bool = False
    """False until the person writes: before that a bot may not write either."""
    blocked: bool = False
    deactivated: bool = False
    actions: list[str] = field(default_factory=list)
    """What the bot said it was doing («typing»)."""
    shows: int = 0
    """How often the person saw something new: messages sent and edited."""
    calls: int = 0
    """Calls about this chat that began or ended."""
    in_flight: int = 0
    """Calls about this chat that are being answered."""
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> int:
        """The chat's id, which in private is the person's."""
        return int(self.user["id"])

    def stir(self) -> None:
        """Wake whoever waits for something to happen in this chat."""
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def stirred(self) -> None:
        """Wait until something happens in this chat."""
        await self._stirred.wait()

    def described(self) -> dict[str, Any]:
        """Return the chat as the Bot API gives it."""
        return {"id": self.id, "type": "private", "first_name": self.user["first_name"]}

    def newest(self) -> Message | None:
        """Return the last message of the bot that is still there."""
        for message in reversed(self.messages.values()):
            if message.from_bot and not message.deleted:
                return message
        return None


def as_json(message: Message, chat: Chat, bot: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message as the Bot API gives it."""
    described = {
        "message_id": message.message_id,
        "date": message.date,
        "chat": chat.described(),
        "from": dict(bot) if message.from_bot else chat.user,
        **message.content,
    }
    if message.edits:
        described["edit_date"] = message.date + message.edits
    if message.markup is not None and "inline_keyboard" in message.markup:
        described["reply_markup"] = message.markup
    return described


@dataclass(frozen=True, slots=True)
class ShownButton:
    """A button under a message."""

    label: str
    data: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Screen:
    """A message of the bot as a person saw it at one moment."""

    message_id: int
    text: str
    """Text or caption without marks."""
    html: str
    """The same as the bot sent it."""
    rows: tuple[tuple[ShownButton, ...], ...]
    content: dict[str, Any]
    """What the Bot API says of the message: photo, document, location…"""
    file: bytes | None
    """The picture or file that came with it."""

    @property
    def buttons(self) -> tuple[str, ...]:
        """Labels of all buttons, row by row."""
        return tuple(button.label for row in self.rows for button in row)

    def button(self, label: str) -> ShownButton | None:
        """Return the button with that label."""
        for row in self.rows:
            for button in row:
                if button.label == label:
                    return button
        return None


def shown(message: Message, files: Mapping[str, bytes]) -> Screen:
    """Return the message as it looks now."""
    markup = message.markup or {}
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    return Screen(
        message_id=message.message_id,
        text=_plain(message.content.get("text", message.content.get("caption", ""))),
        html=message.html,
        rows=tuple(tuple(_button(button) for button in row) for row in rows),
        content=message.content,
        file=_file(message, files),
    )


def _plain(text: str) -> str:
    # Spaces that keep a number on one line look like any other.
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _button(button: Mapping[str, Any] | str) -> ShownButton:
    if isinstance(button, str):
        return ShownButton(button, None, None)
    return ShownButton(button["text"], button.get("callback_data"), button.get("url"))


def _file(message: Message, files: Mapping[str, bytes]) -> bytes | None:
    if "photo" in message.content:
        return files.get(message.content["photo"][-1]["file_id"])
    if "document" in message.content:
        return files.get(message.content["document"]["file_id"])
    return None
