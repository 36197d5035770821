"""What the windows of writing an announcement show."""

from datetime import datetime
from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_audience_choices import ReadAudienceChoices
from civic.actions.steer_sending import CountAudience, Reach
from civic.model.audience import Trait
from civic.model.broadcast import CAPTION_LIMIT, EXPECTED
from civic.model.text import LANGUAGES
from civic.ports import Clock
from civic.rules.formatting import plain
from civic.rules.quiet_hours import next_allowed
from civic.rules.texts import one_line
from dialogs.announcements.notice import notice_of
from dialogs.broadcast.audiences import OFFERED, described, trait_name, values_of
from dialogs.broadcast.drafts import Draft, draft_of, language_of, trait_of
from dialogs.kit.acting import Acting
from dialogs.kit.figures import number, shorten
from dialogs.kit.languages import OWN_NAMES
from dialogs.kit.moments import day_and_time, lasting
from dialogs.kit.text import Markup, _, fill, ngettext

SNIPPET: Final = 80
"""Characters of a text in the summary."""
CHOSEN, OPEN = "✓", "·"


async def write(dialog_manager: DialogManager, **_kwargs: object) -> dict[str, Any]:
    """Return in which language to write, and what is written already."""
    draft, language = draft_of(dialog_manager), language_of(dialog_manager)
    asked = {
        "kk": _("Write the announcement in Kazakh."),
        "ru": _("Write the announcement in Russian."),
        "en": _("Write the announcement in English."),
    }[language]
    written = draft.texts.get(language, "")
    return {
        "asked": asked,
        "limit": draft.broadcast.limit,
        # Its formatting was cleaned when it was kept.
        "written": Markup(written),
        "can_leave_out": language in EXPECTED or bool(written),
        "begun": bool(draft.texts or draft.left_out),
        "new": not (draft.texts or draft.left_out),
    }


@inject
async def main(
    dialog_manager: DialogManager,
    count: FromDishka[CountAudience],
    read_choices: FromDishka[ReadAudienceChoices],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what is written, for whom, when, and how long it will take."""
    draft = draft_of(dialog_manager)
    choices = await read_choices(acting.resident)
    reach = await count(acting.resident, draft.audience, draft.send_from)
    return {
        "pictured": draft.photo is not None,
        "texts": Markup("\n").join(_summary(draft, language) for language in LANGUAGES),
        "lacking": bool(draft.broadcast.missing),
        "whom": described(draft.audience, choices, acting)
        if draft.corrects is None
        else fill(_("those who got announcement {number}"), {"number": draft.corrects}),
        "addressed": draft.corrects is None,
        "people": people(reach, acting),
        "when": _when(draft, clock.now(), acting),
        "takes": takes(reach, draft.send_from or clock.now(), acting),
        "languages": [(language, shorten(OWN_NAMES[language])) for language in LANGUAGES],
        "ready": bool(draft.texts),
    }


async def photo(dialog_manager: DialogManager, **_kwargs: object) -> dict[str, Any]:
    """Return the photo, if there is one."""
    return {"photo": draft_of(dialog_manager).photo, "limit": CAPTION_LIMIT}


@inject
async def whom(
    dialog_manager: DialogManager,
    count: FromDishka[CountAudience],
    read_choices: FromDishka[ReadAudienceChoices],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return whom it is for, and by what people can be chosen."""
    draft = draft_of(dialog_manager)
    choices = await read_choices(acting.resident)
    reach = await count(acting.resident, draft.audience, draft.send_from)
    return {
        "whom": described(draft.audience, choices, acting),
        "people": people(reach, acting),
        "narrowed": bool(draft.audience.conditions),
        "traits": [
            (trait.value, trait_name(trait))
            for trait in OFFERED
            if values_of(trait, choices, acting)
        ],
    }


@inject
async def values(
    dialog_manager: DialogManager,
    count: FromDishka[CountAudience],
    read_choices: FromDishka[ReadAudienceChoices],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what can be chosen, what is chosen marked."""
    draft, trait = draft_of(dialog_manager), trait_of(dialog_manager)
    choices = await read_choices(acting.resident)
    reach = await count(acting.resident, draft.audience, draft.send_from)
    chosen = draft.audience.conditions.get(trait, ())
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
async def when(
    dialog_manager: DialogManager,
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return when it is to be sent."""
    return {"when": _when(draft_of(dialog_manager), clock.now(), acting)}


@inject
async def preview(
    dialog_manager: DialogManager,
    count: FromDishka[CountAudience],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return exactly what people will read."""
    draft, now = draft_of(dialog_manager), clock.now()
    reach = await count(acting.resident, draft.audience, draft.send_from)
    told = draft.told(acting.resident.id, acting.community.id, now)
    lacking, later = bool(draft.broadcast.missing), draft.send_from is not None
    return {
        "photo": draft.photo,
        "notice": notice_of(told, acting.community, acting.language).html,
        "people": number(reach.people, acting.language),
        "at_once": not lacking and not later,
        "later": not lacking and later,
        "lacking": lacking,
    }


def people(reach: Reach, acting: Acting) -> str:
    """Return how many people it is."""
    text = ngettext("{count} person will be told.", "{count} people will be told.", reach.people)
    return text.format(count=number(reach.people, acting.language))


def takes(reach: Reach, begin: datetime, acting: Acting) -> str:
    """Return how long telling them takes and when it is over."""
    if not reach.people:
        return _("Nobody is chosen by this. Choose more people.")
    if reach.finishes_at is None:
        return _("It would take more than a year.")
    zone, language = acting.community.zone, acting.language
    began = next_allowed(begin, zone)
    message = _("Takes about {lasting}; everyone is told by {finish:bound}.")
    return message.format(
        lasting=lasting(reach.finishes_at - began, language),
        finish=day_and_time(reach.finishes_at, zone, language),
    )


def _summary(draft: Draft, language: str) -> Markup:
    text = draft.texts.get(language)
    values = {
        "language": OWN_NAMES[language],
        "words": "–" if text is None else shorten(one_line(plain(text)), SNIPPET),
    }
    return fill("<b>{language}</b>: {words}", values)


def _when(draft: Draft, now: datetime, acting: Acting) -> str:
    zone, language = acting.community.zone, acting.language
    wanted = draft.send_from or now
    begin = next_allowed(wanted, zone)
    shown = day_and_time(begin, zone, language)
    if begin != wanted:
        message = _(
            "People are told from Monday to Saturday, 9:00–21:00. It begins {begin:at}; "
            "who wants news at any hour gets it before."
        )
        return message.format(begin=shown)
    return _("at once") if draft.send_from is None else f"{shown:at}"
