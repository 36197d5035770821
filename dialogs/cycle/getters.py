"""What the windows about a cycle show."""

from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_calendar import ReadCalendar
from civic.model.cycle import StageKind
from civic.model.text import in_language
from civic.rules.calendar import Doing
from dialogs.cycle import sentences
from dialogs.kit.acting import Acting
from dialogs.kit.figures import shorten
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.text import Markup
from dialogs.menu.getters import doing_name

PAGE: Final = 3
"""Entries of the public log at once: a reason may have 500 characters."""
ABOUT: Final = 900
"""Characters of the description."""


def cycle_of(manager: DialogManager) -> int:
    """Return the id of the cycle with which the conversation was started."""
    return int(manager.start_data["cycle"])  # type: ignore[index, call-overload]


@inject
async def about(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what the cycle is, its calendar, and what can be done in it now."""
    calendar = await read(acting.resident, cycle_of(dialog_manager))
    discussion = calendar.cycle.stage(StageKind.CONSULTATION)
    is_here = calendar.doing is Doing.READ_ABOUT
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "about": shorten(in_language(calendar.cycle.about, acting.language), ABOUT),
        "calendar": Markup("\n").join(
            Markup("• {}").format(sentences.calendar_line(line, acting)) for line in calendar.lines
        ),
        "doings": [] if is_here else [(calendar.doing.value, doing_name(calendar.doing))],
        "changes": bool(calendar.changes),
        "discussed": discussion is not None and calendar.now >= discussion.opens_at,
    }


@inject
async def rules(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the rules, a sentence each."""
    calendar = await read(acting.resident, cycle_of(dialog_manager))
    found = sentences.rules(calendar, acting.community, acting.language)
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "rules": Markup("\n").join(f"• {sentence}" for sentence in found),
    }


@inject
async def log(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the public log."""
    calendar = await read(acting.resident, cycle_of(dialog_manager))
    page = page_of(calendar.changes, turned_to(dialog_manager), PAGE)
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "entries": Markup("\n\n").join(
            sentences.change(entry, calendar.cycle, acting) for _number, entry in page.lines
        ),
        "empty": not calendar.changes,
        **page.shown,
    }
