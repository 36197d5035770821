"""States of the conversations about ideas."""

from aiogram.fsm.state import State, StatesGroup


class IdeaDraftState(StatesGroup):
    """Windows of writing an idea; start at `title` with a cycle, at `preview` with an idea."""

    resume = State()
    discard = State()
    title = State()
    problem = State()
    proposal = State()
    topic = State()
    place = State()
    cost = State()
    photos = State()
    similar = State()
    preview = State()
    edit = State()
    submitted = State()


class IdeasState(StatesGroup):
    """Windows of reading ideas: all of a cycle, one, one's own."""

    list = State()
    topics = State()
    districts = State()
    card = State()
    photo = State()
    withdraw = State()
    mine = State()
