"""What a person says of themselves: language, name, district, news, declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Hours, NewsChoice, Resident, TopicChoice
from civic.model.text import LANGUAGES
from civic.model.topics import CommonTopic
from civic.ports import Clock, Work
from civic.rules.quiet_hours import next_allowed
from civic.rules.texts import one_line

NAME_LIMIT = 40
"""Characters in a display name."""
_HOURS = 24


async def _change(
    work: Work, resident: Resident, changed: Callable[[Resident], Resident]
) -> Resident:
    """Store and return what `changed` makes of the person.

    It is given the person as stored now: another device may have changed something else.
    """
    async with work.write() as unit:
        await unit.residents.hold(resident.id)
        stored = await unit.residents.get(resident.id)
        if stored is None:
            raise Refused(Reason.NOT_FOUND)
        after = changed(stored)
        await unit.residents.save(after)
        await unit.commit()
    return after


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """Speak another language from now on."""

    work: Work

    async def __call__(self, resident: Resident, language: str) -> Resident:
        """Return the changed person; raises `Refused` with `NOT_FOUND` for an unknown language."""
        if language not in LANGUAGES:
            raise Refused(Reason.NOT_FOUND)
        return await _change(self.work, resident, lambda one: replace(one, language=language))


@dataclass(frozen=True, slots=True)
class ChooseName:
    """Take a display name that others will see."""

    work: Work

    async def __call__(self, resident: Resident, name: str) -> Resident:
        """Return the changed person; an empty `name` brings «Resident 1234» back.

        Raises `Refused` with `NAME_TOO_LONG`.
        """
        chosen = one_line(name)
        if len(chosen) > NAME_LIMIT:
            raise Refused(Reason.NAME_TOO_LONG, length=len(chosen), limit=NAME_LIMIT)
        return await _change(self.work, resident, lambda one: replace(one, display_name=chosen))


@dataclass(frozen=True, slots=True)
class ChooseDistrict:
    """Say in which part of the town one lives, or take it back."""

    work: Work

    async def __call__(self, resident: Resident, district: str | None) -> Resident:
        """Return the changed person; raises `Refused` with `NOT_FOUND` for an unknown district."""
        async with self.work.read() as work:
            community = await work.communities.get(resident.community_id)
        if district is not None and (community is None or community.district(district) is None):
            raise Refused(Reason.NOT_FOUND)
        return await _change(self.work, resident, lambda one: replace(one, district=district))


@dataclass(frozen=True, slots=True)
class ChooseNews:
    """Want all announcements, only those that concern oneself, or none."""

    work: Work

    async def __call__(self, resident: Resident, choice: NewsChoice) -> Resident:
        """Return the changed person, who need not be asked about the news any more."""
        return await _change(
            self.work, resident, lambda one: replace(one, news=choice, came_back=False)
        )


@dataclass(frozen=True, slots=True)
class ChooseHours:
    """Choose when to be told news; what waits for other hours comes in these."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, hours: Hours) -> Resident:
        """Return the changed person; raises `Refused` with `NOT_FOUND` for hours that are none."""
        is_known = 0 <= hours.opens < _HOURS and 0 < hours.closes <= _HOURS
        now = self.clock.now()
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            stored = await work.residents.get(resident.id)
            town = await work.communities.get(resident.community_id)
            if stored is None or town is None or not is_known or hours.opens == hours.closes:
                raise Refused(Reason.NOT_FOUND)
            changed = replace(stored, hours=hours)
            await work.residents.save(changed)
            begins = next_allowed(now, town.zone, hours)
            await work.deliveries.hours_changed(resident.id, begins)
            await work.commit()
        return changed


@dataclass(frozen=True, slots=True)
class ChooseTopic:
    """Follow a topic, want of it what one wants of all news, or mute it."""

    work: Work

    async def __call__(self, resident: Resident, topic: str, choice: TopicChoice) -> None:
        """Store the choice; raises `Refused` with `NOT_FOUND` for an unknown topic."""
        async with self.work.write() as work:
            community = await work.communities.get(resident.community_id)
            if community is None or topic not in topics_of(community):
                raise Refused(Reason.NOT_FOUND)
            await work.residents.choose_topic(resident.id, topic, choice)
            await work.commit()


def topics_of(community: Community) -> tuple[str, ...]:
    """Return the codes of what news in a town can be about: the common ones, then its own."""
    return (*CommonTopic, *(topic.code for topic in community.topics))


@dataclass(frozen=True, slots=True)
class ReadTopicChoices:
    """Read what a person wants of each topic."""

    work: Work

    async def __call__(self, resident: Resident) -> Mapping[str, TopicChoice]:
        """Return their choices by the topic's code, the usual left out."""
        async with self.work.read() as work:
            return await work.residents.topic_choices(resident.id)


@dataclass(frozen=True, slots=True)
class NoteAsked:
    """Note that somebody who came back was asked about the news, so that it is asked once."""

    work: Work

    async def __call__(self, resident: Resident) -> Resident:
        """Return the changed person."""
        return await _change(self.work, resident, lambda one: replace(one, came_back=False))


@dataclass(frozen=True, slots=True)
class FinishGreeting:
    """Note that the first conversation is over, so that it is not held again."""

    work: Work

    async def __call__(self, resident: Resident) -> Resident:
        """Return the changed person."""
        return await _change(self.work, resident, lambda one: replace(one, greeted=True))
