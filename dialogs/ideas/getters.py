"""What the windows of reading ideas show."""

from typing import Any, Final

from aiogram import Bot
from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_ideas import IdeaQuery, ReadIdea, ReadIdeas
from civic.actions.read_my_ideas import ReadMyIdeas
from civic.model.idea import IdeaStatus
from civic.model.text import in_language
from dialogs.ideas import sentences
from dialogs.kit.acting import Acting
from dialogs.kit.figures import numbered
from dialogs.kit.links import Links
from dialogs.kit.moments import last_day
from dialogs.kit.names import author_name
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.text import Markup, fill
from dialogs.kit.town import district_choices, topic_choices
from dialogs.places import Place, PlaceKind

MINE_SIZE: Final = 6
TOPIC: Final = "topic"
DISTRICT: Final = "district"
WORDS: Final = "words"
PHOTO: Final = "photo"


def started_with(manager: DialogManager, key: str) -> int:
    """Return the id with which the window was opened."""
    data = manager.start_data
    return int(data[key]) if isinstance(data, dict) else 0


@inject
async def listing(
    dialog_manager: DialogManager,
    read: FromDishka[ReadIdeas],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of the ideas in the reader's own order, or of those that were searched for."""
    data, language = dialog_manager.dialog_data, acting.language
    query = IdeaQuery(data.get(TOPIC), data.get(DISTRICT), data.get(WORDS, ""))
    cycle_id = started_with(dialog_manager, "cycle")
    shown = await read(acting.resident, cycle_id, query, turned_to(dialog_manager))
    narrowed = query != IdeaQuery()
    topic = acting.community.topic(query.topic)
    district = acting.community.district(query.district)
    return {
        "title": in_language(shown.cycle.titles, language),
        "found": shown.found,
        "shuffled": shown.found > 1 and not query.words,
        "lines": Markup("\n").join(sentences.line(line, acting) for line in shown.lines),
        "choices": [
            (line.idea.id, numbered(line.idea.id, line.idea.content.title)) for line in shown.lines
        ],
        "page": shown.page + 1,
        "pages": shown.pages,
        "paged": shown.pages > 1,
        "previous": [shown.page - 1] if shown.page > 0 else [],
        "following": [shown.page + 1] if shown.page + 1 < shown.pages else [],
        "topic": "" if topic is None else in_language(topic.names, language),
        "district": "" if district is None else in_language(district.names, language),
        "words": query.words,
        "narrowed": narrowed,
        "empty": not shown.found and not narrowed,
        "not_found": not shown.found and narrowed,
        "can_write": shown.can_write,
        "by_topic": bool((shown.found or narrowed) and acting.community.topics),
        "by_district": bool((shown.found or narrowed) and acting.community.districts),
    }


@inject
async def topics(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the topics of the town."""
    return {"choices": topic_choices(acting.community, acting.language)}


@inject
async def districts(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the districts of the town."""
    return {"choices": district_choices(acting.community, acting.language)}


@inject
async def card(
    dialog_manager: DialogManager,
    read: FromDishka[ReadIdea],
    links: FromDishka[Links],
    acting: FromDishka[Acting],
    bot: Bot,
    **_kwargs: object,
) -> dict[str, Any]:
    """Return one idea with what its reader may do."""
    shown = await read(acting.resident, started_with(dialog_manager, "idea"))
    idea = shown.idea
    withdrawn = idea.status is IdeaStatus.WITHDRAWN
    zone, language = acting.community.zone, acting.language
    closed = shown.stage is not None and not shown.is_open
    return {
        "number": idea.id,
        "title": idea.content.title,
        "body": sentences.body(idea.content, acting),
        "author": author_name(idea.author_name, idea.author_id),
        "supporters": sentences.supporters(idea.supports),
        "status": sentences.status(idea) if shown.own else "",
        "supported": shown.supported,
        "can_support": shown.is_open and not shown.own and not shown.supported,
        "can_unsupport": shown.is_open and shown.supported,
        "can_change": shown.is_open and shown.own and not withdrawn,
        "closed": last_day(shown.stage.closes_at, zone, language)
        if closed and shown.stage
        else "",
        "own_and_closed": closed and shown.own and not withdrawn,
        "photos": len(idea.content.photos),
        "link": ""
        if withdrawn
        else await links.to(Place(PlaceKind.IDEA, idea.id), bot, acting.channel),
    }


@inject
async def photo(
    dialog_manager: DialogManager,
    read: FromDishka[ReadIdea],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return one photo of the idea; after the last comes the first again."""
    shown = await read(acting.resident, started_with(dialog_manager, "idea"))
    photos = shown.idea.content.photos
    position = int(dialog_manager.dialog_data.get(PHOTO, 0)) % max(1, len(photos))
    return {
        "number": shown.idea.id,
        "title": shown.idea.content.title,
        "position": position + 1,
        "count": len(photos),
        "several": len(photos) > 1,
        "picture": photos[position] if photos else None,
    }


@inject
async def mine(
    dialog_manager: DialogManager,
    read: FromDishka[ReadMyIdeas],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the person's ideas with where they stand, and what they began to write."""
    found = await read(acting.resident)
    page = page_of(found.ideas, turned_to(dialog_manager), MINE_SIZE)
    ideas = [idea for _number, (idea, _cycle) in page.lines]
    return {
        "nothing": not found.ideas and not found.drafts,
        "lines": Markup("\n").join(
            fill(
                "<b>{number}.</b> {title}\n<i>{status} · {supporters}</i>",
                {
                    "number": idea.id,
                    "title": idea.content.title,
                    "status": sentences.status(idea),
                    "supporters": sentences.supporters(idea.supports),
                },
            )
            for idea in ideas
        ),
        "choices": [(idea.id, numbered(idea.id, idea.content.title)) for idea in ideas],
        "unfinished": "\n".join(
            f"• {draft.content.title or in_language(cycle.titles, acting.language)}"
            for draft, cycle in found.drafts
        ),
        "drafts": [cycle.id for _draft, cycle in found.drafts],
        **page.shown,
    }
