"""States of approving."""

from aiogram.fsm.state import State, StatesGroup


class ApprovalState(StatesGroup):
    """Windows of approving what another organiser wants to announce."""

    list = State()
    """Everything that waits."""
    read = State()
    """Exactly what people will read, in each language."""
    decide = State()
    """For whom, when and from whom it is; approving it."""
    why = State()
    """Writing what has to be changed."""
