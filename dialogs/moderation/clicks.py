"""What the buttons and answers of moderation do."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.moderate_comments import DecideOnComment, ReadCases
from civic.model.moderation import Ground, Verdict, Why
from dialogs.kit.acting import Acting
from dialogs.kit.pressed import Pressed
from dialogs.kit.text import _
from dialogs.kit.typed import typed_line
from dialogs.moderation.getters import comment_of, is_direct
from dialogs.moderation.states import ModerationState


async def begin(data: Any, manager: DialogManager) -> None:  # noqa: ANN401 - any JSON
    """Remember which remark or which cycle is meant."""
    for key in ("comment", "cycle"):
        if data and key in data:
            manager.dialog_data[key] = int(data[key])


async def open_case(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, comment_id: int
) -> None:
    """Show a remark in full."""
    del callback, select
    await _show(manager, comment_id)


@inject
async def write_number(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadCases],
    acting: FromDishka[Acting],
) -> None:
    """Show the remark whose place in the queue was typed."""
    del field
    case = await typed_line(message, await read(acting.resident))
    if case is not None:
        await _show(manager, case.comment.id)


@inject
async def keep(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    decide: FromDishka[DecideOnComment],
    acting: FromDishka[Acting],
) -> None:
    """Let the remark stay, or be read again."""
    del button
    await decide(acting.resident, comment_of(manager), Verdict.KEPT)
    await callback.answer(_("Decided: it stays. The log of moderation says so."))
    await _go_on(manager)


@inject
async def hide(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    ground: str,
    decide: FromDishka[DecideOnComment],
    acting: FromDishka[Acting],
) -> None:
    """Hide the remark for a reason of the list."""
    del select
    await decide(acting.resident, comment_of(manager), Verdict.HIDDEN, Why(Ground(ground)))
    await callback.answer(_("Decided: it is hidden. The author is told why."))
    await _go_on(manager)


@inject
async def write_words(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    decide: FromDishka[DecideOnComment],
    acting: FromDishka[Acting],
) -> None:
    """Hide the remark for a reason in the moderator's own words."""
    del field
    why = Why(Ground.OTHER, message.text or "")
    await decide(acting.resident, comment_of(manager), Verdict.HIDDEN, why)
    await message.answer(_("Decided: it is hidden. The author is told why."))
    await _go_on(manager)


async def _show(manager: DialogManager, comment_id: int) -> None:
    manager.dialog_data["comment"] = comment_id
    await manager.switch_to(ModerationState.case)


async def _go_on(manager: DialogManager) -> None:
    if is_direct(manager):
        await manager.done()
    else:
        await manager.switch_to(ModerationState.queue)
