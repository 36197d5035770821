"""What the buttons and answers of the vote do."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.cast_ballot import CastBallot
from civic.actions.declare_residence import DeclareResidence
from civic.actions.open_ballot import OpenBallot
from civic.actions.read_ballot import ReadBallot
from civic.actions.read_project import ReadProject
from civic.model.refusal import Reason, Refused
from dialogs.kit.acting import Acting
from dialogs.kit.pages import turn_to
from dialogs.kit.pressed import Pressed
from dialogs.kit.typed import typed_line
from dialogs.refusals import sentence
from dialogs.results.states import ResultsState
from dialogs.voting.getters import EVERYTHING, cycle_of, narrow_down, project_of
from dialogs.voting.states import BallotState


@inject
async def begin(
    start_data: dict[str, Any],
    manager: DialogManager,
    read: FromDishka[ReadProject],
    open_ballot: FromDishka[OpenBallot],
    acting: FromDishka[Acting],
) -> None:
    """Remember what is shown and note that the person looked into the vote."""
    if "project" in start_data:
        view = await read(acting.resident, int(start_data["project"]))
        manager.dialog_data["project"] = view.project.id
        manager.dialog_data["cycle"] = view.ballot.cycle.id
    else:
        manager.dialog_data["cycle"] = int(start_data["cycle"])
    await open_ballot(acting.resident, cycle_of(manager))


async def open_card(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, project_id: int
) -> None:
    """Show a project."""
    del callback, select
    await _show_card(manager, project_id)


@inject
async def write_number(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadBallot],
    acting: FromDishka[Acting],
) -> None:
    """Show the project whose number in the list was typed."""
    del field
    view = await read(acting.resident, cycle_of(manager))
    narrowed = str(manager.dialog_data.get("narrow", EVERYTHING))
    listed = narrow_down(view.projects, narrowed)
    project = await typed_line(message, listed)
    if project is not None:
        await _show_card(manager, project.id)


async def narrow(
    callback: CallbackQuery, select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Show only the projects of a topic or district."""
    del callback, select
    manager.dialog_data["narrow"] = chosen
    turn_to(manager, 0)
    await manager.switch_to(BallotState.projects)


async def widen(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show all projects again."""
    del callback, button
    manager.dialog_data["narrow"] = EVERYTHING
    turn_to(manager, 0)
    await manager.switch_to(BallotState.projects)


@inject
async def tick(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    project_id: int,
    cast: FromDishka[CastBallot],
    acting: FromDishka[Acting],
) -> None:
    """Put the project on the ballot; ask for the declaration first where it is missing."""
    del callback, select
    try:
        await cast(acting.resident, cycle_of(manager), project_id, chosen=True)
    except Refused as refused:
        if refused.reason is not Reason.NOT_DECLARED:
            raise
        manager.dialog_data["project"] = project_id
        await manager.switch_to(BallotState.declare)


@inject
async def untick(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    project_id: int,
    cast: FromDishka[CastBallot],
    acting: FromDishka[Acting],
) -> None:
    """Take the project off the ballot."""
    del callback, select
    await cast(acting.resident, cycle_of(manager), project_id, chosen=False)


@inject
async def declare(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    project_id: int,
    make: FromDishka[DeclareResidence],
    cast: FromDishka[CastBallot],
    acting: FromDishka[Acting],
) -> None:
    """Take the declaration, and put the project that waited for it on the ballot."""
    del select
    cycle_id = cycle_of(manager)
    acting.resident = await make(acting.resident, cycle_id)
    await manager.switch_to(BallotState.card)
    try:
        await cast(acting.resident, cycle_id, project_id, chosen=True)
    except Refused as refused:
        # Raised further, it would leave the person in the window of a declaration already made.
        await callback.answer(sentence(refused, acting), show_alert=True)


async def show_photo(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show the photo in the card."""
    del callback, button
    manager.dialog_data["photo"] = project_of(manager)


async def hide_photo(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show the card without its photo."""
    del callback, button
    manager.dialog_data.pop("photo", None)


async def read_results(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Open the results of this vote."""
    del callback, button
    await manager.start(ResultsState.table, data={"cycle": cycle_of(manager)})


async def _show_card(manager: DialogManager, project_id: int) -> None:
    manager.dialog_data["project"] = project_id
    manager.dialog_data.pop("photo", None)
    await manager.switch_to(BallotState.card)
