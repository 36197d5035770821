"""What the buttons about a cycle do."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from civic.rules.calendar import Doing
from dialogs.cycle.getters import cycle_of
from dialogs.menu.clicks import DOORS
from dialogs.moderation.states import ModerationState


async def do(
    callback: CallbackQuery, select: Select[str], manager: DialogManager, what: str
) -> None:
    """Open the conversation in which the thing is done."""
    del callback, select
    await manager.start(DOORS[Doing(what)], data={"cycle": cycle_of(manager), "section": None})


async def open_moderation(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show what moderators decided."""
    del callback, button
    await manager.start(ModerationState.log, data={"cycle": cycle_of(manager)})
