"""Ideas in words: place, status, what comes next."""

from typing import Final

from civic.actions.read_ideas import IdeaLine
from civic.model.community import Community
from civic.model.cycle import Cycle, StageKind
from civic.model.idea import Idea, IdeaContent, IdeaStatus
from civic.model.text import in_language
from civic.rules.ideas import Field
from dialogs.kit.acting import Acting
from dialogs.kit.figures import money
from dialogs.kit.moments import day, last_day
from dialogs.kit.stages import stage_name
from dialogs.kit.text import Markup, _, fill, ngettext

_UTF16: Final = "utf-16-le"
_BYTES_IN_UNIT: Final = 2


def fitting(text: str, units: int) -> str:
    """Cut `text` to `units` as messengers count: a character beyond the first plane is two."""
    counted = text.encode(_UTF16)
    if len(counted) <= units * _BYTES_IN_UNIT:
        return text
    return counted[: (units - 1) * _BYTES_IN_UNIT].decode(_UTF16, "ignore") + "…"


def topic_name(content: IdeaContent, town: Community, language: str) -> str:
    """Return the name of the topic; empty when there is none."""
    topic = town.topic(content.topic)
    return "" if topic is None else in_language(topic.names, language)


def place_name(content: IdeaContent, town: Community, language: str) -> str:
    """Return the place in words, its district and its point on the map; empty when not given."""
    district = town.district(content.district)
    parts = [
        content.place,
        "" if district is None else in_language(district.names, language),
        "" if content.latitude is None else f"{content.latitude:.5f}, {content.longitude:.5f}",
    ]
    return "; ".join(part for part in parts if part)


def given(field: Field, content: IdeaContent, acting: Acting) -> str:
    """Return what the draft has for a part; empty when nothing."""
    town, language = acting.community, acting.language
    return {
        Field.TITLE: content.title,
        Field.PROBLEM: content.problem,
        Field.PROPOSAL: content.proposal,
        Field.TOPIC: topic_name(content, town, language),
        Field.PLACE: place_name(content, town, language),
        Field.COST: "" if content.cost is None else money(content.cost, language),
        Field.PHOTOS: photo_count(len(content.photos)) if content.photos else "",
    }[field]


def photo_count(count: int) -> str:
    """Return how many photos there are."""
    return ngettext("{count} photo", "{count} photos", count).format(count=count)


def supporters(count: int) -> str:
    """Return how many people support an idea."""
    if not count:
        return _("no supporters yet")
    return ngettext("{count} supporter", "{count} supporters", count).format(count=count)


def field_name(field: Field) -> str:
    """Return the name of a part, as a heading."""
    return {
        Field.TITLE: _("Title"),
        Field.PROBLEM: _("What is wrong"),
        Field.PROPOSAL: _("What is proposed"),
        Field.TOPIC: _("Topic"),
        Field.PLACE: _("Place"),
        Field.COST: _("Rough cost"),
        Field.PHOTOS: _("Photos"),
    }[field]


_LONGEST: Final = {Field.PROBLEM: 1000, Field.PROPOSAL: 2000}
_BODY: Final = (Field.PROBLEM, Field.PROPOSAL)
_FACTS: Final = (Field.TOPIC, Field.PLACE, Field.COST)


def body(content: IdeaContent, acting: Acting) -> Markup:
    """Return everything but the title, as HTML; parts that are not given say so."""
    paragraphs = [
        fill(
            "<b>{name}</b>\n{text}",
            {
                "name": field_name(field),
                "text": fitting(given(field, content, acting), _LONGEST[field]) or "—",
            },
        )
        for field in _BODY
    ]
    facts: list[str] = [
        fill(
            "{name}: {text}",
            {"name": field_name(field), "text": given(field, content, acting) or "—"},
        )
        for field in _FACTS
    ]
    if content.photos:
        facts.append(photo_count(len(content.photos)))
    return Markup("\n\n").join([*paragraphs, Markup("\n").join(facts)])


def line(entry: IdeaLine, acting: Acting) -> Markup:
    """Return an idea as an entry of a list: number, title and what tells it apart, as HTML."""
    content, language = entry.idea.content, acting.language
    district = acting.community.district(content.district)
    facts = [
        topic_name(content, acting.community, language),
        "" if district is None else in_language(district.names, language),
        supporters(entry.idea.supports),
        _("you support it") if entry.supported else "",
        _("yours") if entry.own else "",
    ]
    return fill(
        "<b>{number}.</b> {title}\n<i>{facts}</i>",
        {
            "number": entry.idea.id,
            "title": content.title,
            "facts": " · ".join(fact for fact in facts if fact),
        },
    )


def status(idea: Idea) -> str:
    """Return where the idea stands, for its author."""
    return {
        IdeaStatus.SUBMITTED: _("Submitted"),
        IdeaStatus.ADMITTED: _("Admitted to the vote"),
        IdeaStatus.REFUSED: _("Not admitted"),
        IdeaStatus.WITHDRAWN: _("Withdrawn"),
    }[idea.status]


def next_steps(cycle: Cycle, acting: Acting) -> Markup:
    """Return the stages after the collecting of ideas with their dates, one a line, as HTML."""
    collecting = cycle.stage(StageKind.IDEAS)
    following = () if collecting is None else cycle.stages[cycle.stages.index(collecting) + 1 :]
    zone, language = acting.community.zone, acting.language
    return Markup("\n").join(
        fill(
            _("• {stage}: from {opens} to {closes}"),
            {
                "stage": stage_name(stage.kind),
                "opens": day(stage.opens_at, zone, language),
                "closes": last_day(stage.closes_at, zone, language),
            },
        )
        for stage in following
    )
