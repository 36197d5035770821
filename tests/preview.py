"""Shows windows from their preview data, without a bot, a person or a database."""

from typing import Any

from aiogram.enums import ChatType
from aiogram.fsm.state import State
from aiogram.types import Chat
from aiogram.utils.i18n import I18n
from aiogram_dialog import Dialog
from aiogram_dialog.api.entities import EVENT_CONTEXT_KEY, Context, EventContext, NewMessage, Stack


class Preview:
    """As much of aiogram_dialog's manager as a window needs to show itself."""

    def __init__(self, dialog: Dialog, state: State, i18n: I18n) -> None:
        """Stand at `state` of `dialog`."""
        chat = Chat(id=1, type=ChatType.PRIVATE)
        self._dialog = dialog
        self._context = Context(
            _intent_id="abcdef",
            _stack_id="",
            state=state,
            start_data={},
            dialog_data={},
            widget_data={},
        )
        self.middleware_data: dict[str, Any] = {
            "dialog_manager": self,
            "event_chat": chat,
            "i18n": i18n,
            EVENT_CONTEXT_KEY: EventContext(
                bot=None,  # type: ignore[arg-type]
                thread_id=None,
                chat=chat,
                user=None,  # type: ignore[arg-type]
                business_connection_id=None,
            ),
        }
        self.start_data: dict[str, Any] = {}

    @property
    def dialog_data(self) -> dict[str, Any]:
        """Data of the conversation: nothing yet."""
        return self._context.dialog_data

    def is_preview(self) -> bool:
        """Make windows take their preview data."""
        return True

    async def load_data(self) -> dict[str, Any]:
        """Return what every window gets beside its own data."""
        return {"dialog_data": {}, "start_data": {}}

    def current_context(self) -> Context:
        """Return where this stands."""
        return self._context

    def current_stack(self) -> Stack:
        """Return an empty stack."""
        return Stack()

    def find(self, widget_id: str) -> Any:  # noqa: ANN401 - as in aiogram_dialog
        """Return a widget of the conversation."""
        widget: Any = self._dialog.find(widget_id)
        return widget and widget.managed(self)

    async def shown(self) -> NewMessage:
        """Return the window as it would be sent."""
        return await self._dialog.render(self)  # type: ignore[arg-type]
