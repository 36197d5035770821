"""What the buttons of the settings do."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.introduce_oneself import (
    ChooseDistrict,
    ChooseHours,
    ChooseLanguage,
    ChooseName,
    ChooseNews,
    FollowTopic,
    ReadFollowed,
)
from civic.model.resident import NewsChoice
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
async def choose_news(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    choice: str,
    choose: FromDishka[ChooseNews],
    acting: FromDishka[Acting],
) -> None:
    """Get these news from now on."""
    del callback, select, manager
    acting.resident = await choose(acting.resident, NewsChoice(choice))


@inject
async def choose_news_again(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    choice: str,
    choose: FromDishka[ChooseNews],
    acting: FromDishka[Acting],
) -> None:
    """Get these news from now on, and go back to what was being done."""
    del callback, select
    acting.resident = await choose(acting.resident, NewsChoice(choice))
    await manager.done()


@inject
async def want_any_hour(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    choose: FromDishka[ChooseHours],
    acting: FromDishka[Acting],
) -> None:
    """Get news also at night."""
    del callback, button, manager
    acting.resident = await choose(acting.resident, any_hour=True)


@inject
async def want_by_day(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    choose: FromDishka[ChooseHours],
    acting: FromDishka[Acting],
) -> None:
    """Get news by day only."""
    del callback, button, manager
    acting.resident = await choose(acting.resident, any_hour=False)


@inject
async def follow_topic(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    topic: str,
    read: FromDishka[ReadFollowed],
    follow: FromDishka[FollowTopic],
    acting: FromDishka[Acting],
) -> None:
    """Follow the topic, or cease to."""
    del callback, select, manager
    followed = await read(acting.resident)
    await follow(acting.resident, topic, on=topic not in followed)
