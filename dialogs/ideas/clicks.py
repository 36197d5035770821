"""What the buttons and answers of reading ideas do."""

import re
from typing import Final

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_ideas import ReadIdea
from civic.actions.support_idea import SupportIdea
from civic.actions.withdraw_idea import WithdrawIdea
from civic.rules.texts import one_line
from dialogs.ideas.getters import DISTRICT, PHOTO, TOPIC, WORDS, started_with
from dialogs.ideas.states import IdeaDraftState, IdeasState
from dialogs.kit.acting import Acting
from dialogs.kit.pages import PAGE, turn_to
from dialogs.kit.text import _
from dialogs.kit.typed import ask_for_line

_NUMBER: Final = re.compile(r"\s*[№#]?\s*(\d{1,15})\s*", re.ASCII)
_WORDS_KEPT: Final = 100
"""Characters of a search; nobody searches for more."""


async def open_idea(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, idea_id: int
) -> None:
    """Open an idea of the list."""
    del callback, select
    await manager.start(IdeasState.card, data={"idea": idea_id})


@inject
async def look_for(
    message: Message,
    widget: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadIdea],
    acting: FromDishka[Acting],
) -> None:
    """Open the idea whose number was typed, or search for the words."""
    del widget
    if not await _open_numbered(message, manager, read, acting):
        manager.dialog_data[WORDS] = one_line(message.text or "")[:_WORDS_KEPT]
        turn_to(manager, 0)


@inject
async def write_own_number(
    message: Message,
    widget: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadIdea],
    acting: FromDishka[Acting],
) -> None:
    """Open the idea whose number was typed."""
    del widget
    if not await _open_numbered(message, manager, read, acting):
        await ask_for_line(message)


async def _open_numbered(
    message: Message, manager: DialogManager, read: ReadIdea, acting: Acting
) -> bool:
    number = _NUMBER.fullmatch(message.text or "")
    if number is None:
        return False
    # Read first: a number that no idea has leaves the list where it is.
    card = await read(acting.resident, int(number[1]))
    await manager.start(IdeasState.card, data={"idea": card.idea.id})
    return True


async def choose_topic(
    callback: CallbackQuery, select: Select[str], manager: DialogManager, code: str
) -> None:
    """Show ideas on one topic only."""
    del callback, select
    await _narrow(manager, TOPIC, code)


async def choose_district(
    callback: CallbackQuery, select: Select[str], manager: DialogManager, code: str
) -> None:
    """Show ideas in one district only."""
    del callback, select
    await _narrow(manager, DISTRICT, code)


async def _narrow(manager: DialogManager, key: str, code: str) -> None:
    manager.dialog_data[key] = code
    turn_to(manager, 0)
    await manager.switch_to(IdeasState.list)


async def show_all(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Forget topic, district and search."""
    del callback, button
    for key in (TOPIC, DISTRICT, WORDS, PAGE):
        manager.dialog_data.pop(key, None)
    await manager.switch_to(IdeasState.list)


async def put_forward(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Begin an idea in the cycle whose ideas are shown."""
    del callback, button
    cycle_id = started_with(manager, "cycle")
    await manager.start(IdeaDraftState.title, data={"cycle": cycle_id})


async def go_on_writing(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, cycle_id: int
) -> None:
    """Go on with an unfinished idea."""
    del callback, select
    await manager.start(IdeaDraftState.title, data={"cycle": cycle_id})


@inject
async def support(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    act: FromDishka[SupportIdea],
    acting: FromDishka[Acting],
) -> None:
    """Support the idea that is shown."""
    del button
    await act(acting.resident, started_with(manager, "idea"), on=True)
    await callback.answer(_("Your support counts. Thank you!"))


@inject
async def take_support_back(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    act: FromDishka[SupportIdea],
    acting: FromDishka[Acting],
) -> None:
    """Support the idea that is shown no longer."""
    del button
    await act(acting.resident, started_with(manager, "idea"), on=False)
    await callback.answer(_("Your support is taken back."))


async def edit(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Change the own idea that is shown."""
    del callback, button
    await manager.start(IdeaDraftState.preview, data={"idea": started_with(manager, "idea")})


@inject
async def withdraw(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    act: FromDishka[WithdrawIdea],
    acting: FromDishka[Acting],
) -> None:
    """Withdraw the own idea and show that it is."""
    del button
    await act(acting.resident, started_with(manager, "idea"))
    await callback.answer(_("The idea is withdrawn."))
    await manager.switch_to(IdeasState.card)


async def next_photo(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show the photo after this one."""
    del callback, button
    manager.dialog_data[PHOTO] = int(manager.dialog_data.get(PHOTO, 0)) + 1
