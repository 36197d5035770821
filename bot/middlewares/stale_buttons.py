"""Buttons of messages that are no longer the current one."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.utils import remove_intent_id
from typing_extensions import override

from bot.message_manager import PictureMessageManager
from dialogs.kit.text import _
from dialogs.kit.window import shown_here

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class StaleButtonMiddleware(BaseMiddleware):
    """Lets a press through only when the person saw the window as it is now.

    aiogram_dialog takes any button of a conversation that is still going on, so an old «Back»
    would move the current window, and the second tap of a double tap would press whatever has come
    to lie under the same id.
    """

    def __init__(self, messages: PictureMessageManager) -> None:
        """Ask `messages` what was shown last."""
        self._messages = messages

    @override
    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        manager: DialogManager | None = data.get("dialog_manager")
        if not isinstance(event, CallbackQuery) or manager is None or not _of_dialog(event):
            return await handler(event, data)
        if event.message is None or not manager.has_context():
            return await handler(event, data)
        if event.message.message_id != manager.current_stack().last_message_id:
            await event.answer(_("That button was old. Here is where you are now."))
            await manager.show(ShowMode.SEND)
            return None
        if (
            isinstance(event.message, Message)
            and shown_here(manager)
            and not self._messages.is_as_shown(event.message)
        ):
            # A second tap that was on its way while the window changed.
            await event.answer()
            return None
        return await handler(event, data)


def _of_dialog(event: CallbackQuery) -> bool:
    return event.data is not None and remove_intent_id(event.data)[0] is not None
