"""States of settings, help and privacy."""

from aiogram.fsm.state import State, StatesGroup


class SettingsState(StatesGroup):
    """Windows of settings, help and privacy."""

    main = State()
    language = State()
    name = State()
    district = State()
    news = State()
    """Which news, and when."""
    hours = State()
    hours_from = State()
    hours_to = State()
    topics = State()
    topic = State()
    """What to get about one topic."""
    again = State()
    """Asks somebody who came back whether to be told again."""
    help = State()
    privacy = State()
