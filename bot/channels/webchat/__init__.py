"""The web chat: a channel whose messages the service keeps and shows itself."""

from typing import Final

from storage.repositories.webchat import CHANNEL

__all__ = ["CHANNEL", "TOKEN"]

TOKEN: Final = "1:webchat"  # noqa: S105 - aiogram wants one; it opens nothing
"""aiogram's name for the bot of this channel; its id, 1, keeps conversations apart."""
