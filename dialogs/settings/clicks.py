"""What the buttons of the settings do."""

from dataclasses import replace

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
    ChooseTopic,
)
from civic.model.resident import ANY_HOUR, BY_DAY, Hours, NewsChoice, TopicChoice
from dialogs.kit.acting import Acting
from dialogs.kit.languages import speak
from dialogs.kit.pressed import Pressed
from dialogs.settings.getters import OPENS, SUNDAYS, TOPIC
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
async def want_by_day(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    choose: FromDishka[ChooseHours],
    acting: FromDishka[Acting],
) -> None:
    """Get news in the usual hours."""
    del callback, button, manager
    acting.resident = await choose(acting.resident, BY_DAY)


@inject
async def want_any_hour(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    choose: FromDishka[ChooseHours],
    acting: FromDishka[Acting],
) -> None:
    """Get news also at night and on Sundays."""
    del callback, button, manager
    acting.resident = await choose(acting.resident, ANY_HOUR)


async def choose_from(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, opens: int
) -> None:
    """Take the hour from which news may come."""
    del callback, select
    manager.dialog_data[OPENS] = opens
    await manager.switch_to(SettingsState.hours_to)


@inject
async def choose_to(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    closes: int,
    choose: FromDishka[ChooseHours],
    acting: FromDishka[Acting],
) -> None:
    """Get news from the hour chosen before until this one."""
    del callback, select
    before = acting.resident.hours
    # Any hour was any day; whoever chooses hours is asked about Sundays anew.
    sundays = before.sundays and before != ANY_HOUR
    hours = Hours(int(manager.dialog_data[OPENS]), closes, sundays=sundays)
    acting.resident = await choose(acting.resident, hours)
    await manager.switch_to(SettingsState.hours)


@inject
async def want_sundays(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    choice: str,
    choose: FromDishka[ChooseHours],
    acting: FromDishka[Acting],
) -> None:
    """Get news on Sundays too, or not."""
    del callback, select, manager
    hours = replace(acting.resident.hours, sundays=choice == SUNDAYS)
    acting.resident = await choose(acting.resident, hours)


async def open_topic(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, topic: str
) -> None:
    """Choose what to get about a topic."""
    del callback, select
    manager.dialog_data[TOPIC] = topic
    await manager.switch_to(SettingsState.topic)


@inject
async def choose_topic(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    choice: str,
    choose: FromDishka[ChooseTopic],
    acting: FromDishka[Acting],
) -> None:
    """Get this about the topic from now on."""
    del callback, select
    await choose(acting.resident, str(manager.dialog_data[TOPIC]), TopicChoice(choice))
    await manager.switch_to(SettingsState.topics)
