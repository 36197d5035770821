"""The stand-in of Telegram."""

from tests.telegram.fixtures import telegram

__all__ = ["telegram"]
