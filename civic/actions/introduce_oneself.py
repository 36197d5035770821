"""What a person says of themselves: language, name, district, news, declaration."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from civic.model.refusal import Reason, Refused
from civic.model.resident import NewsChoice, Resident
from civic.model.text import LANGUAGES
from civic.ports import Work
from civic.rules.texts import one_line

NAME_LIMIT = 40
"""Characters in a display name."""


async def _change(
    work: Work, resident: Resident, changed: Callable[[Resident], Resident]
) -> Resident:
    """Store and return what `changed` makes of the person.

    It is given the person as stored now: another device may have changed something else.
    """
    async with work.write() as unit:
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
    """Want announcements at any hour, or by day only."""

    work: Work

    async def __call__(self, resident: Resident, *, any_hour: bool) -> Resident:
        """Return the changed person."""
        return await _change(self.work, resident, lambda one: replace(one, at_any_hour=any_hour))


@dataclass(frozen=True, slots=True)
class FollowTopic:
    """Follow a topic of ideas, so that news about it comes also to who wants only their own."""

    work: Work

    async def __call__(self, resident: Resident, topic: str, *, on: bool) -> None:
        """Begin or cease to follow; raises `Refused` with `NOT_FOUND` for an unknown topic."""
        async with self.work.write() as work:
            community = await work.communities.get(resident.community_id)
            if community is None or community.topic(topic) is None:
                raise Refused(Reason.NOT_FOUND)
            await work.residents.follow(resident.id, topic, on=on)
            await work.commit()


@dataclass(frozen=True, slots=True)
class ReadFollowed:
    """Read which topics a person follows."""

    work: Work

    async def __call__(self, resident: Resident) -> frozenset[str]:
        """Return their codes."""
        async with self.work.read() as work:
            return await work.residents.followed(resident.id)


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
