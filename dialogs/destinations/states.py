"""States of the groups and channels that are told news."""

from aiogram.fsm.state import State, StatesGroup


class DestinationsState(StatesGroup):
    """Windows of the groups and channels."""

    list = State()
    card = State()
    """One of them: in which language it is told, and what."""
