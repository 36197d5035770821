"""Addresses of places, as the channels write them."""

from collections.abc import Mapping
from typing import Final

from aiogram import Bot
from aiogram.utils.deep_linking import create_start_link

from dialogs.places import Place

TELEGRAM: Final = "telegram"
WEBCHAT: Final = "webchat"


class ChannelLinks:
    """Implements `dialogs.kit.links.Links`."""

    def __init__(self, web_address: str) -> None:
        """Lead to the web chat at `web_address` where a channel has no addresses of its own."""
        self._web_address = web_address.rstrip("/")
        self.telegram_name: str | None = None
        """By what Telegram knows the bot; None until it has answered."""

    async def to(self, place: Place, bot: Bot, channel: str) -> str:
        """See the protocol."""
        if channel == TELEGRAM:
            return await create_start_link(bot, place.link())
        return self._on_web(place.link())

    def elsewhere(self, payload: str, channel: str) -> Mapping[str, str]:
        """See the protocol."""
        links = {}
        # Telegram refuses a message whose button leads to an address that is not public.
        if self._web_address.startswith("https://"):
            links[WEBCHAT] = self._on_web(payload)
        if self.telegram_name is not None:
            links[TELEGRAM] = f"https://t.me/{self.telegram_name}?start={payload}"
        return {name: link for name, link in links.items() if name != channel}

    def _on_web(self, payload: str) -> str:
        return f"{self._web_address}/?start={payload}"
