"""An audience as one query."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from civic.model.announcement import DeliveryState
from civic.model.audience import Audience, Trait, Value
from civic.model.resident import NewsChoice, TopicChoice
from storage.repositories.hours import COLUMNS
from storage.tables.cycles import engagements, stages
from storage.tables.news import deliveries
from storage.tables.people import (
    contacts,
    former_residents,
    residents,
    roles,
    topic_choices,
)

Values = Sequence[Value]


def people(
    community_id: int,
    audience: Audience,
    cycle_id: int | None,
    channels: Sequence[str] = (),
    which: Sequence[sa.ColumnElement[bool]] = (),
) -> sa.Subquery:
    """Return `resident_id`, `channel` and the hours of all in the audience who are to be told.

    The channel is the one that the person prefers: first those among `channels`, then what they
    chose, then where they last wrote. Who can be reached nowhere, or does not want such news, is
    left out; `cycle_id` says what the news is about. `which` are further conditions on
    `residents`.
    """
    demanded = [str(value) for value in audience.conditions.get(Trait.CHANNEL, ())]
    # A correlated query, which no planner turns into a join over everyone's addresses.
    channel = (
        sa.select(contacts.c.channel)
        .where(contacts.c.resident_id == residents.c.id, contacts.c.reachable)
        .order_by(
            contacts.c.channel.in_(demanded).desc(),
            contacts.c.channel.in_(channels).desc(),
            *BY_PREFERENCE,
        )
        .limit(1)
        .scalar_subquery()
    )
    found = (
        sa.select(
            residents.c.id.label("resident_id"),
            channel.label("channel"),
            *COLUMNS,
        )
        .where(residents.c.community_id == community_id, *_wants(audience, cycle_id))
        .where(*(_CONDITIONS[trait](values) for trait, values in audience.conditions.items()))
        .where(*which)
        .subquery("found")
    )
    return sa.select(found).where(found.c.channel.is_not(None)).subquery("people")


BY_PREFERENCE: Final = (contacts.c.chosen.desc(), contacts.c.latest.desc(), contacts.c.id)


def still_wanted(
    audience: Audience, cycle_id: int | None, *which: sa.ColumnElement[bool]
) -> sa.Select[tuple[int]]:
    """Return the ids of those among the people chosen by `which` who want such news now.

    Whom organisers chose by what else is true of them was settled when it was planned.
    """
    chosen = list(_wants(audience, cycle_id))
    if (topics := audience.conditions.get(Trait.TOPIC)) is not None:
        chosen.append(_topic(topics))
    return sa.select(residents.c.id).where(*which, *chosen)


def _wants(audience: Audience, cycle_id: int | None) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions on which a person wants such news."""
    engaged = None if cycle_id is None else _engaged(stages.c.cycle_id == cycle_id)
    if audience.is_personal:
        yield residents.c.news != NewsChoice.NONE.value
    else:
        # Those who want only their own, if it is theirs.
        theirs = [] if engaged is None else [engaged]
        if audience.topics:
            theirs.append(_topic(audience.topics))
        all_of_it = residents.c.news == NewsChoice.ALL.value
        only_mine = residents.c.news == NewsChoice.MINE.value
        yield sa.or_(all_of_it, sa.and_(only_mine, sa.or_(*theirs))) if theirs else all_of_it
    if audience.topics:
        unmuted = sa.not_(_muted(audience.topics))
        if audience.owed is None:
            yield unmuted
        else:
            took_part = _engaged(stages.c.id == audience.owed, engagements.c.finished)
            yield sa.or_(unmuted, took_part)


def _muted(topics: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a person has muted all of these topics."""
    muted = (
        sa.select(topic_choices.c.resident_id)
        .where(topic_choices.c.topic.in_(topics), topic_choices.c.choice == TopicChoice.MUTE.value)
        .group_by(topic_choices.c.resident_id)
        .having(sa.func.count() == len(topics))
    )
    return residents.c.id.in_(muted)


def _engaged(*how: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    engaged = sa.select(engagements.c.resident_id).join(
        stages, stages.c.id == engagements.c.stage_id
    )
    return residents.c.id.in_(engaged.where(*how))


def _took_part(cycles: Values) -> sa.ColumnElement[bool]:
    return _engaged(stages.c.cycle_id.in_(cycles), engagements.c.finished)


def _unfinished_cycle(cycles: Values) -> sa.ColumnElement[bool]:
    return _engaged(stages.c.cycle_id.in_(cycles), sa.not_(engagements.c.finished))


def _unfinished(stage_ids: Values) -> sa.ColumnElement[bool]:
    return _engaged(stages.c.id.in_(stage_ids), sa.not_(engagements.c.finished))


def _not_begun(stage_ids: Values) -> sa.ColumnElement[bool]:
    return sa.not_(_engaged(stages.c.id.in_(stage_ids)))


def _not_finished(stage_ids: Values) -> sa.ColumnElement[bool]:
    return sa.not_(_engaged(stages.c.id.in_(stage_ids), engagements.c.finished))


def _district(codes: Values) -> sa.ColumnElement[bool]:
    return residents.c.district.in_(codes)


def _language(languages: Values) -> sa.ColumnElement[bool]:
    return residents.c.language.in_(languages)


def _role(held: Values) -> sa.ColumnElement[bool]:
    return residents.c.id.in_(sa.select(roles.c.resident_id).where(roles.c.role.in_(held)))


def _channel(channels: Values) -> sa.ColumnElement[bool]:
    return (
        sa.select(contacts.c.id)
        .where(
            contacts.c.resident_id == residents.c.id,
            contacts.c.reachable,
            contacts.c.channel.in_(channels),
        )
        .exists()
    )


def _recipient(announcement_ids: Values) -> sa.ColumnElement[bool]:
    reached = sa.or_(deliveries.c.state == DeliveryState.SENT.value, deliveries.c.doubtful)
    return residents.c.id.in_(
        sa.select(deliveries.c.resident_id).where(
            deliveries.c.announcement_id.in_(announcement_ids), reached
        )
    )


def _person(resident_ids: Values) -> sa.ColumnElement[bool]:
    # Who was joined to somebody while this was being announced is told as who they are now.
    joined_to = sa.select(former_residents.c.resident_id).where(
        former_residents.c.former_id.in_(resident_ids)
    )
    return sa.or_(residents.c.id.in_(resident_ids), residents.c.id.in_(joined_to))


def _topic(codes: Values) -> sa.ColumnElement[bool]:
    return residents.c.id.in_(
        sa.select(topic_choices.c.resident_id).where(
            topic_choices.c.topic.in_(codes), topic_choices.c.choice == TopicChoice.FOLLOW.value
        )
    )


_CONDITIONS: Final[Mapping[Trait, Callable[[Any], sa.ColumnElement[bool]]]] = {
    Trait.TOOK_PART: _took_part,
    Trait.UNFINISHED_CYCLE: _unfinished_cycle,
    Trait.UNFINISHED: _unfinished,
    Trait.NOT_BEGUN: _not_begun,
    Trait.NOT_FINISHED: _not_finished,
    Trait.DISTRICT: _district,
    Trait.TOPIC: _topic,
    Trait.LANGUAGE: _language,
    Trait.ROLE: _role,
    Trait.CHANNEL: _channel,
    Trait.RECIPIENT: _recipient,
    Trait.PERSON: _person,
}
