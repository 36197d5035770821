"""Fixtures of the stand-in's own tests."""

from tests.telegram.fixtures import plain_bot, telegram

__all__ = ["plain_bot", "telegram"]
