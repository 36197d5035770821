"""States of the vote."""

from aiogram.fsm.state import State, StatesGroup


class BallotState(StatesGroup):
    """Windows of the vote."""

    projects = State()
    card = State()
    declare = State()
    receipt = State()
    rule = State()
    narrow = State()
