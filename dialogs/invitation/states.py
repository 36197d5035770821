"""States of an invitation."""

from aiogram.fsm.state import State, StatesGroup


class InvitationState(StatesGroup):
    """Windows of an invitation; start data: `token`."""

    offer = State()
