"""States of «My things»."""

from aiogram.fsm.state import State, StatesGroup


class MineState(StatesGroup):
    """Windows of «My things»."""

    main = State()
