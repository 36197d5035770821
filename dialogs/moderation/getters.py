"""What the windows of moderation show."""

from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.moderate_comments import Case, ReadCase, ReadCases, ReadModerationLog
from civic.model.moderation import WORDS_LIMIT, Ground
from civic.model.text import in_language
from dialogs.budget.sentences import place_name
from dialogs.comments.sentences import extract, kind_name
from dialogs.kit.acting import Acting
from dialogs.kit.figures import numbered
from dialogs.kit.moments import day_and_time
from dialogs.kit.names import author_name
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.text import Markup, _, fill
from dialogs.moderation import sentences

PAGE: Final = 5
PLACE: Final = 160


@inject
async def queue(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCases],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the remarks that wait for a decision."""
    cases = await read(acting.resident)
    page = page_of(cases, turned_to(dialog_manager), PAGE)
    return {
        "lines": Markup("\n\n").join(_line(position, case) for position, case in page.lines),
        "nothing": not cases,
        "choices": [
            (case.comment.id, numbered(position, extract(case.comment.text)))
            for position, case in page.lines
        ],
        **page.shown,
    }


@inject
async def case(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCase],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return one remark to decide on."""
    view = await read(acting.resident, comment_of(dialog_manager))
    comment = view.case.comment
    return {
        "kind": kind_name(comment.kind),
        "number": comment.id,
        "author": author_name(comment.author_name, comment.author_id),
        "when": day_and_time(comment.published_at, acting.community.zone, acting.language),
        "place": place_name(view.section, acting.language, PLACE),
        "text": comment.text,
        "complaints": sentences.complaints(view.case.complaints),
        "hidden": "" if comment.hidden is None else sentences.hidden(comment.hidden),
        "shown": comment.hidden is None,
        "listed": not is_direct(dialog_manager),
        "direct": is_direct(dialog_manager),
    }


@inject
async def hide(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCase],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the reasons for which the remark may be hidden."""
    view = await read(acting.resident, comment_of(dialog_manager))
    comment = view.case.comment
    return {
        "kind": kind_name(comment.kind),
        "number": comment.id,
        "extract": extract(comment.text),
        "limit": WORDS_LIMIT,
        "grounds": [
            (ground.value, sentences.ground_name(ground))
            for ground in Ground
            if ground is not Ground.OTHER
        ],
    }


@inject
async def log(
    dialog_manager: DialogManager,
    read: FromDishka[ReadModerationLog],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the public log of a cycle."""
    found = await read(acting.resident, int(dialog_manager.dialog_data["cycle"]))
    page = page_of(found.decisions, turned_to(dialog_manager), PAGE)
    return {
        "title": in_language(found.cycle.titles, acting.language),
        "entries": Markup("\n\n").join(
            sentences.entry(decision, acting) for _number, decision in page.lines
        ),
        "empty": not found.decisions,
        **page.shown,
    }


def comment_of(manager: DialogManager) -> int:
    """Return the number of the remark that is decided on."""
    return int(manager.dialog_data["comment"])


def is_direct(manager: DialogManager) -> bool:
    """Tell whether the conversation was started at one remark, and not at the queue."""
    return isinstance(manager.start_data, dict) and "comment" in manager.start_data


def _line(position: int, waiting: Case) -> Markup:
    comment = waiting.comment
    values = {
        "position": position,
        "kind": kind_name(comment.kind),
        "number": comment.id,
        "author": author_name(comment.author_name, comment.author_id),
        "complaints": sentences.complaints(waiting.complaints),
        "text": extract(comment.text),
    }
    return fill(_("{position}. <b>{kind} {number}</b> · {author} · {complaints}\n{text}"), values)
