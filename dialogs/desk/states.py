"""States of the organisers' desk."""

from aiogram.fsm.state import State, StatesGroup


class DeskState(StatesGroup):
    """Windows of the desk."""

    main = State()
    """Every cycle of the town."""
    cycle = State()
    """Calendar and counts of one cycle."""
    stage = State()
    """One stage and what can be done to it."""
    extend = State()
    """Choosing a new close."""
    reason = State()
    """Writing why."""
    preview = State()
    """What everyone will read."""
