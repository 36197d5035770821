"""Meeting people, and what they say of themselves."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from civic.actions.introduce_oneself import (
    NAME_LIMIT,
    ChooseDistrict,
    ChooseHours,
    ChooseLanguage,
    ChooseName,
    ChooseNews,
    ChooseTopic,
    FinishGreeting,
    ReadTopicChoices,
)
from civic.actions.meet_resident import LoseContact, MeetResident, Recognise
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Hours, NewsChoice, Resident, Role, TopicChoice
from civic.model.text import in_language
from civic.model.topics import CommonTopic
from civic.ports import Work
from storage.database import Database
from storage.tables.people import contacts
from tests.conftest import Meet
from tests.fakes import FrozenClock, Steady


async def stored(work: Work, resident: Resident) -> Resident:
    async with work.read() as unit:
        found = await unit.residents.get(resident.id)
    assert found is not None
    return found


async def test_an_address_is_one_person(work: Work, town: Community, clock: FrozenClock) -> None:
    meet = MeetResident(work, clock)
    first, contact = await meet("webchat", "abc", "ru")
    again, same = await meet("webchat", "abc", "kk")
    other, _ = await meet("telegram", "abc", "kk", 77)
    assert first == again
    assert contact == same
    assert contact.chat_id == contact.id
    assert other.id != first.id
    assert first.language == "ru"
    assert first.community_id == town.id


async def test_without_a_town_nobody_can_come_in(work: Work, clock: FrozenClock) -> None:
    with pytest.raises(Refused) as refusal:
        await MeetResident(work, clock)("webchat", "abc", "ru")
    assert refusal.value.reason is Reason.NOT_FOUND


async def test_who_never_wrote_is_not_recognised(
    work: Work, town: Community, clock: FrozenClock
) -> None:
    assert town.id
    assert await Recognise(work, clock, Steady())("telegram", 1) is None


async def test_who_blocked_the_service_can_be_reached_when_they_write_again(
    work: Work, town: Community, clock: FrozenClock
) -> None:
    resident, _ = await MeetResident(work, clock)("telegram", "7", "ru", 7)
    await LoseContact(work)("telegram", 7)
    async with work.read() as unit:
        assert [contact.reachable for contact in await unit.residents.contacts(resident.id)] == [
            False
        ]
    returned = replace(resident, news=NewsChoice.NONE, came_back=True)
    for _time in range(2):
        found = await Recognise(work, clock, Steady())("telegram", 7)
        assert found is not None
        assert found[:2] == (returned, town)
    async with work.read() as unit:
        assert [contact.reachable for contact in await unit.residents.contacts(resident.id)] == [
            True
        ]


async def test_who_wanted_no_news_is_not_asked_again_after_blocking(
    work: Work, town: Community, clock: FrozenClock
) -> None:
    quiet, _ = await MeetResident(work, clock)("telegram", "7", "ru", 7)
    quiet = await ChooseNews(work)(quiet, NewsChoice.NONE)
    await LoseContact(work)("telegram", 7)
    found = await Recognise(work, clock, Steady())("telegram", 7)
    assert found is not None
    assert found[:2] == (quiet, town)


async def test_of_each_topic_one_thing_is_chosen_and_only_of_those_there_are(
    work: Work, resident: Meet
) -> None:
    person = await resident()
    choose, read = ChooseTopic(work), ReadTopicChoices(work)
    for choice in (TopicChoice.FOLLOW, TopicChoice.FOLLOW, TopicChoice.MUTE):
        await choose(person, "sport", choice)
        assert await read(person) == {"sport": choice}
    for _time in range(2):
        await choose(person, "sport", TopicChoice.USUAL)
    assert await read(person) == {}
    await choose(person, CommonTopic.VOTING, TopicChoice.MUTE)
    assert await read(person) == {"stages:voting": TopicChoice.MUTE}
    with pytest.raises(Refused):
        await choose(person, "moon", TopicChoice.FOLLOW)


@pytest.mark.parametrize("hours", [Hours(24, 9), Hours(9, 25), Hours(9, 0), Hours(9, 9)])
async def test_hours_are_those_of_a_day(
    work: Work, clock: FrozenClock, resident: Meet, hours: Hours
) -> None:
    with pytest.raises(Refused):
        await ChooseHours(work, clock)(await resident(), hours)


async def test_everything_chosen_is_kept_and_nothing_else_is_lost(
    work: Work, clock: FrozenClock, resident: Meet
) -> None:
    person = await resident("kk")
    old = person
    await ChooseName(work)(person, "  Айгүл \n Сәкен ")
    await ChooseLanguage(work)(old, "ru")
    await ChooseDistrict(work)(old, "east")
    await ChooseNews(work)(old, NewsChoice.MINE)
    await ChooseHours(work, clock)(old, Hours(20, 2, sundays=True))
    changed = await FinishGreeting(work)(old)
    assert changed == await stored(work, person)
    assert changed == replace(
        person,
        display_name="Айгүл Сәкен",
        language="ru",
        district="east",
        news=NewsChoice.MINE,
        hours=Hours(20, 2, sundays=True),
        greeted=True,
    )
    assert (await ChooseDistrict(work)(changed, None)).district is None
    assert (await ChooseName(work)(changed, "")).display_name == ""


async def test_a_name_has_room_for_forty_characters(work: Work, resident: Meet) -> None:
    person = await resident()
    await ChooseName(work)(person, "ә" * NAME_LIMIT)
    with pytest.raises(Refused) as refusal:
        await ChooseName(work)(person, "ә" * (NAME_LIMIT + 1))
    assert refusal.value.reason is Reason.NAME_TOO_LONG
    assert refusal.value.facts == {"length": NAME_LIMIT + 1, "limit": NAME_LIMIT}


async def test_what_does_not_exist_cannot_be_chosen(work: Work, resident: Meet) -> None:
    person = await resident()
    with pytest.raises(Refused):
        await ChooseLanguage(work)(person, "de")
    with pytest.raises(Refused):
        await ChooseDistrict(work)(person, "moon")
    with pytest.raises(Refused):
        await ChooseNews(work)(replace(person, id=person.id + 1000), NewsChoice.ALL)


async def test_a_role_is_held_by_who_was_given_it(work: Work, resident: Meet) -> None:
    person = await resident()
    async with work.write() as unit:
        await unit.residents.grant(person.id, Role.ORGANISER)
        await unit.residents.grant(person.id, Role.ORGANISER)
        await unit.residents.grant(person.id, Role.MODERATOR)
        await unit.commit()
    async with work.read() as unit:
        assert await unit.residents.anyone_holds(person.community_id, Role.ORGANISER)
        assert not await unit.residents.anyone_holds(person.community_id + 1, Role.ORGANISER)
    found = await stored(work, person)
    assert found.has(Role.ORGANISER)
    assert found == person.with_role(Role.ORGANISER).with_role(Role.MODERATOR)
    assert not person.has(Role.ORGANISER)


def test_a_text_that_is_missing_in_a_language_is_shown_in_another() -> None:
    assert in_language({"ru": "Парк"}, "en") == "Парк"
    assert in_language({"ru": "Парк", "kk": "Саябақ"}, "en") == "Саябақ"
    assert in_language({}, "kk") == ""


async def test_who_writes_from_an_older_address_is_told_there_from_now_on(
    work: Work, town: Community, clock: FrozenClock, database: Database
) -> None:
    assert town.id
    _, contact = await MeetResident(work, clock)("telegram", "abc", "kk", 77)
    async with database.write() as connection:
        await connection.execute(sa.update(contacts).values(latest=False))
        await connection.commit()
    async with work.read() as unit:
        before = await unit.residents.behind("telegram", 77)
    assert before is not None
    assert not before[1].latest

    found = await Recognise(work, clock, Steady())("telegram", 77)

    assert found is not None
    async with work.read() as unit:
        again = await unit.residents.behind("telegram", 77)
    assert again is not None
    assert (again[1].id, again[1].latest) == (contact.id, True)
