"""States of the first hello."""

from aiogram.fsm.state import State, StatesGroup


class HelloState(StatesGroup):
    """Windows of the first hello, in order."""

    language = State()
    name = State()
    district = State()
