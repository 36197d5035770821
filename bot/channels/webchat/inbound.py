"""What a person does on the page, as updates for the conversations.

A form carries an id of its own. The same form sent again, by a second tap, a reload or a script
that retries on a bad line, is the same update: it has the same number, and the inbox drops it.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from typing import Final, Protocol

from aiogram import Bot
from aiogram.types import (
    CallbackQuery,
    InaccessibleMessage,
    Location,
    Message,
    MessageEntity,
    Update,
)

from bot.channels.webchat import CHANNEL, files
from bot.channels.webchat.bell import Bell
from bot.channels.webchat.keyboards import label_of
from bot.channels.webchat.messages import (
    person,
    private_chat,
    service,
    to_document,
    to_message,
    to_photo,
)
from bot.channels.webchat.words import escape
from civic.ports import Clock, PhotoReader, Randomness
from storage.repositories.webchat import (
    Bubble,
    NewFile,
    Received,
    SqlWebChats,
    StoredFile,
    StoredMessage,
    Visitor,
)

PATIENCE: Final = 20.0
"""Seconds for which a page waits for its answer; later answers arrive by themselves."""
_GLANCE: Final = 0.3
"""Seconds between looks whether a form that came twice has been dealt with."""
_OUTDATED: Final = 0
"""Number of no message: what a page showed that has changed since."""
_COORDINATES: Final = re.compile(r"\s*(-?\d{1,2}[.]\d{3,10})[\s,;]+(-?\d{1,3}[.]\d{3,10})\s*")
_MOST_LATITUDE: Final = 90.0
_MOST_LONGITUDE: Final = 180.0


class Inbox(Protocol):
    """What takes updates to the conversations."""

    async def receive_and_wait(self, channel: str, update: Update, bot: Bot) -> None:
        """Store the update and return once it is dealt with; do not wait for a repeated one."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was sent, by whom."""

    visitor: Visitor
    id: str
    """What a repeated sending shares and another form does not."""

    def key(self, *content: str) -> str:
        """Return what tells this form with this content from every other of the person."""
        return hashlib.sha256("\x1f".join([self.id, *content]).encode()).hexdigest()


class WebChatInbound:
    """Turns what a person does into updates; each method returns when it has been dealt with."""

    def __init__(
        self,
        chats: SqlWebChats,
        inbox: Inbox,
        bot: Bot,
        bell: Bell,
        clock: Clock,
        randomness: Randomness,
        photos: PhotoReader,
    ) -> None:
        """Keep the person's own words in `chats` and hand updates for `bot` to `inbox`.

        What `photos` makes of a photo is kept, not the original with the place hidden in it.
        """
        self._chats = chats
        self._inbox = inbox
        self._bot = bot
        self._bell = bell
        self._clock = clock
        self._randomness = randomness
        self._photos = photos

    async def say(self, form: Form, text: str) -> None:
        """The person wrote `text`."""
        await self._say(form, "say", text, Bubble(html=escape(text)))

    async def command(self, form: Form, command: str, label: str | None) -> None:
        """The person asked for a command by a control that reads `label` (None: unseen)."""
        shown = Bubble(html=escape(label or ""))
        await self._say(form, "command", f"/{command}", shown, hidden=label is None)

    async def press(self, form: Form, message_id: int, revision: int, data: str) -> None:
        """The person pressed the button with `data` of a message as it stood at `revision`.

        On a page that was left open the message may have become another window since. What the
        person saw is then gone, and the conversation is told so.
        """
        visitor = form.visitor
        # Named as it was sent: when it comes again, the first time may have changed the message.
        key = form.key("press", str(message_id), data)
        pressed = await self._chats.message(visitor, message_id)
        if pressed is not None and not pressed.same_since <= revision <= pressed.revision:
            message_id, pressed = _OUTDATED, None
        label = None if pressed is None else label_of(pressed.bubble.keyboard, data)
        received = await self._receive(
            form,
            key,
            Bubble(html=escape(label or "")),
            pressed_id=message_id,
            hidden=label is None,
        )
        query = CallbackQuery(
            id=f"{visitor.chat_id}:{received.update_id}",
            from_user=person(visitor),
            chat_instance=str(visitor.chat_id),
            message=self._pressed(visitor, message_id, pressed),
            data=data,
        )
        await self._hand_over(
            visitor, received, Update(update_id=received.update_id, callback_query=query)
        )

    async def send_file(self, form: Form, content: bytes, name: str | None, caption: str) -> None:
        """The person sent a file: a picture as a photo, anything else as a document.

        Raises `Refused` with `PHOTO_UNREADABLE` or `PHOTO_TOO_LARGE`; then nothing is kept.
        """
        picture = await self._photo(name, content)
        new = picture or files.document(self._randomness, name, content)
        received = await self._receive(
            form,
            form.key("file", new.token, caption),
            Bubble(
                html=escape(caption),
                file=new,
                file_kind="photo" if picture is not None else "document",
            ),
        )
        kept = await self._chats.file(new.token)
        if kept is None:
            message = "a file that was just kept is gone"
            raise LookupError(message)
        await self._hand_over(
            form.visitor, received, self._file_update(form.visitor, received, kept[0], caption)
        )

    async def _photo(self, name: str | None, content: bytes) -> NewFile | None:
        if not files.is_picture(name, content):
            return None
        # A picture of a kind that cannot be cleaned may tell where it was taken.
        return files.photo(self._randomness, name, await self._photos.clean(content))

    async def _say(
        self, form: Form, kind: str, text: str, bubble: Bubble, *, hidden: bool = False
    ) -> None:
        received = await self._receive(form, form.key(kind, text), bubble, hidden=hidden)
        location = _location(text)
        message = Message(
            message_id=received.message_id,
            date=self._clock.now(),
            chat=private_chat(form.visitor.chat_id),
            from_user=person(form.visitor),
            text=text if location is None else None,
            location=location,
            entities=_command(text),
        )
        await self._hand_over(
            form.visitor, received, Update(update_id=received.update_id, message=message)
        )

    async def _receive(
        self,
        form: Form,
        key: str,
        bubble: Bubble,
        *,
        pressed_id: int | None = None,
        hidden: bool = False,
    ) -> Received:
        received = await self._chats.receive(
            form.visitor, key, bubble, self._clock.now(), pressed_id=pressed_id, hidden=hidden
        )
        self._bell.ring(form.visitor.chat_id)
        return received

    def _pressed(
        self, visitor: Visitor, message_id: int, pressed: StoredMessage | None
    ) -> Message | InaccessibleMessage:
        if pressed is None:
            return InaccessibleMessage(
                chat=private_chat(visitor.chat_id), message_id=message_id, date=0
            )
        return to_message(pressed, visitor.chat_id, service(self._bot), self._bot)

    def _file_update(
        self, visitor: Visitor, received: Received, file: StoredFile, caption: str
    ) -> Update:
        is_photo = file.width is not None
        message = Message(
            message_id=received.message_id,
            date=self._clock.now(),
            chat=private_chat(visitor.chat_id),
            from_user=person(visitor),
            caption=caption or None,
            photo=[to_photo(file)] if is_photo else None,
            document=None if is_photo else to_document(file),
        )
        return Update(update_id=received.update_id, message=message)

    async def _hand_over(self, visitor: Visitor, received: Received, update: Update) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._inbox.receive_and_wait(CHANNEL, update, self._bot)
                if not received.is_new:
                    await self._until_done(visitor, received)
        except TimeoutError:
            return

    async def _until_done(self, visitor: Visitor, received: Received) -> None:
        # The first sending may still be in the making, here or in another process; the page that
        # is shown is the answer to the last one.
        with self._bell.watching(visitor.chat_id) as bell:
            while not await self._chats.is_done(received.update_id):
                await bell.wait(_GLANCE)


def _command(text: str) -> list[MessageEntity] | None:
    if not text.startswith("/"):
        return None
    return [MessageEntity(type="bot_command", offset=0, length=len(text.split(maxsplit=1)[0]))]


def _location(text: str) -> Location | None:
    found = _COORDINATES.fullmatch(text)
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > _MOST_LATITUDE or abs(longitude) > _MOST_LONGITUDE:
        return None
    return Location(latitude=latitude, longitude=longitude)
