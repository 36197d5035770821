"""What the buttons of approving do."""

from typing import Any, Final

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.approve_broadcast import (
    ApproveBroadcast,
    ReadWaitingBroadcast,
    ReadWaitingBroadcasts,
    SendBroadcastBack,
    Waiting,
)
from dialogs.approval.states import ApprovalState
from dialogs.broadcast.states import SendingState
from dialogs.kit.acting import Acting
from dialogs.kit.pressed import Pressed
from dialogs.kit.text import _
from dialogs.kit.typed import typed_line

DRAFT: Final = "draft"
VERSION: Final = "version"
"""Which version has been read: only that can be approved."""
LANGUAGE: Final = "language"


@inject
async def begin(
    data: Any,  # noqa: ANN401 - start data is any JSON
    manager: DialogManager,
    read: FromDishka[ReadWaitingBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Open what a message has led to, or the list."""
    if data:
        await _open(manager, await read(acting.resident, int(data[DRAFT])))


@inject
async def open_waiting(
    callback: CallbackQuery,
    select: Select[int],
    manager: DialogManager,
    draft_id: int,
    read: FromDishka[ReadWaitingBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Read what waits."""
    del callback, select
    await _open(manager, await read(acting.resident, draft_id))


@inject
async def write_number(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadWaitingBroadcasts],
    acting: FromDishka[Acting],
) -> None:
    """Read what waits at the place in the list that was typed."""
    del field
    waiting = await typed_line(message, await read(acting.resident))
    if waiting is not None:
        await _open(manager, waiting)


@inject
async def read_again(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadWaitingBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Read what was changed meanwhile."""
    del callback, button
    await _open(manager, await read(acting.resident, draft_of(manager)))


async def _open(manager: DialogManager, waiting: Waiting) -> None:
    manager.dialog_data.update({DRAFT: waiting.draft.id, VERSION: waiting.draft.version})
    await manager.switch_to(ApprovalState.read)


def draft_of(manager: DialogManager) -> int:
    """Return the id of the draft that is being read."""
    start: Any = manager.start_data or {}
    return int(manager.dialog_data.get(DRAFT) or start[DRAFT])


async def choose_language(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, language: str
) -> None:
    """Read it in another language."""
    del callback, select
    manager.dialog_data[LANGUAGE] = language


@inject
async def approve(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    do_approve: FromDishka[ApproveBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Let it go out, and show how it does."""
    del button
    version = int(manager.dialog_data[VERSION])
    announced = await do_approve(acting.resident, draft_of(manager), version)
    await callback.answer(_("Approved. Its author is told."))
    await manager.done(show_mode=ShowMode.NO_UPDATE)
    await manager.start(
        SendingState.main, data={"announcement": announced.id}, show_mode=ShowMode.EDIT
    )


@inject
async def write_why(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    send_back: FromDishka[SendBroadcastBack],
    acting: FromDishka[Acting],
) -> None:
    """Send it back to its author with these words."""
    del field
    version = int(manager.dialog_data[VERSION])
    await send_back(acting.resident, draft_of(manager), version, message.text or "")
    await message.answer(_("Sent back. Its author is told why."))
    await manager.switch_to(ApprovalState.list)
