"""Finds out who is talking, before anything else happens."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import Chat, TelegramObject, Update, User
from typing_extensions import override

from civic.actions.meet_resident import LoseContact, MeetResident, Recognise
from civic.model.text import LANGUAGES
from dialogs.kit.acting import ACTING_KEY, Acting
from handlers.public_chats import PublicChats

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


def guess_language(code: str | None) -> str:
    """Return the interface language nearest to the messenger's; Kazakh by default."""
    base = (code or "").split("-")[0].lower()
    return base if base in LANGUAGES else LANGUAGES[0]


class ActingMiddleware(BaseMiddleware):
    """Puts who acts beside every update from a private chat; all other updates end here."""

    def __init__(
        self,
        recognise: Recognise,
        meet: MeetResident,
        lose_contact: LoseContact,
        public_chats: PublicChats,
    ) -> None:
        """Find or take in the person; groups and channels are left to `public_chats`."""
        self._public_chats = public_chats
        self._recognise = recognise
        self._meet = meet
        self._lose_contact = lose_contact

    @override
    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        channel: str = data["channel"]
        if chat is not None and chat.type != ChatType.PRIVATE and isinstance(event, Update):
            await self._public_chats.take(channel, event, data["bot"])
            return None
        if user is None or chat is None:
            return None
        if isinstance(event, Update) and _has_blocked(event):
            await self._lose_contact(channel, chat.id)
            return None
        found = await self._recognise(channel, chat.id)
        if found is None:
            await self._meet(channel, str(chat.id), guess_language(user.language_code), chat.id)
            found = await self._recognise(channel, chat.id)
        if found is None:
            return None
        data[ACTING_KEY] = Acting(found[0], found[1], channel)
        return await handler(event, data)


def _has_blocked(update: Update) -> bool:
    return update.my_chat_member is not None and update.my_chat_member.new_chat_member.status in {
        "kicked",
        "left",
    }
