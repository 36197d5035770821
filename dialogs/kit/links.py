"""Addresses of places, for people to pass on."""

from collections.abc import Mapping
from typing import Protocol

from aiogram import Bot

from dialogs.places import Place


class Links(Protocol):
    """Makes addresses that lead to a place; provided by the running program."""

    async def to(self, place: Place, bot: Bot, channel: str) -> str:
        """Return the address that opens `place` for whoever follows it, on the same channel."""
        ...

    def elsewhere(self, payload: str, channel: str) -> Mapping[str, str]:
        """Return for every other channel that has addresses the one that begins with `payload`."""
        ...
