"""States of «My chats»."""

from aiogram.fsm.state import State, StatesGroup


class ChatsState(StatesGroup):
    """Windows of «My chats»; start data of `offer`: `code`."""

    main = State()
    code = State()
    """Shows a code to be written in another chat."""
    enter = State()
    """Waits for a code."""
    offer = State()
    """Says what joining would do, and asks."""
    joined = State()
    separate = State()
    """Asks which chat to separate."""
    sure = State()
    """Says what that would do, and asks."""
