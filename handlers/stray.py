"""What no conversation took."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from dishka.integrations.aiogram import FromDishka, inject

from dialogs.hello.states import HelloState
from dialogs.kit.acting import Acting
from dialogs.kit.text import _
from dialogs.menu.states import MenuState


@inject
async def message(
    event: Message, dialog_manager: DialogManager, acting: FromDishka[Acting]
) -> None:
    """Answer whatever was sent outside a conversation with where to go on."""
    del event
    if acting.resident.greeted:
        await dialog_manager.start(MenuState.main, mode=StartMode.RESET_STACK)
    else:
        await dialog_manager.start(HelloState.language, mode=StartMode.RESET_STACK)


async def press(callback: CallbackQuery, dialog_manager: DialogManager) -> None:
    """Answer a button that nobody knows any more."""
    await callback.answer(_("That button was old. Here is where you are now."))
    await dialog_manager.start(MenuState.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


def router() -> Router:
    """Return a router that takes what is left."""
    made = Router(name="stray")
    made.message.register(message)
    made.callback_query.register(press)
    return made
