"""What the buttons of the settings do."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.introduce_oneself import (
    ChooseDistrict,
    ChooseLanguage,
    ChooseName,
    ChooseNews,
)
from dialogs.kit.acting import Acting
from dialogs.kit.languages import speak
from dialogs.kit.pressed import Pressed
from dialogs.settings.states import SettingsState


@inject
async def choose_language(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    language: str,
    choose: FromDishka[ChooseLanguage],
    acting: FromDishka[Acting],
) -> None:
    """Speak the chosen language from now on."""
    del callback, select
    acting.resident = await choose(acting.resident, language)
    speak(manager, language)
    await manager.switch_to(SettingsState.main)


@inject
async def write_name(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    choose: FromDishka[ChooseName],
    acting: FromDishka[Acting],
) -> None:
    """Take the name that was typed."""
    del field
    acting.resident = await choose(acting.resident, message.text or "")
    await manager.switch_to(SettingsState.main)


@inject
async def forget_name(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    choose: FromDishka[ChooseName],
    acting: FromDishka[Acting],
) -> None:
    """Go back to «Resident 1234»."""
    del callback, button
    acting.resident = await choose(acting.resident, "")
    await manager.switch_to(SettingsState.main)


@inject
async def choose_district(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    district: str,
    choose: FromDishka[ChooseDistrict],
    acting: FromDishka[Acting],
) -> None:
    """Take the district."""
    del callback, select
    acting.resident = await choose(acting.resident, district)
    await manager.switch_to(SettingsState.main)


@inject
async def forget_district(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    choose: FromDishka[ChooseDistrict],
    acting: FromDishka[Acting],
) -> None:
    """Live nowhere in particular."""
    del callback, button
    acting.resident = await choose(acting.resident, None)
    await manager.switch_to(SettingsState.main)


@inject
async def want_news(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    choose: FromDishka[ChooseNews],
    acting: FromDishka[Acting],
) -> None:
    """Get news from now on."""
    del callback, button, manager
    acting.resident = await choose(acting.resident, wanted=True)


@inject
async def want_no_news(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    choose: FromDishka[ChooseNews],
    acting: FromDishka[Acting],
) -> None:
    """Get no news from now on."""
    del callback, button, manager
    acting.resident = await choose(acting.resident, wanted=False)
