"""What the windows of writing an announcement show."""

from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.destinations import ReadDestinations
from civic.actions.draft_broadcast import ReadBroadcastDraft, ReadBroadcastDrafts
from civic.actions.read_audience_choices import ReadAudienceChoices
from civic.actions.steer_sending import CountAudience
from civic.model.audience import Trait
from civic.model.broadcast import CAPTION_LIMIT, EXPECTED, BroadcastDraft, Order
from civic.model.text import LANGUAGES
from civic.ports import Clock
from civic.rules.documents import DOCUMENT_LIMIT_MB
from civic.rules.formatting import plain
from civic.rules.texts import one_line
from dialogs.broadcast.audiences import OFFERED, described, trait_name, values_of
from dialogs.broadcast.drafts import (
    CHATS_PAGE,
    as_told,
    draft_id_of,
    in_its_language,
    is_begun,
    language_of,
    order_of,
    shown_language,
    trait_of,
)
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
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.text import Markup, _, fill
from dialogs.kit.town import news_topics

PAGE: Final = 6
CHOSEN, OPEN = "✓", "·"


@inject
async def drafts(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDrafts],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of what the organiser has begun to write."""
    found = await read(acting.resident)
    page = page_of(found, turned_to(dialog_manager), PAGE)
    return {
        "lines": Markup("\n").join(
            _draft_line(position, draft, acting) for position, draft in page.lines
        ),
        "choices": [
            (draft.id, numbered(position, first_words(draft.order, acting)))
            for position, draft in page.lines
        ],
        **page.shown,
    }


def _draft_line(position: int, draft: BroadcastDraft, acting: Acting) -> Markup:
    values = {
        "position": position,
        "date": day_and_time(draft.updated_at, acting.community.zone, acting.language),
        "words": shorten(first_words(draft.order, acting), SNIPPET),
    }
    corrects = draft.order.broadcast.corrects
    if corrects is None:
        return fill("{position}. <b>{date}</b>: {words}", values)
    message = _("{position}. <b>{date}</b>, correction of announcement {corrects}: {words}")
    return fill(message, {**values, "corrects": corrects})


@inject
async def write(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return in which language to write, and what is written already."""
    language = language_of(dialog_manager)
    broadcast = (await order_of(dialog_manager, read, acting)).broadcast
    asked = {
        "kk": _("Write the announcement in Kazakh."),
        "ru": _("Write the announcement in Russian."),
        "en": _("Write the announcement in English."),
    }[language]
    written = broadcast.texts.get(language, "")
    begun = is_begun(dialog_manager)
    return {
        "asked": asked,
        "limit": broadcast.limit,
        # Its formatting was cleaned when it was kept.
        "written": Markup(written),
        "can_leave_out": language in EXPECTED or bool(written),
        "begun": begun,
        "new": not begun,
    }


@inject
async def main(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    count: FromDishka[CountAudience],
    read_choices: FromDishka[ReadAudienceChoices],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what is written, for whom, when, and how long it will take."""
    draft = await read(acting.resident, draft_id_of(dialog_manager))
    order, waits = draft.order, draft.handed_in_at
    choices = await read_choices(acting.resident)
    reach = await count(acting.resident, order.audience, order.send_from)
    return {
        "new": draft.revises is None,
        "revised": draft.revises is not None,
        "waits": waits is not None,
        "since": ""
        if waits is None
        else day_and_time(waits, acting.community.zone, acting.language),
        "sent_back": draft.sent_back,
        "attached": attached(order.broadcast),
        "texts": Markup("\n").join(_summary(order, language) for language in LANGUAGES),
        "lacking": bool(order.broadcast.missing),
        "whom": for_whom(order, choices, acting),
        "addressed": order.broadcast.corrects is None,
        "people": people(reach, acting),
        "when": when_told(order.send_from, clock.now(), acting),
        "takes": takes(reach, acting),
        "languages": [(language, shorten(OWN_NAMES[language])) for language in LANGUAGES],
        "ready": bool(order.broadcast.texts),
    }


@inject
async def attachment(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the photo or the document, if there is one."""
    broadcast = (await order_of(dialog_manager, read, acting)).broadcast
    return {
        "broadcast": broadcast,
        "attached": broadcast.has_attachment,
        "limit": CAPTION_LIMIT,
        "limit_mb": DOCUMENT_LIMIT_MB,
    }


@inject
async def whom(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    count: FromDishka[CountAudience],
    read_choices: FromDishka[ReadAudienceChoices],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return whom it is for, and by what people can be chosen."""
    order = await order_of(dialog_manager, read, acting)
    choices = await read_choices(acting.resident)
    reach = await count(acting.resident, order.audience, order.send_from)
    return {
        "whom": described(order.audience, choices, acting),
        "people": people(reach, acting),
        "narrowed": bool(order.audience.conditions),
        "traits": [
            (trait.value, trait_name(trait))
            for trait in OFFERED
            if values_of(trait, choices, acting)
        ],
    }


@inject
async def values(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    count: FromDishka[CountAudience],
    read_choices: FromDishka[ReadAudienceChoices],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what can be chosen, what is chosen marked."""
    trait = trait_of(dialog_manager)
    order = await order_of(dialog_manager, read, acting)
    choices = await read_choices(acting.resident)
    reach = await count(acting.resident, order.audience, order.send_from)
    chosen = order.audience.conditions.get(trait, ())
    return {
        "trait": trait_name(trait),
        "people": people(reach, acting),
        "choices": [
            (str(value), shorten(f"{CHOSEN if value in chosen else OPEN} {name}"))
            for value, name in values_of(trait, choices, acting).items()
        ],
        "personal": trait in {Trait.TOOK_PART, Trait.UNFINISHED_CYCLE, Trait.TOPIC},
    }


@inject
async def chats(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    count: FromDishka[CountAudience],
    read_destinations: FromDishka[ReadDestinations],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the groups and channels, those marked that are told too."""
    order = await order_of(dialog_manager, read, acting)
    reach = await count(acting.resident, order.audience, order.send_from)
    found = await read_destinations(acting.resident)
    page = page_of(found, turned_to(dialog_manager, CHATS_PAGE), PAGE)
    return {
        "people": people(reach, acting),
        "empty": not found,
        "choices": [
            (
                entry.id,
                shorten(f"{CHOSEN if entry.id in order.audience.chats else OPEN} {entry.title}"),
            )
            for _position, entry in page.lines
        ],
        "previous": page.previous,
        "following": page.following,
    }


@inject
async def topics(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    count: FromDishka[CountAudience],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what it can be about, what it is about marked."""
    order = await order_of(dialog_manager, read, acting)
    reach = await count(acting.resident, order.audience, order.send_from)
    return {
        "people": people(reach, acting),
        "choices": [
            (code, shorten(f"{CHOSEN if code in order.audience.topics else OPEN} {name}"))
            for code, name in news_topics(acting.community, acting.language).items()
        ],
    }


@inject
async def when(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return when it is to be sent."""
    order = await order_of(dialog_manager, read, acting)
    return {"when": when_told(order.send_from, clock.now(), acting)}


@inject
async def preview(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    count: FromDishka[CountAudience],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return exactly what people will read."""
    order, now = await order_of(dialog_manager, read, acting), clock.now()
    reach = await count(acting.resident, order.audience, order.send_from)
    told = as_told(order, acting, now)
    language = shown_language(dialog_manager, acting)
    lacking, later = bool(order.broadcast.missing), order.send_from is not None
    alone = not acting.community.broadcasts_need_second_organiser
    return {
        "broadcast": order.broadcast,
        "notice": in_its_language(dialog_manager, told, acting).html,
        "languages": [
            (code, f"{'☑' if code == language else '☐'} {OWN_NAMES[code]}") for code in LANGUAGES
        ],
        "told": people(reach, acting),
        "people": number(reach.people + reach.chats, acting.language),
        "at_once": alone and not lacking and not later,
        "later": alone and not lacking and later,
        "lacking": alone and lacking,
        "approval": not alone and not lacking,
        "approval_lacking": not alone and lacking,
    }


def _summary(order: Order, language: str) -> Markup:
    text = order.broadcast.texts.get(language)
    values = {
        "language": OWN_NAMES[language],
        "words": "–" if text is None else shorten(one_line(plain(text)), SNIPPET),
    }
    return fill("<b>{language}</b>: {words}", values)
