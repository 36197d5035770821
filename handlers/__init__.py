"""What arrives, and which conversation or action it starts."""

from collections.abc import Callable, Sequence
from typing import Final

from aiogram import Router

from handlers import commands, errors, links, stray

MAKE_BEFORE_DIALOGS: Final[Sequence[Callable[[], Router]]] = (commands.router, links.router)
"""Makers of routers that come before the conversations: a text field would swallow `/start`."""

MAKE_AFTER_DIALOGS: Final[Sequence[Callable[[], Router]]] = (stray.router, errors.router)
"""Makers of routers for what no conversation took, and for what went wrong."""
