"""Somebody with a phone: reads what the service shows, writes and presses."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from aiogram.enums import ChatType
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberBanned,
    ChatMemberMember,
    ChatMemberUpdated,
    Document,
    InlineKeyboardButton,
    Message,
    PhotoSize,
    Sticker,
    Update,
    User,
)
from aiogram_dialog.utils import remove_intent_id

from bot.rehearsal.chance import Chance
from bot.rehearsal.messenger import BOT_ID, Bubble, Messenger
from bot.rehearsal.places import PublicPlace

Post = Callable[[Update], Awaitable[bool]]
"""Takes an update to the service; False when nobody answers there at present."""
_LINK: Final = re.compile(r"start=([a-z])_(\d+)")


class NobodyAnswersError(Exception):
    """The service is off: the person puts the phone away and tries again later."""


@dataclass(slots=True)
class Person:
    """One simulated resident."""

    number: int
    language: str
    messenger: Messenger
    post: Post
    chance: Chance
    wants_news: bool = True
    met_at: datetime | None = None
    """When the service heard of the person first."""
    told_between: list[tuple[datetime, bool]] = field(default_factory=list)
    """From when on the person could be told news, and from when on not."""
    ballots: dict[int, set[int]] = field(default_factory=dict)
    """By cycle, the projects that the person saw marked on the own ballot."""
    searched: Counter[str] = field(default_factory=Counter)
    """Buttons that the person looked for and did not find."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the person does one thing; nobody does two at a time."""

    @property
    def bubbles(self) -> list[Bubble]:
        """All messages of the service, oldest first."""
        return list(self.messenger.phone(self.number).bubbles.values())

    @property
    def bubble(self) -> Bubble | None:
        """The newest message with buttons, news apart."""
        asking = (
            bubble for bubble in reversed(self.bubbles) if bubble.keys and not bubble.is_news
        )
        return next(asking, None)

    def finds(self, widget: str, item: object = None) -> InlineKeyboardButton | None:
        """Return the button of that name on the newest message with buttons."""
        bubble = self.bubble
        return None if bubble is None else _find(bubble, widget, item)

    def items(self, widget: str) -> list[str]:
        """Return what can be chosen from a list of buttons."""
        keys = [] if self.bubble is None else self.bubble.keys
        found = (name_of(key).partition(":") for key in keys)
        return [item for name, _colon, item in found if name == widget]

    def sees(self, kind: str) -> int | None:
        """Return the number in the link to share that the newest message shows."""
        found = None if self.bubble is None else _LINK.search(self.bubble.html)
        return int(found[2]) if found is not None and found[1] == kind else None

    async def says(self, text: str) -> None:
        """Write a text."""
        await self.sends(text=text)

    async def follows(self, link: str) -> None:
        """Open a link that somebody passed on."""
        await self.says(f"/start {link}")

    async def sends_sticker(self) -> None:
        """Send what no conversation asks for."""
        sticker = Sticker(
            file_id="s",
            file_unique_id="s",
            type="regular",
            width=1,
            height=1,
            is_animated=False,
            is_video=False,
        )
        await self.sends(sticker=sticker)

    async def sends_photo(self, content: bytes) -> None:
        """Send a picture as a photo."""
        name = self.messenger.upload(content)
        await self.sends(
            photo=[PhotoSize(file_id=name, file_unique_id=name, width=1280, height=960)]
        )

    async def sends_document(self, title: str, content: bytes) -> None:
        """Send a file called `title`."""
        name = self.messenger.upload(content)
        await self.sends(document=Document(file_id=name, file_unique_id=name, file_name=title))

    async def adds_service(self, place: PublicPlace) -> None:
        """Let the service write in a group or channel."""
        self.messenger.open(place)
        service = User(id=BOT_ID, is_bot=True, first_name="Dauys")
        now = self.messenger.clock.now()
        await self._posts(my_chat_member=place.joined(service, self._user, now))

    async def sends(self, **content: Any) -> None:  # noqa: ANN401 - fields of aiogram's Message
        """Send a message with any content."""
        self.messenger.phone(self.number).started = True
        message = Message(
            message_id=self.messenger.number(),
            date=self.messenger.clock.now(),
            chat=self._chat,
            from_user=self._user,
            **content,
        )
        await self._posts(message=message)

    async def presses(self, widget: str, item: object = None) -> bool:
        """Press that button; False when it is not there."""
        bubble, key = self.bubble, self.finds(widget, item)
        if bubble is None or key is None:
            self.searched[widget] += 1
            return False
        await self.presses_key(bubble, key)
        return True

    async def presses_key(self, bubble: Bubble, key: InlineKeyboardButton) -> None:
        """Press a button of any message that is still on the phone."""
        name = f"press{self.messenger.number()}"
        self.messenger.presses[name] = False
        query = CallbackQuery(
            id=name,
            from_user=self._user,
            chat_instance="rehearsal",
            data=key.callback_data,
            message=bubble.message,
        )
        await self._posts(callback_query=query)

    @property
    def is_away(self) -> bool:
        """Tell whether the person has blocked the service or is gone."""
        return self.messenger.phone(self.number).blocked

    async def blocks(self) -> None:
        """Block the service; the messenger says so to it."""
        self.messenger.phone(self.number).blocked = True
        self.can_be_told(can=False)
        await self._posts(my_chat_member=self._blocking())

    def disappears(self) -> None:
        """Delete the account; nobody says so to the service."""
        self.messenger.phone(self.number).blocked = True

    async def comes_back(self) -> None:
        """Unblock the service and write again; say yes to news if asked, or say nothing."""
        self.messenger.phone(self.number).blocked = False
        await self.says("/start")
        if self.finds("back") and self.chance.happens(0.6):
            await self.presses("back", "all")
            self.can_be_told(can=True)

    def can_be_told(self, *, can: bool) -> None:
        """Note that from now on news reach the person, or do not."""
        self.told_between.append((self.messenger.clock.now(), can))

    def could_be_told(self, moment: datetime) -> bool:
        """Tell whether the service had reason to tell the person news at `moment`."""
        known = [can for since, can in self.told_between if since < moment]
        return bool(known) and known[-1]

    async def thinks(self, mean: float = 6) -> None:
        """Read what is there; about `mean` seconds."""
        await asyncio.sleep(1 + self.chance.waiting(mean))

    async def _posts(self, **event: Any) -> None:  # noqa: ANN401 - fields of aiogram's Update
        update = Update(update_id=self.messenger.number(), **event)
        self.messenger.traffic.updates[self.messenger.hour()] += 1
        if not await self.post(update):
            raise NobodyAnswersError
        if self.met_at is None:
            self.met_at = self.messenger.clock.now()
            self.can_be_told(can=True)
        await self.thinks()

    @property
    def _user(self) -> User:
        return User(id=self.number, is_bot=False, first_name="—", language_code=self.language)

    @property
    def _chat(self) -> Chat:
        return Chat(id=self.number, type=ChatType.PRIVATE)

    def _blocking(self) -> ChatMemberUpdated:
        service = User(id=BOT_ID, is_bot=True, first_name="Dauys")
        now = self.messenger.clock.now()
        return ChatMemberUpdated(
            chat=self._chat,
            from_user=self._user,
            date=now,
            old_chat_member=ChatMemberMember(user=service),
            new_chat_member=ChatMemberBanned(user=service, until_date=now),
        )


def name_of(key: InlineKeyboardButton) -> str:
    """Return what a button is called in the code: its widget, and what it chooses from a list."""
    return remove_intent_id(key.callback_data or "")[1]


def _find(bubble: Bubble, widget: str, item: object) -> InlineKeyboardButton | None:
    for key in bubble.keys:
        name, _colon, chosen = name_of(key).partition(":")
        if name == widget and (item is None or chosen == str(item)):
            return key
    return None
