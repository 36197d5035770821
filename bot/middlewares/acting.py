"""Finds out who is talking, before anything else happens."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.enums import ChatType
from aiogram.types import Chat, TelegramObject, Update, User
from typing_extensions import override

from civic.actions.meet_resident import LoseContact, MeetResident, Recognise
from civic.model.resident import Resident
from civic.model.text import LANGUAGES
from dialogs.kit.acting import ACTING_KEY, Acting
from dialogs.kit.owner import note_owner, owner
from handlers.public_chats import PublicChats
from storage.fsm import SqlStorage

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
        conversations: SqlStorage,
        met_before: Collection[str] = (),
    ) -> None:
        """Find or take in the person; groups and channels are left to `public_chats`.

        A chat that has come to belong to somebody else is begun anew in `conversations`. On
        channels that have `met_before` everyone who can write, an unknown chat is one that was
        separated while something from it was waiting.
        """
        self._met_before = met_before
        self._conversations = conversations
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
        if found is None and channel not in self._met_before:
            await self._meet(channel, str(chat.id), guess_language(user.language_code), chat.id)
            found = await self._recognise(channel, chat.id)
            # It may have been somebody's who separated it.
            self._conversations.begin_anew()
        if found is None:
            return None
        resident, town, contact = found
        if contact.moved:
            await self._begin_anew_for(resident, data["bot"], chat.id)
        data[ACTING_KEY] = Acting(resident, town, channel)
        return await handler(event, data)

    async def _begin_anew_for(self, resident: Resident, bot: Bot, chat_id: int) -> None:
        """Forget what the chat was about while it was another person's."""
        if await owner(self._conversations, bot, chat_id) != resident.id:
            self._conversations.begin_anew()
            await note_owner(self._conversations, bot, chat_id, resident.id)


def _has_blocked(update: Update) -> bool:
    return update.my_chat_member is not None and update.my_chat_member.new_chat_member.status in {
        "kicked",
        "left",
    }
