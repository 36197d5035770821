"""What the settings show."""

from collections.abc import Mapping
from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.introduce_oneself import ReadTopicChoices
from civic.model.resident import ANY_HOUR, BY_DAY, Hours, NewsChoice, TopicChoice
from civic.model.text import in_language
from dialogs.kit.acting import Acting
from dialogs.kit.figures import shorten
from dialogs.kit.languages import OWN_NAMES, offered
from dialogs.kit.names import shown_name
from dialogs.kit.text import _
from dialogs.kit.town import district_choices, news_topics

CHOSEN: Final = "☑"
OPEN: Final = "☐"
FOLLOWED: Final = "★"
MUTED: Final = "✕"
OPENS: Final = "opens"
TOPIC: Final = "topic"
SUNDAYS: Final = "yes"
"""What the button for Sundays stands for, and `NO_SUNDAYS` when they are chosen already."""
NO_SUNDAYS: Final = "no"
_DAY: Final = 24


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
async def news(
    read: FromDishka[ReadTopicChoices], acting: FromDishka[Acting], **_kwargs: object
) -> dict[str, Any]:
    """Return which news the person gets, when, and what else there is to choose."""
    resident = acting.resident
    choice = {
        NewsChoice.ALL: _("You get all news: what opens, what closes, results, announcements."),
        NewsChoice.MINE: _(
            "You get only what concerns you: where you took part or wrote, and topics you follow."
        ),
        NewsChoice.NONE: _("You get no news."),
    }[resident.news]
    chosen = await read(resident)
    names = news_topics(acting.community, acting.language)
    return {
        "choice": choice,
        "hours": in_words(resident.hours),
        "followed": _listed(names, chosen, TopicChoice.FOLLOW),
        "muted": _listed(names, chosen, TopicChoice.MUTE),
        "any": resident.wants_news,
        "choices": [
            (each.value, _marked(name, on=each is resident.news))
            for each, name in news_names().items()
        ],
    }


def in_words(hours: Hours) -> str:
    """Return when somebody with these hours is told news."""
    if hours == ANY_HOUR:
        return _("News comes at any hour.")
    span = f"{hours.opens}:00–{hours.closes}:00"
    if hours.sundays:
        return _("News comes every day, {span}.").format(span=span)
    return _("News comes Monday to Saturday, {span}.").format(span=span)


def _listed(
    names: Mapping[str, str], chosen: Mapping[str, TopicChoice], choice: TopicChoice
) -> str:
    return ", ".join(name for code, name in names.items() if chosen.get(code) is choice)


@inject
async def hours(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return when the person is told news, and what else there is to choose."""
    mine = acting.resident.hours
    own = mine not in {BY_DAY, ANY_HOUR}
    on = {"by_day": mine == BY_DAY, "any_hour": mine == ANY_HOUR, "own": own}
    labels = {
        "by_day": _("By day"),
        "any_hour": _("At any hour"),
        "own": _("My hours"),
    }
    wanted = NO_SUNDAYS if mine.sundays else SUNDAYS
    return {
        "hours": in_words(mine),
        "over_midnight": mine.is_over_midnight and not mine.sundays,
        "closes": mine.closes,
        **{key: _marked(label, on=on[key]) for key, label in labels.items()},
        "sundays": []
        if mine == ANY_HOUR
        else [(wanted, _marked(_("Sundays too"), on=mine.sundays))],
    }


async def hours_from(**_kwargs: object) -> dict[str, Any]:
    """Return the hours at which one's hours can begin."""
    return {"choices": [(hour, f"{hour}:00") for hour in range(_DAY)]}


async def hours_to(dialog_manager: DialogManager, **_kwargs: object) -> dict[str, Any]:
    """Return the hours at which they can end, the next one first."""
    opens = int(dialog_manager.dialog_data[OPENS])
    ends = [(opens + lasting - 1) % _DAY + 1 for lasting in range(1, _DAY + 1)]
    # All round from midnight is a day; from another hour it would end where it begins.
    choices = [hour for hour in ends if hour != opens]
    return {"opens": opens, "choices": [(hour, f"{hour}:00") for hour in choices]}


@inject
async def topics(
    read: FromDishka[ReadTopicChoices], acting: FromDishka[Acting], **_kwargs: object
) -> dict[str, Any]:
    """Return what news can be about, with what the person chose of it."""
    chosen = await read(acting.resident)
    marks = {TopicChoice.FOLLOW: f"{FOLLOWED} ", TopicChoice.MUTE: f"{MUTED} "}
    return {
        "topics": [
            (code, shorten(f"{marks.get(chosen.get(code, TopicChoice.USUAL), '')}{name}"))
            for code, name in news_topics(acting.community, acting.language).items()
        ]
    }


@inject
async def topic(
    dialog_manager: DialogManager,
    read: FromDishka[ReadTopicChoices],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what can be chosen about one topic."""
    code = str(dialog_manager.dialog_data[TOPIC])
    chosen = (await read(acting.resident)).get(code, TopicChoice.USUAL)
    names = {
        TopicChoice.USUAL: _("As usual"),
        TopicChoice.FOLLOW: _("Follow"),
        TopicChoice.MUTE: _("Mute"),
    }
    return {
        "topic": news_topics(acting.community, acting.language).get(code, code),
        "choices": [
            (each.value, _marked(name, on=each is chosen)) for each, name in names.items()
        ],
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
