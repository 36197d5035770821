"""Every conversation, and where each kind of place opens."""

from collections.abc import Mapping
from typing import Final

from aiogram.fsm.state import State
from aiogram_dialog import Dialog

from dialogs.places import PlaceKind

DIALOGS: Final[tuple[Dialog, ...]] = ()

OPENS: Final[Mapping[PlaceKind, tuple[State, str]]] = {}
"""For each kind of place the window that shows it and the key under which the window's start data hold its id."""
