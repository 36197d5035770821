"""Where the buttons of «My things» lead."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select

from dialogs.comments.states import CommentDraftState
from dialogs.ideas.states import IdeaDraftState
from dialogs.results.states import ResultsState
from dialogs.voting.states import BallotState

_STARTS = {
    "idea": IdeaDraftState.title,
    "comment": CommentDraftState.kind,
    "vote": BallotState.projects,
    "results": ResultsState.table,
}


async def go_on(
    callback: CallbackQuery, select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Go on with something unfinished, or see what came of it; `chosen` is «what:cycle id»."""
    del callback, select
    what, cycle_id = chosen.split(":")
    await manager.start(_STARTS[what], data={"cycle": int(cycle_id), "section": None})
