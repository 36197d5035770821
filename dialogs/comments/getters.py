"""What the windows of reading remarks show."""

from typing import Any, Final

from aiogram import Bot
from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_comments import CommentsView, ReadComment, ReadComments, ReadMyComments
from civic.model.comment import CommentOrder
from civic.model.text import in_language
from civic.ports import Clock
from civic.rules.eligibility import may_moderate
from dialogs.budget.sentences import place_name
from dialogs.comments import sentences
from dialogs.kit.acting import Acting
from dialogs.kit.links import Links
from dialogs.kit.moments import day_and_time
from dialogs.kit.names import author_name
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.text import Markup
from dialogs.moderation.sentences import hidden
from dialogs.places import Place, PlaceKind

PAGE: Final = 5
PLACE: Final = 160


@inject
async def listing(
    dialog_manager: DialogManager,
    read: FromDishka[ReadComments],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the remarks on a line."""
    view = await shown(dialog_manager, read, acting)
    order, first = order_of(dialog_manager), view.page * PAGE + 1
    return {
        "title": in_language(view.discussion.cycle.titles, acting.language),
        "place": place_name(view.section, acting.language, PLACE),
        "window": sentences.window(view.discussion, acting, is_open=view.is_open),
        "lines": Markup("\n\n").join(
            sentences.listed(position, comment)
            for position, comment in enumerate(view.comments, start=first)
        ),
        "choices": [
            (comment.id, sentences.label(position, comment))
            for position, comment in enumerate(view.comments, start=first)
        ],
        "total": view.total,
        "some": view.total > 0,
        "nothing": view.total == 0,
        "page": view.page + 1,
        "pages": view.pages,
        "paged": view.pages > 1,
        "previous": [view.page - 1] if view.page > 0 else [],
        "following": [view.page + 1] if view.page + 1 < view.pages else [],
        "by_newest": view.total > 1 and order is CommentOrder.SUPPORTED,
        "by_support": view.total > 1 and order is CommentOrder.NEWEST,
        "is_open": view.is_open,
    }


@inject
async def card(
    dialog_manager: DialogManager,
    read: FromDishka[ReadComment],
    links: FromDishka[Links],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    bot: Bot,
    **_kwargs: object,
) -> dict[str, Any]:
    """Return one remark in full."""
    view = await read(acting.resident, comment_of(dialog_manager))
    comment, data = view.comment, dialog_manager.dialog_data
    can_support = not view.is_own and view.is_open and comment.hidden is None
    is_reported = data.get("reported") == comment.id
    until = view.editable_until
    return {
        "kind": sentences.kind_name(comment.kind),
        "number": comment.id,
        "author": author_name(comment.author_name, comment.author_id),
        "when": day_and_time(comment.published_at, acting.community.zone, acting.language),
        "place": place_name(view.section, acting.language, PLACE),
        "text": comment.text,
        "supports": sentences.supports(comment.supports),
        "edited": comment.edited_at is not None,
        "supported": view.is_supported,
        "hidden": "" if comment.hidden is None else hidden(comment.hidden),
        "reported": is_reported,
        "left": "" if until is None else sentences.minutes_left(until, clock.now()),
        "editable": until is not None and view.is_open,
        "deletable": until is not None,
        "on": [comment.id] if can_support and not view.is_supported else [],
        "off": [comment.id] if can_support and view.is_supported else [],
        "others": not view.is_own and not is_reported and comment.hidden is None,
        "moderated": not view.is_own and may_moderate(acting.resident),
        "link": await links.to(Place(PlaceKind.COMMENT, comment.id), bot, acting.channel),
        "listed": data.get("from") == LISTED,
        "own": data.get("from") == OWN,
        "direct": data.get("from") is None,
    }


LISTED: Final = "list"
OWN: Final = "mine"
"""Where the person came to a card from."""


@inject
async def asked(
    dialog_manager: DialogManager,
    read: FromDishka[ReadComment],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the remark that is about to be reported or deleted."""
    view = await read(acting.resident, comment_of(dialog_manager))
    comment = view.comment
    return {
        "kind": sentences.kind_name(comment.kind),
        "number": comment.id,
        "author": author_name(comment.author_name, comment.author_id),
        "extract": sentences.extract(comment.text),
        "asked": [comment.id],
    }


@inject
async def mine(
    dialog_manager: DialogManager,
    read: FromDishka[ReadMyComments],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of one's own remarks."""
    comments = await read(acting.resident)
    page = page_of(comments, turned_to(dialog_manager, "mine"), PAGE)
    return {
        "count": len(comments),
        "some": bool(comments),
        "nothing": not comments,
        "lines": Markup("\n\n").join(
            sentences.listed_own(position, comment) for position, comment in page.lines
        ),
        "choices": [
            (comment.id, sentences.label(position, comment)) for position, comment in page.lines
        ],
        **page.shown,
    }


async def shown(manager: DialogManager, read: ReadComments, acting: Acting) -> CommentsView:
    """Return the page of remarks that the conversation stands at."""
    return await read(
        acting.resident,
        int(manager.dialog_data["cycle"]),
        manager.dialog_data.get("section"),
        order_of(manager),
        page=turned_to(manager),
        size=PAGE,
    )


def order_of(manager: DialogManager) -> CommentOrder:
    """Return how the list is sorted."""
    return CommentOrder(manager.dialog_data.get("order", CommentOrder.NEWEST.value))


def comment_of(manager: DialogManager) -> int:
    """Return the number of the remark that is shown."""
    return int(manager.dialog_data["comment"])
