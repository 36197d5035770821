"""States of moderation."""

from aiogram.fsm.state import State, StatesGroup


class ModerationState(StatesGroup):
    """Windows of moderation.

    Start data: none for `queue`, for `case` `comment` (id), for `log` `cycle` (id).
    """

    queue = State()
    """Reported remarks that wait for a decision."""
    case = State()
    """One remark to decide on."""
    hide = State()
    """Choosing a reason."""
    words = State()
    """Writing another reason."""
    log = State()
    """What was decided in a cycle; everyone can read it."""
