"""What the buttons and answers of reading remarks do."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.delete_comment import DeleteComment
from civic.actions.read_comments import ReadComment, ReadComments, ReadMyComments
from civic.actions.report_comment import ReportComment
from civic.actions.support_comment import SupportComment
from civic.actions.write_comment import BeginComment, EditComment
from civic.model.comment import CommentOrder
from dialogs.budget.states import BudgetState
from dialogs.comments.getters import LISTED, OWN, PAGE, comment_of, order_of
from dialogs.comments.states import CommentDraftState, CommentsState
from dialogs.kit.acting import Acting
from dialogs.kit.pages import turn_to
from dialogs.kit.pressed import Pressed
from dialogs.kit.typed import ask_for_line, typed_line, typed_number
from dialogs.moderation.states import ModerationState


async def begin(data: Any, manager: DialogManager) -> None:  # noqa: ANN401 - any JSON
    """Remember what is to be read."""
    for key in ("cycle", "section", "comment"):
        if data and key in data:
            manager.dialog_data[key] = data[key]


async def open_card(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, comment_id: int
) -> None:
    """Show a remark of the list in full."""
    del callback, select
    await _show_card(manager, comment_id, LISTED)


async def open_own(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, comment_id: int
) -> None:
    """Show one's own remark in full."""
    del callback, select
    await _show_card(manager, comment_id, OWN)


@inject
async def write_number(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadComments],
    acting: FromDishka[Acting],
) -> None:
    """Show the remark whose place in the list was typed."""
    del field
    cycle_id, section_id = int(manager.dialog_data["cycle"]), manager.dialog_data.get("section")
    number = typed_number(message.text, 10**6)
    if number is not None:
        view = await read(
            acting.resident,
            cycle_id,
            section_id,
            order_of(manager),
            page=(number - 1) // PAGE,
            size=PAGE,
        )
        if number <= view.total:
            await _show_card(manager, view.comments[(number - 1) % PAGE].id, LISTED)
            return
    await ask_for_line(message)


@inject
async def write_own_number(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadMyComments],
    acting: FromDishka[Acting],
) -> None:
    """Show one's own remark whose place in the list was typed."""
    del field
    comments = await read(acting.resident)
    comment = await typed_line(message, comments)
    if comment is not None:
        await _show_card(manager, comment.id, OWN)


async def by_newest(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show the newest first."""
    del callback, button
    _sort(manager, CommentOrder.NEWEST)


async def by_support(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show the most supported first."""
    del callback, button
    _sort(manager, CommentOrder.SUPPORTED)


def _sort(manager: DialogManager, order: CommentOrder) -> None:
    manager.dialog_data["order"] = order.value
    turn_to(manager, 0)


@inject
async def support(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    comment_id: int,
    act: FromDishka[SupportComment],
    acting: FromDishka[Acting],
) -> None:
    """Say that one thinks so too."""
    del callback, select, manager
    await act(acting.resident, comment_id, on=True)


@inject
async def unsupport(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    comment_id: int,
    act: FromDishka[SupportComment],
    acting: FromDishka[Acting],
) -> None:
    """Take one's support back."""
    del callback, select, manager
    await act(acting.resident, comment_id, on=False)


@inject
async def report(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    comment_id: int,
    act: FromDishka[ReportComment],
    acting: FromDishka[Acting],
) -> None:
    """Keep the complaint."""
    del callback, select
    await act(acting.resident, comment_id)
    manager.dialog_data["reported"] = comment_id
    await manager.switch_to(CommentsState.card)


@inject
async def delete(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    comment_id: int,
    act: FromDishka[DeleteComment],
    acting: FromDishka[Acting],
) -> None:
    """Take one's own remark back and return to where it was found."""
    del callback, select
    await act(acting.resident, comment_id)
    whence = manager.dialog_data.get("from")
    await manager.switch_to(CommentsState.list if whence == LISTED else CommentsState.mine)


@inject
async def edit(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    edit_comment: FromDishka[EditComment],
    acting: FromDishka[Acting],
) -> None:
    """Change one's own remark."""
    del callback, button
    comment_id = comment_of(manager)
    # Asked here, a refusal leaves the person at the card; `CommentDraftState` asks again.
    await edit_comment(acting.resident, comment_id)
    await manager.start(CommentDraftState.kind, data={"comment": comment_id})


@inject
async def comment(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    begin_comment: FromDishka[BeginComment],
    acting: FromDishka[Acting],
) -> None:
    """Write a remark on the same line."""
    del callback, button
    cycle_id, section_id = int(manager.dialog_data["cycle"]), manager.dialog_data.get("section")
    await begin_comment(acting.resident, cycle_id, section_id)
    data = {"cycle": cycle_id, "section": section_id}
    await manager.start(CommentDraftState.kind, data=data)


@inject
async def open_line(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadComment],
    acting: FromDishka[Acting],
) -> None:
    """Read the line that the remark is about."""
    del callback, button
    view = await read(acting.resident, comment_of(manager))
    await manager.start(
        BudgetState.section,
        data={"cycle": view.comment.cycle_id, "section": view.comment.section_id},
    )


async def moderate(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Decide on the remark as a moderator."""
    del callback, button
    await manager.start(ModerationState.case, data={"comment": comment_of(manager)})


async def _show_card(manager: DialogManager, comment_id: int, whence: str) -> None:
    manager.dialog_data["comment"] = comment_id
    manager.dialog_data["from"] = whence
    await manager.switch_to(CommentsState.card)
