"""What the buttons of the list of announcements do."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_announcements import ReadAnnouncement
from dialogs.announcements.getters import number_of
from dialogs.announcements.states import AnnouncementsState
from dialogs.broadcast.states import SendingState
from dialogs.kit.acting import Acting
from dialogs.kit.typed import ask_for_line, typed_number

LARGEST = 10**8
"""No town announces so much."""


async def open_card(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, number: int
) -> None:
    """Show an announcement."""
    del callback, select
    await _show(manager, number)


@inject
async def write_number(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadAnnouncement],
    acting: FromDishka[Acting],
) -> None:
    """Show the announcement whose number was typed, whatever page it is on."""
    del field
    number = typed_number(message.text, LARGEST)
    if number is None:
        await ask_for_line(message)
        return
    await read(acting.resident, number)
    await _show(manager, number)


@inject
async def watch(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadAnnouncement],
    acting: FromDishka[Acting],
) -> None:
    """Show how far the announcement is."""
    del callback, button
    entry = await read(acting.resident, number_of(manager))
    await manager.start(SendingState.main, data={"announcement": entry.announcement.id})


async def _show(manager: DialogManager, number: int) -> None:
    manager.dialog_data["number"] = number
    await manager.switch_to(AnnouncementsState.card)
