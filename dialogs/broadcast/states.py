"""States of announcing and of watching."""

from aiogram.fsm.state import State, StatesGroup


class BroadcastState(StatesGroup):
    """Windows of writing an announcement."""

    drafts = State()
    """What is begun already: going on with it, or beginning another."""
    write = State()
    """Writing it in one language."""
    main = State()
    """What is written, for whom and when."""
    attachment = State()
    """The photo or the document that goes with it."""
    whom = State()
    """By what people are chosen."""
    values = State()
    """Choosing those of one kind, such as districts."""
    chats = State()
    """Which groups and channels are told besides."""
    topics = State()
    """What it is about."""
    when = State()
    preview = State()
    """Exactly what people will read."""
    discard = State()
    """Being asked whether to throw it away."""


class SendingState(StatesGroup):
    """Windows of an announcement on its way."""

    main = State()
    stop = State()
    """Being asked whether to stop for good."""
