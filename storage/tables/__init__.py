"""All tables; importing this module fills `metadata`."""

from storage.tables import budgets, conversation, cycles, ideas, news, people, voting, webchat
from storage.tables.base import metadata

__all__ = [
    "budgets",
    "conversation",
    "cycles",
    "ideas",
    "metadata",
    "news",
    "people",
    "voting",
    "webchat",
]
