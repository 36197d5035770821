"""Asks somebody who had blocked the service, and writes again, whether to be told news again."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject
from aiogram_dialog import DialogManager, ShowMode
from typing_extensions import override

from civic.actions.introduce_oneself import NoteAsked
from dialogs.kit.acting import ACTING_KEY, Acting
from dialogs.settings.states import SettingsState

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class AskingAgainMiddleware(BaseMiddleware):
    """Asks once, after what the person came for has been dealt with."""

    def __init__(self, note_asked: NoteAsked) -> None:
        """Remember by `note_asked` that it was asked."""
        self._note_asked = note_asked

    @override
    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        result = await handler(event, data)
        acting: Acting | None = data.get(ACTING_KEY)
        manager: DialogManager | None = data.get("dialog_manager")
        if acting is None or manager is None or not acting.resident.came_back:
            return result
        await manager.start(SettingsState.again, show_mode=ShowMode.SEND)
        acting.resident = await self._note_asked(acting.resident)
        return result
