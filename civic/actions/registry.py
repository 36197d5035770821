"""Every action, so that wiring can hand each to whoever names it."""

from typing import Final

from civic.actions.read_now import ReadNow

ACTIONS: Final[tuple[type, ...]] = (ReadNow,)
