"""Windows that show themselves anew while what they show goes on.

A window's getter asks for it each time that the window is shown, so that one which is shown no
more is not renewed any more either. What was asked is kept with the conversation, and outlives
the process. `bot/renewals.py` carries it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from aiogram import Bot
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.types import Chat
from aiogram_dialog import DialogManager

from dialogs.kit.acting import ACTING_KEY, Acting

STATE: Final = "renews"
"""State of the record that says which window of a chat renews itself."""
_DESTINY: Final = "renewal"


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is to be shown anew, and when."""

    channel: str
    chat_id: int
    intent_id: str
    """Names the opened conversation, which must still be the current one."""
    due_at: datetime

    def stored(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "channel": self.channel,
            "chat_id": self.chat_id,
            "intent": self.intent_id,
            "due_at": self.due_at.isoformat(),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Return what was stored."""
        due_at = datetime.fromisoformat(stored["due_at"])
        return cls(stored["channel"], stored["chat_id"], stored["intent"], due_at)


async def renew_at(manager: DialogManager, due_at: datetime) -> None:
    """Let the window that is being shown be shown anew at that moment, if it still is there."""
    data = manager.middleware_data
    acting: Acting = data[ACTING_KEY]
    chat: Chat = data["event_chat"]
    renewal = Renewal(acting.channel, chat.id, manager.current_context().id, due_at)
    await keep(data["fsm_storage"], data["bot"], renewal)


async def keep(storage: BaseStorage, bot: Bot, renewal: Renewal) -> None:
    """Ask for it, in place of what was asked before for this chat."""
    key = _key(bot, renewal.chat_id)
    await storage.set_data(key, renewal.stored())
    await storage.set_state(key, STATE)


async def asked(storage: BaseStorage, bot: Bot, chat_id: int) -> Renewal | None:
    """Return what is to be shown anew in a chat; None when nothing is."""
    stored = await storage.get_data(_key(bot, chat_id))
    return Renewal.read(stored) if stored else None


async def forget(storage: BaseStorage, bot: Bot, chat_id: int) -> None:
    """Let nothing in the chat be shown anew."""
    key = _key(bot, chat_id)
    await storage.set_data(key, {})
    await storage.set_state(key, None)


def _key(bot: Bot, chat_id: int) -> StorageKey:
    return StorageKey(bot_id=bot.id, chat_id=chat_id, user_id=chat_id, destiny=_DESTINY)
