"""What the windows about a cycle show."""

from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_calendar import ReadCalendar
from civic.model.text import in_language
from civic.rules.calendar import Doing
from dialogs.cycle import sentences
from dialogs.kit.acting import Acting
from dialogs.kit.figures import shorten
from dialogs.kit.pages import page_of
from dialogs.kit.text import Markup, _

PAGE: Final = 3
"""Entries of the public log at once: a reason may have 500 characters."""
ABOUT: Final = 900
"""Characters of the description."""


def cycle_of(manager: DialogManager) -> int:
    """Return the id of the cycle with which the conversation was started."""
    return int(manager.start_data["cycle"])  # type: ignore[index, call-overload]


def doors() -> dict[Doing, str]:
    """Return the label of the button for what can be done; nothing to do has none."""
    return {
        Doing.WRITE_IDEA: _("Ideas"),
        Doing.READ_IDEAS: _("Ideas put forward"),
        Doing.COMMENT: _("Draft budget"),
        Doing.READ_BUDGET: _("Draft budget"),
        Doing.VOTE: _("Vote"),
        Doing.READ_RESULTS: _("Results of the vote"),
    }


@inject
async def about(
    dialog_manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what the cycle is, its calendar, and what can be done in it now."""
    calendar = await read(acting.resident, cycle_of(dialog_manager))
    label = doors().get(calendar.doing)
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "about": shorten(in_language(calendar.cycle.about, acting.language), ABOUT),
        "calendar": Markup("\n").join(
            Markup("• {}").format(sentences.calendar_line(line, acting)) for line in calendar.lines
        ),
        "doings": [] if label is None else [(calendar.doing.value, label)],
        "changes": bool(calendar.changes),
        "discussed": calendar.cycle.rules.consultation is not None,
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
    page = page_of(calendar.changes, int(dialog_manager.dialog_data.get("page", 0)), PAGE)
    return {
        "title": in_language(calendar.cycle.titles, acting.language),
        "entries": Markup("\n\n").join(
            sentences.change(entry, calendar.cycle, acting) for _number, entry in page.lines
        ),
        "empty": not calendar.changes,
        "previous": page.previous,
        "following": page.following,
        "page": page.number + 1,
        "pages": page.count,
        "paged": page.count > 1,
    }
