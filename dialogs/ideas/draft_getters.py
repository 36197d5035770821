"""What the windows of writing an idea show."""

from collections.abc import Sequence
from typing import Any, Final

from aiogram import Bot
from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.draft_idea import ReadIdeaDraft
from civic.actions.find_similar_ideas import FindSimilarIdeas
from civic.actions.read_ideas import ReadIdea
from civic.model.community import District, Topic
from civic.model.text import in_language
from civic.rules.ideas import LENGTHS
from dialogs.ideas import sentences, steps
from dialogs.kit.acting import Acting
from dialogs.kit.figures import money, numbered, shorten
from dialogs.kit.links import Links
from dialogs.kit.moments import day, last_day
from dialogs.kit.text import Markup
from dialogs.places import Place, PlaceKind

GIVEN_SHOWN: Final = 300
"""Characters of what was written before, as a reminder in the window that asks for it again."""


@inject
async def step(
    dialog_manager: DialogManager,
    read: FromDishka[ReadIdeaDraft],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return which step it is, what is asked for and what was given before."""
    shown = await read(acting.resident, steps.target_of(dialog_manager))
    field = steps.field_of(dialog_manager.current_context().state)
    length = LENGTHS.get(field)
    most = shown.rules.max_cost
    return {
        "step": list(steps.STEPS).index(field) + 1,
        "count": steps.COUNT,
        "editing": bool(dialog_manager.dialog_data.get(steps.EDITING)),
        "name": sentences.field_name(field),
        "least": length.least if length else 0,
        "limit": length.limit if length else 0,
        "given": shorten(sentences.given(field, shown.content, acting), GIVEN_SHOWN),
        "cost_limit": "" if most is None else money(most, acting.language),
        "photos_limit": shown.rules.max_photos,
        "kept": [(picture, place) for place, picture in enumerate(shown.content.photos, 1)],
    }


@inject
async def topics(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the topics of the town with numbers that can be typed."""
    return _choices(acting.community.topics, acting.language)


@inject
async def districts(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the districts of the town with numbers that can be typed."""
    return _choices(acting.community.districts, acting.language)


def _choices(entries: Sequence[Topic | District], language: str) -> dict[str, Any]:
    named = [
        (number, entry.code, in_language(entry.names, language))
        for number, entry in enumerate(entries, start=1)
    ]
    return {
        "lines": Markup("\n").join(f"{number}. {name}" for number, _code, name in named),
        "choices": [(code, numbered(number, name)) for number, code, name in named],
    }


@inject
async def resume(
    dialog_manager: DialogManager,
    read: FromDishka[ReadIdeaDraft],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what has been written and when."""
    shown = await read(acting.resident, steps.target_of(dialog_manager))
    zone, language = acting.community.zone, acting.language
    return {
        "title": shown.content.title,
        "saved": day(shown.draft.updated_at, zone, language) if shown.draft else "",
        "editing": dialog_manager.dialog_data.get(steps.IDEA) is not None,
    }


@inject
async def similar(
    dialog_manager: DialogManager,
    find: FromDishka[FindSimilarIdeas],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return ideas that say much the same."""
    lines = await find(acting.resident, steps.target_of(dialog_manager))
    return {
        "lines": Markup("\n").join(sentences.line(line, acting) for line in lines),
        "choices": [
            (line.idea.id, numbered(line.idea.id, line.idea.content.title)) for line in lines
        ],
        "supports_one": any(line.supported for line in lines),
    }


@inject
async def preview(
    dialog_manager: DialogManager,
    read: FromDishka[ReadIdeaDraft],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the whole idea as others will see it."""
    shown = await read(acting.resident, steps.target_of(dialog_manager))
    number = dialog_manager.dialog_data.get(steps.IDEA)
    return {
        "step": steps.COUNT,
        "count": steps.COUNT,
        "number": number,
        "is_new": number is None,
        "title": shown.content.title or "—",
        "body": sentences.body(shown.content, acting),
        "missing": "" if shown.missing is None else sentences.field_name(shown.missing),
    }


@inject
async def submitted(
    dialog_manager: DialogManager,
    read: FromDishka[ReadIdea],
    links: FromDishka[Links],
    acting: FromDishka[Acting],
    bot: Bot,
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the number, what comes next and the address to share."""
    card = await read(acting.resident, int(dialog_manager.dialog_data[steps.SUBMITTED]))
    place = Place(PlaceKind.IDEA, card.idea.id)
    return {
        "number": card.idea.id,
        "title": card.idea.content.title,
        "next": sentences.next_steps(card.cycle, acting),
        "link": await links.to(place, bot, acting.channel),
        "closes": ""
        if card.stage is None
        else last_day(card.stage.closes_at, acting.community.zone, acting.language),
    }
