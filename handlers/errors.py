"""What a person is told when something may not or could not be done. Never silence."""

import logging
from typing import Any

from aiogram import Router
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import CallbackQuery, ErrorEvent, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.api.exceptions import (
    DialogStackOverflow,
    OutdatedIntent,
    UnknownIntent,
    UnknownState,
)
from dishka.integrations.aiogram import FromDishka, inject

from civic.model.refusal import Refused
from dialogs.hello.states import HelloState
from dialogs.kit.acting import ACTING_KEY, Acting
from dialogs.kit.text import _
from dialogs.menu.states import MenuState
from dialogs.refusals import sentence

_log = logging.getLogger(__name__)


@inject
async def refused(
    event: ErrorEvent, dialog_manager: DialogManager, acting: FromDishka[Acting]
) -> None:
    """Say why not, and show the window again."""
    if not isinstance(event.exception, Refused):
        raise event.exception
    await _tell(event, sentence(event.exception, acting), alert=True)
    await _show_again(event, dialog_manager, acting)


@inject
async def lost(
    event: ErrorEvent, dialog_manager: DialogManager, acting: FromDishka[Acting]
) -> None:
    """Bring a person who pressed a button of a conversation that is over to where they are now."""
    cause = event.update.event
    if not dialog_manager.has_context():
        text = _("That button was old. Here is what you can do now; your drafts are kept.")
        await _tell(event, text, alert=False)
        await _to_start(dialog_manager, acting)
        return
    current = dialog_manager.current_stack().last_message_id
    if isinstance(cause, CallbackQuery) and cause.message and cause.message.message_id == current:
        # The second tap of a double tap: the first has opened another window meanwhile.
        await cause.answer()
        return
    await _tell(event, _("That button was old. Here is where you are now."), alert=False)
    try:
        await dialog_manager.show(ShowMode.SEND)
    except Refused:
        # What the window showed is gone meanwhile.
        await _to_start(dialog_manager, acting)


@inject
async def too_deep(
    event: ErrorEvent, dialog_manager: DialogManager, acting: FromDishka[Acting]
) -> None:
    """Bring a person who went on and on without ever going back to the menu."""
    del event
    await _to_start(dialog_manager, acting)


async def blocked(event: ErrorEvent) -> None:
    """Do nothing for a person who blocked the service while it was answering."""
    del event
    _log.info("somebody blocked the service while it was answering")


async def failed(event: ErrorEvent, **data: Any) -> None:  # noqa: ANN401 - aiogram's data
    """Log what went wrong, without anybody's words, and tell the person."""
    _log.error("an update failed", exc_info=event.exception)
    acting = data.get(ACTING_KEY)
    if not isinstance(acting, Acting):
        return
    text = _(
        "Something went wrong on our side. What you wrote is kept. "
        "Please try again, or send /menu."
    )
    await _tell(event, text, alert=True)


async def _tell(event: ErrorEvent, text: str, *, alert: bool) -> None:
    cause = event.update.event
    try:
        if isinstance(cause, CallbackQuery):
            await cause.answer(text, show_alert=alert)
        elif isinstance(cause, Message):
            await cause.answer(text)
    except TelegramAPIError as error:
        _log.warning("a person could not be told: %s", type(error).__name__)


async def _show_again(event: ErrorEvent, manager: DialogManager, acting: Acting) -> None:
    if not manager.has_context():
        await _to_start(manager, acting)
        return
    try:
        mode = ShowMode.SEND if isinstance(event.update.event, Message) else ShowMode.EDIT
        await manager.show(mode)
    except Refused:
        # The window itself may no longer be seen: what it showed is gone.
        await _to_start(manager, acting)


async def _to_start(manager: DialogManager, acting: Acting) -> None:
    start = MenuState.main if acting.resident.greeted else HelloState.language
    await manager.start(start, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


def router() -> Router:
    """Return a router for everything that was raised."""
    made = Router(name="errors")
    made.errors.register(refused, ExceptionTypeFilter(Refused))
    made.errors.register(lost, ExceptionTypeFilter(UnknownIntent, OutdatedIntent, UnknownState))
    made.errors.register(too_deep, ExceptionTypeFilter(DialogStackOverflow))
    made.errors.register(blocked, ExceptionTypeFilter(TelegramForbiddenError))
    made.errors.register(failed)
    return made
