"""States of the results."""

from aiogram.fsm.state import State, StatesGroup


class ResultsState(StatesGroup):
    """Windows of the results."""

    cycles = State()
    table = State()
    project = State()
    chart = State()
