"""What the buttons and answers of the first hello do."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.introduce_oneself import (
    ChooseDistrict,
    ChooseLanguage,
    ChooseName,
    FinishGreeting,
)
from dialogs.hello.getters import link_of
from dialogs.hello.states import HelloState
from dialogs.kit.acting import Acting
from dialogs.kit.languages import speak
from dialogs.kit.pressed import Pressed
from dialogs.opening import open_link


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
    await manager.switch_to(HelloState.name)


@inject
async def write_name(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    choose: FromDishka[ChooseName],
    finish: FromDishka[FinishGreeting],
    acting: FromDishka[Acting],
) -> None:
    """Take the name that was typed."""
    del field
    acting.resident = await choose(acting.resident, message.text or "")
    await _after_name(manager, acting, finish)


@inject
async def keep_name(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    finish: FromDishka[FinishGreeting],
    acting: FromDishka[Acting],
) -> None:
    """Go on with the name that was offered."""
    del callback, button
    await _after_name(manager, acting, finish)


async def _after_name(manager: DialogManager, acting: Acting, finish: FinishGreeting) -> None:
    # A town without districts has nothing more to ask.
    if acting.community.districts:
        await manager.switch_to(HelloState.district)
        return
    await _end(manager, acting, finish)


@inject
async def choose_district(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    district: str,
    choose: FromDishka[ChooseDistrict],
    finish: FromDishka[FinishGreeting],
    acting: FromDishka[Acting],
) -> None:
    """Take the district and end the hello."""
    del callback, select
    acting.resident = await choose(acting.resident, district)
    await _end(manager, acting, finish)


@inject
async def skip_district(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    finish: FromDishka[FinishGreeting],
    acting: FromDishka[Acting],
) -> None:
    """End the hello without a district."""
    del callback, button
    await _end(manager, acting, finish)


async def _end(manager: DialogManager, acting: Acting, finish: FinishGreeting) -> None:
    acting.resident = await finish(acting.resident)
    await open_link(manager, link_of(manager))
