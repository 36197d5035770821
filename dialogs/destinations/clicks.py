"""What the buttons of groups and channels do."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.destinations import ReadDestinations, SetUpDestination
from dialogs.destinations.getters import AND, destination_of
from dialogs.destinations.states import DestinationsState
from dialogs.kit.acting import Acting
from dialogs.kit.pressed import Pressed
from dialogs.kit.typed import typed_line


async def open_card(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, destination: int
) -> None:
    """Show one of them."""
    del callback, select
    manager.dialog_data["destination"] = destination
    await manager.switch_to(DestinationsState.card)


@inject
async def write_number(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadDestinations],
    acting: FromDishka[Acting],
) -> None:
    """Show the one whose number in the list was typed."""
    del field
    found = await typed_line(message, await read(acting.resident))
    if found is not None:
        manager.dialog_data["destination"] = found.id
        await manager.switch_to(DestinationsState.card)


@inject
async def choose_language(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    language: str,
    set_up: FromDishka[SetUpDestination],
    acting: FromDishka[Acting],
) -> None:
    """Tell it in that language from now on, or in those."""
    del callback, select
    languages = tuple(language.split(AND))
    await set_up(acting.resident, destination_of(manager), languages=languages)


@inject
async def tell_stages(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    set_up: FromDishka[SetUpDestination],
    acting: FromDishka[Acting],
) -> None:
    """Tell it what stages yield, or no longer."""
    del callback
    wanted = button.widget_id == "stages"
    await set_up(acting.resident, destination_of(manager), stage_news=wanted)


@inject
async def remind(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    set_up: FromDishka[SetUpDestination],
    acting: FromDishka[Acting],
) -> None:
    """Tell it how many days are left, or no longer."""
    del callback
    wanted = button.widget_id == "remind"
    await set_up(acting.resident, destination_of(manager), reminders=wanted)
