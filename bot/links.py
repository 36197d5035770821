"""Addresses of places, as the channels write them."""

from typing import Final

from aiogram import Bot
from aiogram.utils.deep_linking import create_start_link

from dialogs.places import Place

TELEGRAM: Final = "telegram"


class ChannelLinks:
    """Implements `dialogs.kit.links.Links`."""

    def __init__(self, web_address: str) -> None:
        """Lead to the web chat at `web_address` where a channel has no addresses of its own."""
        self._web_address = web_address.rstrip("/")

    async def to(self, place: Place, bot: Bot, channel: str) -> str:
        """See the protocol."""
        if channel == TELEGRAM:
            return await create_start_link(bot, place.link())
        return f"{self._web_address}/?start={place.link()}"
