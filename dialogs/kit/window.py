"""The window of every conversation."""

from aiogram.types import Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.api.protocols import DialogProtocol
from typing_extensions import override

from dialogs.kit.text import _


class Screen(Window):
    """A window that answers what it has no use for, instead of just showing itself again."""

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
