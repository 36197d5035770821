"""Links: invitations, and buttons outside conversations that lead to a place."""

from aiogram import Router
from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode
from typing_extensions import override

from dialogs.opening import open_link
from dialogs.places import GO


class LeadsSomewhere(BaseFilter):
    """Passes a button that holds a place; awaited, where aiogram runs `F` in a thread."""

    @override
    async def __call__(self, callback: CallbackQuery) -> bool:
        return callback.data is not None and callback.data.startswith(GO)


async def go(callback: CallbackQuery, dialog_manager: DialogManager) -> None:
    """Open the place in a new message: the announcement that holds the button stays readable."""
    dialog_manager.show_mode = ShowMode.SEND
    await open_link(dialog_manager, (callback.data or "").removeprefix(GO))
    await callback.answer()


def router() -> Router:
    """Return a router for buttons outside conversations."""
    made = Router(name="links")
    made.callback_query.register(go, LeadsSomewhere())
    return made
