"""Fixtures of tests in which the whole program runs."""

from tests.telegram.fixtures import telegram

__all__ = ["telegram"]
