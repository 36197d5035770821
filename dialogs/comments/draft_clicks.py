"""What the buttons and answers of writing a remark do.

The draft is the row in the database. What a conversation itself keeps are numbers; so another
device, or a restart, finds every word.
"""

from typing import Any, Final

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.publish_comment import PublishComment
from civic.actions.write_comment import (
    BeginComment,
    DiscardComment,
    DraftView,
    EditComment,
    ReadCommentDraft,
    WriteComment,
)
from civic.model.comment import MAX_LENGTH, CommentDraft, CommentKind
from civic.model.refusal import Reason, Refused
from dialogs.comments.draft_getters import read_draft
from dialogs.comments.states import CommentDraftState, CommentsState
from dialogs.kit.acting import Acting
from dialogs.kit.figures import number as written
from dialogs.kit.text import _
from dialogs.kit.typed import typed_number

KINDS: Final = (CommentKind.COMMENT, CommentKind.PROPOSAL, CommentKind.QUESTION)
"""In the order in which they are explained and numbered."""


@inject
async def begin(
    data: Any,  # noqa: ANN401 - start data is any JSON
    manager: DialogManager,
    begin_comment: FromDishka[BeginComment],
    edit_comment: FromDishka[EditComment],
    read: FromDishka[ReadCommentDraft],
    acting: FromDishka[Acting],
) -> None:
    """Find out what is written; somebody with words of theirs is asked whether to go on."""
    if "comment" in data:
        view = await edit_comment(acting.resident, int(data["comment"]))
    else:
        view = await _begun(data, begin_comment, read, acting)
    manager.dialog_data["cycle"] = view.draft.cycle_id
    manager.dialog_data["draft"] = view.draft.id
    manager.dialog_data["other"] = view.is_other
    if "comment" in data and not view.is_other:
        await manager.switch_to(CommentDraftState.preview)
    elif view.draft.text:
        await manager.switch_to(CommentDraftState.resume)


async def _begun(
    data: dict[str, Any], begin_comment: BeginComment, read: ReadCommentDraft, acting: Acting
) -> DraftView:
    cycle_id = int(data["cycle"])
    try:
        return await begin_comment(acting.resident, cycle_id, data.get("section"))
    except Refused:
        # Words that were not published in time stay readable by their author.
        kept = await read(acting.resident, cycle_id)
        if kept is None or not kept.draft.text:
            raise
        return kept


@inject
async def go_on(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadCommentDraft],
    acting: FromDishka[Acting],
) -> None:
    """Go on where the draft was left."""
    del callback, button
    view = await read_draft(manager, read, acting)
    await _go_on(manager, view.draft)


@inject
async def choose_kind(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    write_comment: FromDishka[WriteComment],
    acting: FromDishka[Acting],
) -> None:
    """Keep what the remark is."""
    del callback
    kind = CommentKind(button.widget_id or "")
    await _go_on(manager, await write_comment(acting.resident, _draft_of(manager), kind=kind))


@inject
async def write_kind(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    write_comment: FromDishka[WriteComment],
    acting: FromDishka[Acting],
) -> None:
    """Keep the kind whose number was typed; words typed too early are kept as the text."""
    del field
    number = typed_number(message.text, len(KINDS))
    if number is None:
        await _write_text(message, manager, write_comment, acting)
        return
    kept = await write_comment(acting.resident, _draft_of(manager), kind=KINDS[number - 1])
    await _go_on(manager, kept)


@inject
async def write_text(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    write_comment: FromDishka[WriteComment],
    acting: FromDishka[Acting],
) -> None:
    """Keep the words."""
    del field
    await _write_text(message, manager, write_comment, acting)


async def _write_text(
    message: Message, manager: DialogManager, write_comment: WriteComment, acting: Acting
) -> None:
    try:
        kept = await write_comment(acting.resident, _draft_of(manager), text=message.text or "")
    except Refused as refused:
        length = refused.facts.get("length")
        if refused.reason is not Reason.TEXT_TOO_LONG or not isinstance(length, int):
            raise
        await message.answer(_too_long(length, acting.language))
        return
    await _go_on(manager, kept)


def _too_long(length: int, language: str) -> str:
    over = length - MAX_LENGTH
    text = _(
        "That is {length} characters, {over} more than fit ({limit}). Your message is still "
        "above: copy it, shorten it and send it again. What was saved before has not changed."
    )
    return text.format(
        length=written(length, language),
        over=written(over, language),
        limit=written(MAX_LENGTH, language),
    )


@inject
async def publish(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    publish_comment: FromDishka[PublishComment],
    acting: FromDishka[Acting],
) -> None:
    """Publish the draft; however often it is pressed, there is one remark."""
    del callback, button
    made = await publish_comment(acting.resident, _draft_of(manager))
    manager.dialog_data["comment"] = made.comment.id
    await manager.switch_to(CommentDraftState.published)


@inject
async def discard(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    discard_comment: FromDishka[DiscardComment],
    acting: FromDishka[Acting],
) -> None:
    """Throw the draft away and return to where it was begun."""
    del callback, button
    await discard_comment(acting.resident, _draft_of(manager))
    await manager.done()


async def read_it(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show the published remark as others see it."""
    del callback, button
    await manager.start(CommentsState.card, data={"comment": manager.dialog_data["comment"]})


async def _go_on(manager: DialogManager, kept: CommentDraft) -> None:
    if kept.kind is None:
        await manager.switch_to(CommentDraftState.kind)
    elif kept.text:
        await manager.switch_to(CommentDraftState.preview)
    else:
        await manager.switch_to(CommentDraftState.text)


def _draft_of(manager: DialogManager) -> int:
    return int(manager.dialog_data["draft"])
