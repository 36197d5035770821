"""Whose a conversation is, where that has changed: another person's is begun anew."""

from typing import Final

from aiogram import Bot
from aiogram.fsm.storage.base import BaseStorage, StorageKey

_DESTINY: Final = "owner"


async def owner(storage: BaseStorage, bot: Bot, chat_id: int) -> int | None:
    """Return the id of the resident whose conversation it is; None when nobody noted it."""
    noted: int | None = (await storage.get_data(_key(bot, chat_id))).get("resident")
    return noted


async def note_owner(storage: BaseStorage, bot: Bot, chat_id: int, resident_id: int) -> None:
    """Note whose conversation it is from now on."""
    await storage.set_data(_key(bot, chat_id), {"resident": resident_id})


def _key(bot: Bot, chat_id: int) -> StorageKey:
    return StorageKey(bot_id=bot.id, chat_id=chat_id, user_id=chat_id, destiny=_DESTINY)
