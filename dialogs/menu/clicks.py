"""Where the menu's buttons lead."""

from collections.abc import Mapping
from typing import Final

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select

from civic.rules.calendar import Doing
from dialogs.budget.states import BudgetState
from dialogs.cycle.states import CycleState
from dialogs.ideas.states import IdeasState
from dialogs.results.states import ResultsState
from dialogs.voting.states import BallotState

DOORS: Final[Mapping[Doing, State]] = {
    Doing.WRITE_IDEA: IdeasState.list,
    Doing.READ_IDEAS: IdeasState.list,
    Doing.COMMENT: BudgetState.section,
    Doing.READ_BUDGET: BudgetState.section,
    Doing.VOTE: BallotState.projects,
    Doing.READ_RESULTS: ResultsState.table,
    Doing.READ_ABOUT: CycleState.about,
}
"""The window in which each thing is done."""


async def do(
    callback: CallbackQuery, select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Open the conversation in which the thing is done; `chosen` is «what:cycle id»."""
    del callback, select
    what, cycle_id = chosen.split(":")
    await manager.start(DOORS[Doing(what)], data={"cycle": int(cycle_id), "section": None})
