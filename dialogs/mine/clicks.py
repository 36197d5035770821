"""Where the buttons of «My things» lead."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select

from dialogs.comments.states import CommentDraftState
from dialogs.ideas.states import IdeaDraftState
from dialogs.voting.states import BallotState

_STARTS = {
    "idea": IdeaDraftState.title,
    "comment": CommentDraftState.kind,
    "vote": BallotState.projects,
}


async def go_on(
    callback: CallbackQuery, select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Go on with something unfinished; `chosen` is «what:cycle id»."""
    del callback, select
    what, cycle_id = chosen.split(":")
    await manager.start(_STARTS[what], data={"cycle": int(cycle_id), "section": None})
