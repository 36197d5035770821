"""What the public list of announcements shows."""

from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_announcements import ReadAnnouncement, ReadAnnouncements, Told
from civic.model.announcement import Announcement, AnnouncementState
from civic.model.broadcast import Broadcast
from civic.model.resident import Role
from civic.model.text import in_language
from civic.rules.formatting import plain
from civic.rules.texts import one_line
from dialogs.announcements.notice import listed, notice_of, words
from dialogs.kit.acting import Acting
from dialogs.kit.figures import numbered, shorten
from dialogs.kit.moments import day
from dialogs.kit.pages import turned_to
from dialogs.kit.text import Markup, _, fill

PAGE: Final = 6
SNIPPET: Final = 120
"""Characters of an announcement in the list."""


@inject
async def announcements(
    dialog_manager: DialogManager,
    read: FromDishka[ReadAnnouncements],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the list."""
    number = turned_to(dialog_manager)
    page = await read(acting.resident, number, PAGE)
    return {
        "town": in_language(acting.community.names, acting.language),
        "lines": Markup("\n\n").join(_line(entry, acting) for entry in page.entries),
        "empty": not page.entries,
        "choices": [
            (
                entry.announcement.number,
                numbered(entry.announcement.number or 0, _words(entry, acting)),
            )
            for entry in page.entries
        ],
        "previous": [number - 1] if number else [],
        "following": [number + 1] if page.has_older else [],
        "organiser": acting.resident.has(Role.ORGANISER),
    }


@inject
async def card(
    dialog_manager: DialogManager,
    read: FromDishka[ReadAnnouncement],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return one announcement."""
    entry = await read(acting.resident, number_of(dialog_manager))
    return {
        "broadcast": Broadcast.read(entry.announcement.parameters),
        "text": listed(entry, acting.community, acting.language),
        "organiser": acting.resident.has(Role.ORGANISER),
    }


def number_of(manager: DialogManager) -> int:
    """Return the number of the announcement that is shown."""
    start: Any = manager.start_data or {}
    return int(manager.dialog_data.get("number") or start["number"])


def _line(entry: Told, acting: Acting) -> Markup:
    found = entry.announcement
    told_at = found.send_from or found.created_at
    return fill(
        "<b>{number}</b>, {date}{standing}\n{words}",
        {
            "number": found.number,
            "date": day(told_at, acting.community.zone, acting.language, year=True),
            "standing": _standing(found),
            "words": shorten(_words(entry, acting), SNIPPET),
        },
    )


def _standing(found: Announcement) -> str:
    if found.state is AnnouncementState.STOPPED:
        stopped = _("stopped by the organisers") if found.is_out else _("withdrawn, nobody got it")
        return f" · {stopped}"
    return "" if found.is_out else " · " + _("not sent yet")


def _words(entry: Told, acting: Acting) -> str:
    if entry.about is None:
        (first, *_others) = words(entry, acting.language)
        return one_line(plain(first))
    return one_line(plain(notice_of(entry, acting.community, acting.language).body))
