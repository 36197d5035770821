"""All conversations behind one door."""

from collections.abc import Sequence
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import TelegramObject
from aiogram_dialog import Dialog
from aiogram_dialog.api.internal import CONTEXT_KEY
from typing_extensions import override


class Conversations(Router):
    """Hands an event to the conversation it belongs to, where a router would ask each in turn."""

    def __init__(self, dialogs: Sequence[Dialog]) -> None:
        """Take in `dialogs`, also those that belonged to another dispatcher before."""
        super().__init__(name="conversations")
        for dialog in dialogs:
            dialog._parent_router = None  # noqa: SLF001 - aiogram knows no way back
            self.include_router(dialog)
        self._by_states = {dialog.states_group(): dialog for dialog in dialogs}

    @override
    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        context = kwargs.get(CONTEXT_KEY)
        dialog = self._by_states.get(context.state.group) if context else None
        if dialog is None:
            return UNHANDLED
        return await dialog.propagate_event(update_type, event, **kwargs)
