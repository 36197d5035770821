"""States of reading and writing remarks on the draft budget."""

from aiogram.fsm.state import State, StatesGroup


class CommentsState(StatesGroup):
    """Windows of remarks.

    Start data: for `list` `cycle` (id) and `section` (id or None), for `card` `comment` (id).
    """

    list = State()
    card = State()
    report = State()
    delete = State()
    mine = State()


class CommentDraftState(StatesGroup):
    """Windows of writing; start at `kind`.

    Start data: `cycle` and `section` (ids, or None for the whole), or `comment` (id) to change it.
    """

    resume = State()
    kind = State()
    text = State()
    preview = State()
    discard = State()
    published = State()
