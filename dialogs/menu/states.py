"""States of the menu."""

from aiogram.fsm.state import State, StatesGroup


class MenuState(StatesGroup):
    """Windows of the menu."""

    main = State()
