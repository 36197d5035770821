"""States of reading the draft budget."""

from aiogram.fsm.state import State, StatesGroup


class BudgetState(StatesGroup):
    """Windows of the draft budget; start data: `cycle` (id) and `section` (id or None)."""

    section = State()
    search = State()
    found = State()
    chart = State()
