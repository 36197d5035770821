"""What the buttons and answers of «My chats» do."""

from contextlib import suppress
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.join_chats import GiveJoinCode, JoinChats, TryJoinCode
from civic.actions.own_chats import ChooseChat, ReadChats, SeparateChat
from dialogs.chats.getters import KEY, LATEST, chat_id, key_of
from dialogs.chats.states import ChatsState
from dialogs.hello.states import HelloState
from dialogs.kit.acting import Acting
from dialogs.kit.languages import speak
from dialogs.kit.owner import note_owner
from dialogs.kit.pressed import Pressed
from dialogs.kit.text import _
from dialogs.menu.states import MenuState


@inject
async def begin(
    start_data: dict[str, Any] | None,
    manager: DialogManager,
    attempt: FromDishka[TryJoinCode],
    acting: FromDishka[Acting],
) -> None:
    """Try a code by which the person came; it is not kept with the conversation."""
    if start_data is not None and "code" in start_data:
        written = str(start_data.pop("code"))
        manager.dialog_data[KEY] = await attempt(acting.resident, written)


@inject
async def choose(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    chosen: str,
    choose_chat: FromDishka[ChooseChat],
    acting: FromDishka[Acting],
) -> None:
    """Let news go there from now on."""
    del callback, select, manager
    await choose_chat(acting.resident, None if chosen == LATEST else int(chosen))


@inject
async def give_code(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    give: FromDishka[GiveJoinCode],
    acting: FromDishka[Acting],
) -> None:
    """Show a new code."""
    del callback, button
    await give(acting.resident)
    await manager.switch_to(ChatsState.code)


@inject
async def write_code(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    attempt: FromDishka[TryJoinCode],
    acting: FromDishka[Acting],
) -> None:
    """Take a code that was typed, and say what it would do."""
    del field
    manager.dialog_data[KEY] = await attempt(acting.resident, message.text or "")
    await manager.switch_to(ChatsState.offer)


@inject
async def join(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    join_chats: FromDishka[JoinChats],
    acting: FromDishka[Acting],
) -> None:
    """Be one person with whoever got the code; nothing of this conversation goes on."""
    del callback, button
    here = chat_id(manager)
    kept = await join_chats(acting.resident, key_of(manager), acting.channel, here)
    acting.resident = kept
    speak(manager, kept.language)
    data = manager.middleware_data
    await note_owner(data["fsm_storage"], data["bot"], here, kept.id)
    await manager.start(MenuState.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await manager.start(ChatsState.joined, show_mode=ShowMode.EDIT)


@inject
async def decline(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    acting: FromDishka[Acting],
) -> None:
    """Leave both chats as they are; whoever is new is greeted."""
    del callback, button
    start = MenuState.main if acting.resident.greeted else HelloState.language
    await manager.start(start, mode=StartMode.RESET_STACK)


async def choose_separate(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, contact_id: int
) -> None:
    """Ask whether to separate that chat."""
    del callback, select
    manager.dialog_data["chat"] = contact_id
    await manager.switch_to(ChatsState.sure)


@inject
async def separate(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    contact_id: int,
    read: FromDishka[ReadChats],
    separate_chat: FromDishka[SeparateChat],
    acting: FromDishka[Acting],
) -> None:
    """Separate the chat; in the one that is separated the conversation ends."""
    del callback, select
    here = chat_id(manager)
    chats = await read(acting.resident, acting.channel, here)
    is_here = any(chat.is_here and chat.contact.id == contact_id for chat in chats)
    await separate_chat(acting.resident, contact_id)
    if not is_here:
        await manager.switch_to(ChatsState.main)
        return
    await manager.reset_stack(remove_keyboard=False)
    bot: Bot = manager.middleware_data["bot"]
    # A chat that the service keeps itself is gone with all that was written there.
    with suppress(TelegramBadRequest):
        await bot.send_message(here, _("This chat is separate now. Write anything to begin anew."))
