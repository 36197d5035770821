"""What the settings show."""

from typing import Any, Final

from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.introduce_oneself import ReadFollowed
from civic.model.resident import NewsChoice
from civic.model.text import in_language
from dialogs.kit.acting import Acting
from dialogs.kit.figures import shorten
from dialogs.kit.languages import OWN_NAMES, offered
from dialogs.kit.names import shown_name
from dialogs.kit.text import _
from dialogs.kit.town import district_choices, topic_choices

CHOSEN: Final = "☑"
OPEN: Final = "☐"


@inject
async def main(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return what the person has chosen."""
    resident, community = acting.resident, acting.community
    district = community.district(resident.district)
    return {
        "language": OWN_NAMES[acting.language],
        "name": shown_name(resident),
        "district": _("not chosen")
        if district is None
        else in_language(district.names, acting.language),
        "news": news_names()[resident.news],
        "has_districts": bool(community.districts),
    }


def news_names() -> dict[NewsChoice, str]:
    """Return each choice as a button names it, the widest first."""
    return {
        NewsChoice.ALL: _("All news"),
        NewsChoice.MINE: _("Only mine"),
        NewsChoice.NONE: _("No news"),
    }


@inject
async def news(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return which news the person gets, when, and what else there is to choose."""
    resident = acting.resident
    choice = {
        NewsChoice.ALL: _("You get all news: what opens, what closes, results, announcements."),
        NewsChoice.MINE: _(
            "You get only what concerns you: where you took part or wrote, and topics you follow."
        ),
        NewsChoice.NONE: _("You get no news."),
    }[resident.news]
    hours = (
        _("At any hour.") if resident.at_any_hour else _("By day: Monday to Saturday, 9:00–21:00.")
    )
    return {
        "choice": choice,
        "hours": hours,
        "any": resident.wants_news,
        "choices": [
            (each.value, _marked(name, on=each is resident.news))
            for each, name in news_names().items()
        ],
        "by_day": resident.wants_news and not resident.at_any_hour,
        "at_any_hour": resident.wants_news and resident.at_any_hour,
        "has_topics": resident.wants_news and bool(acting.community.topics),
    }


@inject
async def topics(
    read: FromDishka[ReadFollowed], acting: FromDishka[Acting], **_kwargs: object
) -> dict[str, Any]:
    """Return the topics of the town, those that are followed marked."""
    followed = await read(acting.resident)
    return {
        "topics": [
            (code, _marked(name, on=code in followed))
            for code, name in topic_choices(acting.community, acting.language)
        ]
    }


def _marked(name: str, *, on: bool) -> str:
    return shorten(f"{CHOSEN if on else OPEN} {name}")


@inject
async def language(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the languages, the present one first."""
    return {"languages": offered(acting.language)}


@inject
async def district(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the districts of the town."""
    return {"districts": district_choices(acting.community, acting.language)}


@inject
async def town(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the town and whom to ask there."""
    return {
        "town": in_language(acting.community.names, acting.language),
        "contact": in_language(acting.community.contact, acting.language),
    }
