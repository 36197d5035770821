"""What the buttons of the results do."""

from typing import Any

from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_results import ReadResults
from dialogs.kit.acting import Acting
from dialogs.results.document import protocol_file
from dialogs.results.getters import cycle_of
from dialogs.results.states import ResultsState


async def begin(start_data: dict[str, Any] | None, manager: DialogManager) -> None:
    """Remember which results are shown."""
    if start_data and "cycle" in start_data:
        manager.dialog_data["cycle"] = int(start_data["cycle"])


async def turn_cycles(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, page: int
) -> None:
    """Show another page of votes."""
    del callback, select
    manager.dialog_data["cycles_page"] = page


async def open_table(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, cycle_id: int
) -> None:
    """Show the results of a vote."""
    del callback, select
    manager.dialog_data["cycle"] = cycle_id
    manager.dialog_data["page"] = 0
    await manager.switch_to(ResultsState.table)


async def turn_page(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, page: int
) -> None:
    """Show another page of projects."""
    del callback, select
    manager.dialog_data["page"] = page


async def open_project(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, project_id: int
) -> None:
    """Show what became of a project."""
    del callback, select
    manager.dialog_data["project"] = project_id
    await manager.switch_to(ResultsState.project)


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
