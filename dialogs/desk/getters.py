"""What the organisers' desk shows."""

from collections.abc import Iterator
from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.approve_broadcast import ReadWaitingBroadcasts
from civic.actions.change_stage import ChangePreview, PreviewChange
from civic.actions.draft_broadcast import ReadBroadcastDrafts
from civic.actions.moderate_comments import ReadCases
from civic.actions.read_calendar import CalendarLine, ReadCalendar
from civic.actions.read_desk import DeskLine, ReadCounts, ReadDesk
from civic.model.cycle import StageAction, StageState
from civic.model.text import in_language
from civic.rules.quiet_hours import is_allowed, next_allowed
from dialogs.cycle import sentences
from dialogs.desk.wishes import line_of, wish_of
from dialogs.kit.acting import Acting
from dialogs.kit.figures import number, numbered
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.stages import stage_name
from dialogs.kit.text import Markup, _, fill, ngettext
from dialogs.kit.told import will_be_told
from dialogs.notices import render

PAGE: Final = 6
STEPS: Final = (1, 3, 7)
"""Days by which a date is moved at a press."""


@inject
async def main(
    dialog_manager: DialogManager,
    read: FromDishka[ReadDesk],
    read_cases: FromDishka[ReadCases],
    read_drafts: FromDishka[ReadBroadcastDrafts],
    read_waiting: FromDishka[ReadWaitingBroadcasts],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the list of all cycles, and what waits for the organiser."""
    lines = await read(acting.resident)
    cases, drafts = await read_cases(acting.resident), await read_drafts(acting.resident)
    approvals = await read_waiting(acting.resident)
    page = page_of(lines, turned_to(dialog_manager), PAGE)
    return {
        "town": in_language(acting.community.names, acting.language),
        "lines": Markup("\n").join(
            _desk_line(position, line, acting) for position, line in page.lines
        ),
        "empty": not lines,
        "waiting": "\n".join(_waiting(len(cases), len(drafts), len(approvals))),
        "drafts": bool(drafts),
        "approvals": bool(approvals),
        "choices": [
            (line.cycle.id, numbered(position, in_language(line.cycle.titles, acting.language)))
            for position, line in page.lines
        ],
        **page.shown,
    }


def _waiting(cases: int, drafts: int, approvals: int) -> Iterator[str]:
    if approvals:
        yield _("Announcements to approve: {count}").format(count=approvals)
    if cases:
        yield _("Comments to decide on: {count}").format(count=cases)
    if drafts:
        yield _("Unfinished announcements: {count}").format(count=drafts)


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
async def date(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a stage, which date of it is to be changed, and by how much it may be at a press."""
    calendar = await read(acting.resident, int(dialog_manager.dialog_data["cycle"]))
    action = StageAction(dialog_manager.dialog_data["action"])
    steps = [-days for days in STEPS] if action is StageAction.SHORTENED else STEPS
    question = {
        StageAction.EXTENDED: _("Until when? Later stages that are in the way move along."),
        StageAction.SHORTENED: _("Until when? Later stages stay where they are."),
        StageAction.MOVED: _(
            "When is it to open? It lasts as long as before, and later stages that are in the way "
            "move along."
        ),
    }[action]
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "line": sentences.calendar_line(line_of(dialog_manager, calendar), acting),
        "question": question,
        "choices": [(days, _step(days)) for days in steps],
    }


def _step(days: int) -> str:
    if days < 0:
        return ngettext("−{count} day", "−{count} days", -days).format(count=-days)
    return ngettext("+{count} day", "+{count} days", days).format(count=days)


def _possible(line: CalendarLine) -> dict[str, bool]:
    ahead = line.state is StageState.PLANNED
    return {
        "can_open": ahead,
        "can_close": line.state is StageState.OPEN,
        "can_extend": line.state is not StageState.CLOSED,
        "can_move": ahead,
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
        StageAction.OPENED_EARLY: _("“{stage}”: open now"),
        StageAction.CLOSED_EARLY: _("“{stage}”: close now"),
        StageAction.EXTENDED: _("“{stage}”: extend until {date}"),
        StageAction.SHORTENED: _("“{stage}”: shorten, until {date}"),
        StageAction.MOVED: _("“{stage}”: move to {date}"),
        StageAction.CANCELLED: _("“{stage}”: cancel"),
    }[wish.action]
    date: str = ""
    if wish.at is not None:
        shown = sentences.opening if wish.action is StageAction.MOVED else sentences.closing
        date = shown(wish.at, acting)
    name = stage_name(line_of(dialog_manager, calendar).stage.kind)
    return {"wish": fill(message, {"stage": name, "date": date})}


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
    return {
        "notice": notice.html,
        "calendar": Markup("\n").join(_afterwards(found, acting)),
        "told": will_be_told(found.told, found.chats, acting.language),
        "waits": _waits(found, acting),
    }


def _afterwards(found: ChangePreview, acting: Acting) -> Iterator[Markup]:
    """Give a line for each stage as it would be; those that would change stand out."""
    changed = {stage.id for stage in found.changed}
    for stage in found.cycle.stages:
        message = _("• {stage}: {opens} – {closes}")
        if stage.id in changed:
            message = _("• <b>{stage}: {opens} – {closes}</b>")
        yield fill(
            message,
            {
                "stage": stage_name(stage.kind),
                "opens": sentences.opening(stage.opens_at, acting),
                "closes": sentences.closing(stage.closes_at, acting),
            },
        )


def _waits(found: ChangePreview, acting: Acting) -> str:
    now, zone = found.announcement.created_at, acting.community.zone
    if is_allowed(now, zone):
        return ""
    date = sentences.opening(next_allowed(now, zone), acting)
    return fill(_("It is night or Sunday: most will be told from {date} on."), {"date": date})
