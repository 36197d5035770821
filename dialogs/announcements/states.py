"""States of the public list of announcements."""

from aiogram.fsm.state import State, StatesGroup


class AnnouncementsState(StatesGroup):
    """Windows of the list."""

    list = State()
    """Every announcement by its number, newest first."""
    card = State()
    """One announcement as it was sent."""
