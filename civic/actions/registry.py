"""Every action, so that wiring can hand each to whoever names it."""

from typing import Final

ACTIONS: Final[tuple[type, ...]] = ()
