"""What the windows of groups and channels show."""

from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.destinations import ReadDestinations
from civic.model.destination import LANGUAGE_CHOICES, Destination, DestinationKind
from civic.model.refusal import Reason, Refused
from dialogs.kit.acting import Acting
from dialogs.kit.figures import numbered, shorten
from dialogs.kit.languages import OWN_NAMES
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.text import Markup, _, fill

PAGE: Final = 6
CHOSEN, OPEN = "✓", "·"
AND: Final = "+"
"""Stands between the codes of two languages that are chosen together."""


@inject
async def destinations(
    dialog_manager: DialogManager,
    read: FromDishka[ReadDestinations],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the groups and channels."""
    found = await read(acting.resident)
    page = page_of(found, turned_to(dialog_manager), PAGE)
    return {
        "lines": Markup("\n").join(_line(position, entry) for position, entry in page.lines),
        "empty": not found,
        "choices": [(entry.id, numbered(position, entry.title)) for position, entry in page.lines],
        **page.shown,
    }


@inject
async def card(
    dialog_manager: DialogManager,
    read: FromDishka[ReadDestinations],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return one of them; raises `Refused` with `NOT_FOUND` when it is none any more."""
    wanted = destination_of(dialog_manager)
    found = next((one for one in await read(acting.resident) if one.id == wanted), None)
    if found is None:
        raise Refused(Reason.NOT_FOUND)
    return {
        "title": found.title,
        "kind": kind_name(found.kind),
        "languages": [
            (
                AND.join(codes),
                shorten(f"{CHOSEN if codes == found.languages else OPEN} {_own_names(codes)}"),
            )
            for codes in LANGUAGE_CHOICES
        ],
        "stages": found.stage_news,
        "no_stages": not found.stage_news,
        "reminders": found.stage_news and found.reminders,
        "no_reminders": found.stage_news and not found.reminders,
    }


def destination_of(manager: DialogManager) -> int:
    """Return the id of the group or channel that is shown."""
    return int(manager.dialog_data["destination"])


def kind_name(kind: DestinationKind) -> str:
    """Return what it is, in words."""
    return {
        DestinationKind.GROUP: _("group"),
        DestinationKind.CHANNEL: _("channel"),
    }[kind]


def _line(position: int, entry: Destination) -> Markup:
    values = {
        "position": position,
        "title": entry.title,
        "kind": kind_name(entry.kind),
        "language": _own_names(entry.languages),
    }
    message = "{position}. <b>{title}</b>: {kind}, {language}"
    if entry.stage_news:
        message = _("{position}. <b>{title}</b>: {kind}, {language}, news of stages")
    return fill(message, values)


def _own_names(codes: tuple[str, ...]) -> str:
    return " + ".join(OWN_NAMES[code] for code in codes)
