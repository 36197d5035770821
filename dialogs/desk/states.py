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
    date = State()
    """Choosing a new close or opening."""
    reason = State()
    """Writing why."""
    preview = State()
    """What everyone will read."""
    notices = State()
    """What the stage will tell people by itself."""
    notice = State()
    """One notice as people will read it."""
    words = State()
    """Writing a notice in one's own words."""
