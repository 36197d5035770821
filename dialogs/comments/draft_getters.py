"""What the windows of writing a remark show."""

from typing import Any, Final

from aiogram import Bot
from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_comments import ReadComment
from civic.actions.write_comment import DraftView, ReadCommentDraft
from civic.model.comment import MAX_LENGTH, CommentKind
from civic.model.refusal import Reason, Refused
from dialogs.budget.sentences import place_name
from dialogs.comments import sentences
from dialogs.kit.acting import Acting
from dialogs.kit.figures import number as written
from dialogs.kit.links import Links
from dialogs.kit.moments import day_and_time
from dialogs.kit.names import shown_name
from dialogs.kit.text import _
from dialogs.places import Place, PlaceKind

PLACE: Final = 160


@inject
async def draft(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCommentDraft],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the draft as it is kept; every window of writing shows a part of it."""
    view = await read_draft(dialog_manager, read, acting)
    kept, language = view.draft, acting.language
    return {
        "place": place_name(view.section, language, PLACE),
        "kind": sentences.kind_name(kept.kind or CommentKind.COMMENT),
        "ask": _ask(kept.kind),
        "text": kept.text,
        "has_text": bool(kept.text),
        "extract": sentences.extract(kept.text),
        "length": written(len(kept.text), language),
        "limit": written(MAX_LENGTH, language),
        "name": shown_name(acting.resident),
        "minutes": view.discussion.rules.edit_minutes,
        "is_new": kept.comment_id is None,
        "is_change": kept.comment_id is not None,
        "number": kept.comment_id,
        "other": bool(dialog_manager.dialog_data.get("other")),
        "window": sentences.window(view.discussion, acting, is_open=True),
    }


def _ask(kind: CommentKind | None) -> str:
    match kind:
        case CommentKind.PROPOSAL:
            return _("Write your proposal: what should be done differently, and why?")
        case CommentKind.QUESTION:
            return _("Write your question: what should be explained?")
        case _:
            return _("Write your comment: what do you think of it?")


async def read_draft(manager: DialogManager, read: ReadCommentDraft, acting: Acting) -> DraftView:
    """Return the draft that is being written; raises `Refused` when another device ended it."""
    view = await read(acting.resident, int(manager.dialog_data["cycle"]))
    if view is None:
        raise Refused(Reason.NOT_FOUND)
    # What is shown is what «Publish» publishes, though another device may have begun it.
    manager.dialog_data["draft"] = view.draft.id
    return view


@inject
async def published(
    dialog_manager: DialogManager,
    read: FromDishka[ReadComment],
    links: FromDishka[Links],
    acting: FromDishka[Acting],
    bot: Bot,
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the number, what happens next and the address to share."""
    view = await read(acting.resident, int(dialog_manager.dialog_data["comment"]))
    comment, until = view.comment, view.editable_until
    return {
        "kind": sentences.kind_name(comment.kind),
        "number": comment.id,
        "place": place_name(view.section, acting.language, PLACE),
        "is_new": comment.edited_at is None,
        "is_change": comment.edited_at is not None,
        "until": ""
        if until is None
        else day_and_time(until, acting.community.zone, acting.language),
        "answers": sentences.answers(view.discussion, acting),
        "link": await links.to(Place(PlaceKind.COMMENT, comment.id), bot, acting.channel),
    }
