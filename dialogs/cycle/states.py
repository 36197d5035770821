"""States of the page about a cycle."""

from aiogram.fsm.state import State, StatesGroup


class CycleState(StatesGroup):
    """Windows about a cycle; started with {"cycle": id}."""

    about = State()
    rules = State()
    log = State()
