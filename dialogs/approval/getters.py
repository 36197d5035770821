"""What the windows of approving show."""

from typing import Any, Final

from aiogram.utils.i18n import I18n
from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.approve_broadcast import (
    ReadWaitingBroadcast,
    ReadWaitingBroadcasts,
    Waiting,
)
from civic.actions.destinations import ReadDestinations
from civic.actions.read_audience_choices import ReadAudienceChoices
from civic.actions.steer_sending import CountAudience
from civic.model.broadcast import Broadcast
from civic.model.text import LANGUAGES
from civic.ports import Clock
from dialogs.announcements.notice import notice_of
from dialogs.approval.clicks import LANGUAGE, VERSION, draft_of
from dialogs.broadcast.drafts import as_told
from dialogs.broadcast.summaries import (
    SNIPPET,
    attached,
    first_words,
    for_whom,
    people,
    takes,
    when_told,
)
from dialogs.kit.acting import Acting
from dialogs.kit.figures import number, numbered, shorten
from dialogs.kit.languages import OWN_NAMES
from dialogs.kit.moments import day_and_time
from dialogs.kit.names import shown_name
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.text import Markup, fill

PAGE: Final = 6


@inject
async def waiting(
    dialog_manager: DialogManager,
    read: FromDishka[ReadWaitingBroadcasts],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of what waits for this organiser."""
    found = await read(acting.resident)
    page = page_of(found, turned_to(dialog_manager), PAGE)
    return {
        "lines": Markup("\n").join(
            _line(position, entry, acting) for position, entry in page.lines
        ),
        "empty": not found,
        "choices": [
            (entry.draft.id, numbered(position, first_words(entry.draft.order, acting)))
            for position, entry in page.lines
        ],
        **page.shown,
    }


def _line(position: int, entry: Waiting, acting: Acting) -> Markup:
    return fill(
        "{position}. <b>{author}</b>: {words}",
        {
            "position": position,
            "author": shown_name(entry.author),
            "words": shorten(first_words(entry.draft.order, acting), SNIPPET),
        },
    )


@inject
async def read(
    dialog_manager: DialogManager,
    read_waiting: FromDishka[ReadWaitingBroadcast],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return exactly what people will read, in the chosen language."""
    order = (await read_waiting(acting.resident, draft_of(dialog_manager))).draft.order
    language = _language(order.broadcast, dialog_manager.dialog_data.get(LANGUAGE), acting)
    i18n: I18n = dialog_manager.middleware_data["i18n"]
    with i18n.use_locale(language):
        told = as_told(order, acting, clock.now())
        notice = notice_of(told, acting.community, language)
    return {
        "broadcast": order.broadcast,
        "notice": notice.html,
        "languages": [
            (code, f"{'☑' if code == language else '☐'} {OWN_NAMES[code]}")
            for code in LANGUAGES
            if code in order.broadcast.texts
        ],
    }


def _language(broadcast: Broadcast, chosen: str | None, acting: Acting) -> str:
    """Return the language to show: what was chosen, else the reader's own, else the first."""
    wanted = (chosen or acting.language, acting.language, *broadcast.texts)
    return next(code for code in wanted if code in broadcast.texts)


@inject
async def decide(
    dialog_manager: DialogManager,
    read_waiting: FromDishka[ReadWaitingBroadcast],
    count: FromDishka[CountAudience],
    read_choices: FromDishka[ReadAudienceChoices],
    read_destinations: FromDishka[ReadDestinations],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return from whom it is, for whom and when, and whether it can be decided on."""
    entry = await read_waiting(acting.resident, draft_of(dialog_manager))
    order, now = entry.draft.order, clock.now()
    is_late = order.send_from is not None and order.send_from < now
    send_from = None if is_late else order.send_from
    choices, destinations = (
        await read_choices(acting.resident),
        await read_destinations(acting.resident),
    )
    reach = await count(acting.resident, order.audience, send_from)
    handed_in = entry.draft.handed_in_at or now
    changed = entry.draft.version != dialog_manager.dialog_data[VERSION]
    own = entry.author.id == acting.resident.id
    return {
        "author": shown_name(entry.author),
        "handed_in": day_and_time(handed_in, acting.community.zone, acting.language),
        "attached": attached(order.broadcast),
        "lacking": bool(order.broadcast.missing),
        "whom": for_whom(order, choices, acting),
        "people": people(reach, acting),
        "when": when_told(send_from, now, acting),
        "takes": takes(reach, acting),
        "late": is_late,
        "chats": ", ".join(
            entry.title for entry in destinations if entry.id in order.audience.chats
        ),
        "count": number(reach.people + reach.chats, acting.language),
        "changed": changed,
        "own": own,
        "decidable": not (own or changed),
    }
