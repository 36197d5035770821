"""What the organisers' desk shows."""

from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.change_stage import PreviewChange
from civic.actions.moderate_comments import ReadCases
from civic.actions.read_calendar import CalendarLine, ReadCalendar
from civic.actions.read_desk import DeskLine, ReadCounts, ReadDesk
from civic.model.cycle import StageAction, StageState
from civic.model.text import in_language
from dialogs.cycle import sentences
from dialogs.desk.wishes import line_of, wish_of
from dialogs.kit.acting import Acting
from dialogs.kit.figures import number, numbered
from dialogs.kit.pages import page_of
from dialogs.kit.stages import stage_name
from dialogs.kit.text import Markup, _, fill, ngettext
from dialogs.notices import render

PAGE: Final = 6
EXTENSIONS: Final = (1, 3, 7)
"""Days by which a stage is extended at a press."""


@inject
async def main(
    dialog_manager: DialogManager,
    read: FromDishka[ReadDesk],
    read_cases: FromDishka[ReadCases],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the list of all cycles."""
    lines, waiting = await read(acting.resident), len(await read_cases(acting.resident))
    page = page_of(lines, int(dialog_manager.dialog_data.get("page", 0)), PAGE)
    return {
        "town": in_language(acting.community.names, acting.language),
        "lines": Markup("\n").join(
            _desk_line(position, line, acting) for position, line in page.lines
        ),
        "empty": not lines,
        "waiting": _("Comments to decide on: {count}").format(count=waiting) if waiting else "",
        "choices": [
            (line.cycle.id, numbered(position, in_language(line.cycle.titles, acting.language)))
            for position, line in page.lines
        ],
        "previous": page.previous,
        "following": page.following,
        "page": page.number + 1,
        "pages": page.count,
        "paged": page.count > 1,
    }


def _desk_line(position: int, line: DeskLine, acting: Acting) -> Markup:
    state = sentences.phase_name(line.phase)
    if line.stage is not None:
        state = f"{stage_name(line.stage.kind)}, {state}"
    return fill(
        "{position}. <b>{title}</b>: {state}",
        {
            "position": position,
            "title": in_language(line.cycle.titles, acting.language),
            "state": state,
        },
    )


@inject
async def cycle(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    count: FromDishka[ReadCounts],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the calendar of a cycle and how much goes on in it."""
    cycle_id = int(dialog_manager.dialog_data["cycle"])
    calendar = await read(acting.resident, cycle_id)
    counts = await count(acting.resident, cycle_id)
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "calendar": Markup("\n").join(
            Markup("{}. {}").format(position, sentences.calendar_line(line, acting))
            for position, line in enumerate(calendar.lines, start=1)
        ),
        "residents": number(counts.residents, acting.language),
        "ideas": number(counts.ideas, acting.language),
        "comments": number(counts.comments, acting.language),
        "participants": number(counts.participants, acting.language),
        "choices": [
            (line.stage.id, numbered(position, stage_name(line.stage.kind)))
            for position, line in enumerate(calendar.lines, start=1)
        ],
    }


@inject
async def stage(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a stage, what can be done to it, and what was done last."""
    calendar = await read(acting.resident, int(dialog_manager.dialog_data["cycle"]))
    line = line_of(dialog_manager, calendar)
    changes = [entry for entry in calendar.changes if entry.stage_id == line.stage.id]
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "line": sentences.calendar_line(line, acting),
        "last": sentences.change(changes[0], calendar.cycle, acting) if changes else "",
        **_possible(line),
    }


@inject
async def extend(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a stage and by how many days it may be extended at a press."""
    calendar = await read(acting.resident, int(dialog_manager.dialog_data["cycle"]))
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "line": sentences.calendar_line(line_of(dialog_manager, calendar), acting),
        "choices": [
            (days, ngettext("+{count} day", "+{count} days", days).format(count=days))
            for days in EXTENSIONS
        ],
    }


def _possible(line: CalendarLine) -> dict[str, bool]:
    return {
        "can_open": line.state is StageState.PLANNED,
        "can_close": line.state is StageState.OPEN,
        "can_extend": line.state is not StageState.CLOSED,
    }


@inject
async def reason(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what is about to be done."""
    calendar = await read(acting.resident, int(dialog_manager.dialog_data["cycle"]))
    wish = wish_of(dialog_manager)
    message = {
        StageAction.OPENED_EARLY: _("«{stage}»: open now"),
        StageAction.CLOSED_EARLY: _("«{stage}»: close now"),
        StageAction.EXTENDED: _("«{stage}»: extend until {closes}"),
    }[wish.action]
    closes = "" if wish.closes_at is None else sentences.closing(wish.closes_at, acting)
    name = stage_name(line_of(dialog_manager, calendar).stage.kind)
    return {"wish": fill(message, {"stage": name, "closes": closes})}


@inject
async def preview(
    dialog_manager: DialogManager,
    look: FromDishka[PreviewChange],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what everyone will read, and how many that is."""
    found = await look(acting.resident, wish_of(dialog_manager))
    notice = render(
        found.announcement, found.cycle, found.stage, acting.community, acting.language
    )
    told = ngettext(
        "{count} person will be told.", "{count} people will be told.", found.told
    ).format(count=number(found.told, acting.language))
    return {"notice": Markup(notice.html), "told": told}
