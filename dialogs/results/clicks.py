"""What the buttons of the results do."""

from typing import Any

from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_results import ReadResults, ReadVotes
from dialogs.kit.acting import Acting
from dialogs.kit.pages import turn_to
from dialogs.kit.typed import typed_line
from dialogs.results.document import protocol_file
from dialogs.results.getters import counted, cycle_of
from dialogs.results.states import ResultsState


async def begin(start_data: dict[str, Any] | None, manager: DialogManager) -> None:
    """Remember which results are shown."""
    if start_data and "cycle" in start_data:
        manager.dialog_data["cycle"] = int(start_data["cycle"])


async def open_table(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, cycle_id: int
) -> None:
    """Show the results of a vote."""
    del callback, select
    await _show_table(manager, cycle_id)


@inject
async def write_vote(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadVotes],
    acting: FromDishka[Acting],
) -> None:
    """Show the results of the vote whose place in the list was typed."""
    del field
    vote = await typed_line(message, counted(await read(acting.resident)))
    if vote is not None:
        await _show_table(manager, vote.cycle.id)


async def open_project(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, project_id: int
) -> None:
    """Show what became of a project."""
    del callback, select
    await _show_project(manager, project_id)


@inject
async def write_place(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadResults],
    acting: FromDishka[Acting],
) -> None:
    """Show what became of the project whose place was typed."""
    del field
    view = await read(acting.resident, cycle_of(manager))
    result = await typed_line(message, view.protocol.results)
    if result is not None:
        await _show_project(manager, result.project_id)


@inject
async def send_protocol(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadResults],
    acting: FromDishka[Acting],
) -> None:
    """Send the protocol as a file, and the window again below it."""
    del button
    view = await read(acting.resident, cycle_of(manager))
    if isinstance(callback.message, Message):
        name = f"dauys-{view.cycle.slug}.txt"
        document = BufferedInputFile(protocol_file(view, acting), name)
        await callback.message.answer_document(document)
        manager.show_mode = ShowMode.SEND


async def _show_table(manager: DialogManager, cycle_id: int) -> None:
    manager.dialog_data["cycle"] = cycle_id
    turn_to(manager, 0)
    await manager.switch_to(ResultsState.table)


async def _show_project(manager: DialogManager, project_id: int) -> None:
    manager.dialog_data["project"] = project_id
    await manager.switch_to(ResultsState.project)
