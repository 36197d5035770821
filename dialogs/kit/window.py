"""The window of every conversation."""

from typing import Final

from aiogram.types import Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.api.entities import NewMessage
from aiogram_dialog.api.protocols import DialogProtocol
from typing_extensions import override

from dialogs.kit.text import _

PROCESS: Final = "process"
"""Where aiogram's data hold the name of this process."""
_SHOWN_BY: Final = "shown_by"


class Screen(Window):
    """A window that answers what it has no use for, instead of just showing itself again.

    With the conversation it notes which process showed it last.
    """

    @override
    async def render(self, dialog: DialogProtocol, manager: DialogManager) -> NewMessage:
        shown = await super().render(dialog, manager)
        if PROCESS in manager.middleware_data:
            manager.dialog_data[_SHOWN_BY] = manager.middleware_data[PROCESS]
        return shown

    @override
    async def process_message(
        self, message: Message, dialog: DialogProtocol, manager: DialogManager
    ) -> bool:
        if await super().process_message(message, dialog, manager):
            return True
        if self.on_message is None:
            await message.answer(_("There is nothing to write here. Please use the buttons."))
        elif message.text is None:
            await message.answer(_("Only text is understood here. Please write it in words."))
        return False


def shown_here(manager: DialogManager) -> bool:
    """Tell whether this process showed the current window last, and so knows how it looks."""
    return bool(manager.dialog_data.get(_SHOWN_BY) == manager.middleware_data.get(PROCESS))
