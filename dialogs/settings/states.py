"""States of settings, help and privacy."""

from aiogram.fsm.state import State, StatesGroup


class SettingsState(StatesGroup):
    """Windows of settings, help and privacy."""

    main = State()
    language = State()
    name = State()
    district = State()
    help = State()
    privacy = State()
