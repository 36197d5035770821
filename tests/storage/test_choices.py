"""What people choose holds when a copy leaves: hours, topics, which news, and on which channel."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from civic.actions.introduce_oneself import ChooseHours
from civic.model.announcement import (
    CHANNEL_OFF,
    Announcement,
    AnnouncementState,
    DeliveryState,
    NoticeKind,
)
from civic.model.audience import EVERYONE, Audience, Trait
from civic.model.community import Community
from civic.model.cycle import Cycle, StageKind
from civic.model.resident import ANY_HOUR, Hours, NewsChoice, Resident, TopicChoice
from civic.ports import UnitOfWork, Work
from civic.rules.quiet_hours import Instant, is_allowed, next_allowed
from civic.rules.sending import OFF_AFTER
from storage.database import Database
from storage.memory import Memory
from storage.repositories.announcements import SqlAnnouncements
from storage.repositories.hours import hours_from, hours_stored, opening, within_at
from storage.tables.news import deliveries
from storage.tables.people import contacts, residents
from storage.unit_of_work import SqlUnitOfWork
from tests.civic.cycles import ALMATY, cycle, local, stage_id, stored
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import MORNING, FrozenClock
from tests.interleaving import done_or_waiting
from tests.storage.ledger import ME, claim, fill, plan, states, tell


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A cycle to tell about."""
    return await stored(work, town.id, cycle())


@pytest.fixture
async def two(database: Database) -> AsyncIterator[tuple[UnitOfWork, UnitOfWork]]:
    """Two units of work open at the same time, which only PostgreSQL allows."""
    async with database.write() as one, database.write() as other:
        memory = Memory()
        yield SqlUnitOfWork(one, memory), SqlUnitOfWork(other, memory)


async def _wants(work: Work, person: Resident, hours: Hours) -> None:
    async with work.write() as unit:
        await unit.residents.save(replace(person, hours=hours))
        await unit.commit()


async def _claimed(work: Work, moment: datetime) -> list[int]:
    return [entry.resident_id for entry in await claim(work, moment)]


async def test_everyone_is_told_in_their_own_hours(
    work: Work, made: Cycle, resident: Meet, database: Database
) -> None:
    usual, ever, late, sundays = [await resident() for _person in range(4)]
    await _wants(work, ever, ANY_HOUR)
    await _wants(work, late, Hours(20, 2))
    await _wants(work, sundays, Hours(12, 20, sundays=True))
    saturday = local(2, 28, 23)
    announcement = await tell(work, made, saturday)
    assert await _claimed(work, saturday) == [ever.id, late.id]
    assert await _claimed(work, local(3, 1, 11)) == []
    assert await _claimed(work, local(3, 1, 12)) == [sundays.id]
    assert await _claimed(work, local(3, 2, 9)) == [usual.id]
    async with database.read() as connection:
        waited = await connection.execute(
            sa.select(deliveries.c.not_before).order_by(deliveries.c.resident_id)
        )
        moments = list(waited.scalars())
    assert moments == [local(3, 2, 9), saturday, saturday, local(3, 1, 12)]
    async with work.read() as unit:
        assert (await unit.announcements.progress(announcement, saturday)).resting == 0


async def test_hours_are_those_that_a_person_has_when_the_copy_leaves(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    later, earlier = await resident(), await resident()
    clock.set(local(3, 2, 12))
    announcement = await tell(work, made, clock.now(), "at noon")
    await _wants(work, later, Hours(18, 20))
    assert await _claimed(work, clock.now()) == [earlier.id]
    async with work.write() as unit:
        assert await unit.deliveries.put_off(clock.now(), 10) == 1
        assert await unit.deliveries.put_off(clock.now(), 10) == 0
        await unit.commit()
    async with work.read() as unit:
        assert (await unit.announcements.progress(announcement, clock.now())).resting == 1
    clock.set(local(3, 2, 17))
    assert await _claimed(work, clock.now()) == []
    await ChooseHours(work, clock)(later, ANY_HOUR)
    assert await _claimed(work, clock.now()) == [later.id]


async def test_who_is_put_off_is_told_when_their_hours_begin_again(
    work: Work, made: Cycle, resident: Meet
) -> None:
    people = [await resident() for _person in range(5)]
    await tell(work, made, local(3, 2, 20))
    night = local(3, 2, 21)
    for expected in (2, 2, 1, 0):
        async with work.write() as unit:
            assert await unit.deliveries.put_off(night, 2) == expected
            await unit.commit()
    assert await _claimed(work, local(3, 3, 8, 59)) == []
    assert await _claimed(work, local(3, 3, 9)) == [person.id for person in people]


async def test_the_database_and_the_rule_agree_on_every_hour_of_every_choice(
    database: Database, town: Community
) -> None:
    choices = [
        Hours(opens, closes, sundays=sundays)
        for opens in range(24)
        for closes in range(1, 25, 3)
        for sundays in (False, True)
        if opens != closes
    ]
    person = {"community_id": town.id, "language": "kk", "display_name": "", "news": "all"}
    person |= {"came_back": False, "greeted": True, "created_at": local(3, 1)}
    async with database.write() as connection:
        await connection.execute(
            sa.insert(residents), [{**person, **hours_stored(hours)} for hours in choices]
        )
        await connection.commit()
    async with database.read() as connection:
        for hour in range(0, 7 * 24, 5):
            moment = local(3, 2) + timedelta(hours=hour)
            is_open = within_at(residents, Instant.of(moment, ALMATY)).label("is_open")
            begins = opening(residents, moment, ALMATY).label("begins")
            for row in await connection.execute(sa.select(residents, is_open, begins)):
                hours = hours_from(row)
                assert bool(row.is_open) is is_allowed(moment, ALMATY, hours)
                if not row.is_open:
                    assert row.begins == next_allowed(moment, ALMATY, hours)


async def test_a_first_copy_on_its_way_is_noted_once(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    for _person in range(2):
        await resident()
    announcement = await tell(work, made, clock.now())

    async def begun() -> datetime | None:
        async with work.read() as unit:
            found = await unit.announcements.get(announcement)
        assert found is not None
        assert found.is_out is (found.begun_at is not None)
        return found.begun_at

    assert await begun() is None
    first = clock.now()
    await claim(work, first, 1)
    assert await begun() == first
    clock.move(timedelta(minutes=1))
    assert len(await claim(work, clock.now(), 1)) == 1
    assert await begun() == first


@ON_POSTGRES
async def test_what_is_being_taken_back_is_not_begun(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    two: tuple[UnitOfWork, UnitOfWork],
    database: Database,
) -> None:
    await resident()
    announcement = await tell(work, made, clock.now())
    organiser, sender = two
    assert await organiser.announcements.get(announcement, lock=True)
    async with asyncio.TaskGroup() as tasks:
        claiming = tasks.create_task(
            sender.deliveries.claim(ME, "test", 10, clock.now(), clock.now())
        )
        # The sender comes to the lock, or past it if there were none.
        await done_or_waiting(database, claiming)
        await organiser.announcements.call_back(announcement)
        await organiser.announcements.steer(
            announcement, AnnouncementState.TAKEN_BACK, clock.now()
        )
        await organiser.commit()
    assert claiming.result() == []


async def _clear(work: Work, limit: int) -> int | None:
    async with work.write() as unit:
        removed = await unit.announcements.clear(limit)
        await unit.commit()
    return removed


async def _take_back(work: Work, announcement: int, moment: datetime) -> None:
    async with work.write() as unit:
        await unit.announcements.call_back(announcement)
        await unit.announcements.steer(announcement, AnnouncementState.TAKEN_BACK, moment)
        await unit.commit()


async def test_what_was_taken_back_goes_in_parts_and_counts_no_more_from_the_first_moment(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    people = [await resident() for _person in range(5)]
    announcement = await tell(work, made, clock.now())
    await _take_back(work, announcement, clock.now())

    async with work.write() as unit:
        progress = await unit.announcements.progress(announcement, clock.now())
        assert (progress.total, await unit.announcements.left(announcement)) == (0, {})
        assert not await unit.announcements.of_resident(people[0].id, 1)
        assert not await unit.deliveries.waiting()
        assert await unit.announcements.clear(2) == 2
        # The process dies here: nothing is committed.
    assert await _clear(work, 2) == 2
    assert len(await states(database)) == 3
    assert [await _clear(work, 2), await _clear(work, 2), await _clear(work, 2)] == [2, 1, None]
    assert await states(database) == []


async def test_no_copy_of_what_was_taken_back_leaves_with_the_new_words(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    one, other = await resident(), await resident()
    announcement = await tell(work, made, clock.now())
    for chosen in (one, other):
        await _take_back(work, announcement, clock.now())
        async with work.write() as unit:
            only = EVERYONE.those(Trait.PERSON, chosen.id)
            await unit.announcements.replan(
                announcement, f"again for {chosen.id}", {}, only, clock.now()
            )
            await unit.commit()
    assert await _claimed(work, clock.now()) == []
    async with work.write() as unit:
        assert await unit.announcements.fill(10, clock.now(), ("test",)) is None
    assert await _clear(work, 10) == 2
    assert await fill(work, clock.now()) == [1]
    assert await _claimed(work, clock.now()) == [other.id]


@ON_POSTGRES
async def test_nobody_who_writes_copies_waits_for_a_joining(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    two: tuple[UnitOfWork, UnitOfWork],
) -> None:
    await resident()
    await plan(work, made, clock.now())
    joining, planner = two
    await joining.joining.begin()
    assert await planner.announcements.clear(1) is None
    assert await planner.announcements.fill(1, clock.now(), ()) is None
    await joining.commit()
    assert await planner.announcements.fill(1, clock.now(), ()) == 1


@ON_POSTGRES
async def test_the_first_copies_are_claimed_while_more_are_written(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    two: tuple[UnitOfWork, UnitOfWork],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [(await resident()).id for _person in range(2)]
    await plan(work, made, clock.now())
    planner, sender = two
    assert await planner.announcements.fill(1, clock.now(), ()) == 1
    await planner.commit()
    is_written, may_go_on = asyncio.Event(), asyncio.Event()
    note = SqlAnnouncements._change

    async def wait(self: SqlAnnouncements, announcement_id: int, **values: object) -> None:
        is_written.set()
        await may_go_on.wait()
        await note(self, announcement_id, **values)

    monkeypatch.setattr(SqlAnnouncements, "_change", wait)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        filling = tasks.create_task(planner.announcements.fill(1, clock.now(), ()))
        await is_written.wait()
        claimed = await sender.deliveries.claim(ME, "test", 10, clock.now(), clock.now())
        await sender.commit()
        may_go_on.set()
    await planner.commit()
    assert ([one.resident_id for one in claimed], filling.result()) == (people[:1], 1)
    assert await _claimed(work, clock.now()) == people[1:]


async def _serve(work: Work, moment: datetime) -> int:
    async with work.write() as unit:
        await unit.deliveries.serve(["test"], moment)
        given_up = await unit.deliveries.give_up_unserved(["web"], moment)
        await unit.commit()
    return given_up


async def test_what_waits_on_a_channel_that_is_off_moves_or_has_failed(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    moves, fails = await resident(), await resident()
    announcement = await tell(work, made, clock.now())
    async with database.write() as connection:
        await connection.execute(sa.update(deliveries).values(channel="web"))
        await connection.execute(
            sa.update(contacts).where(contacts.c.resident_id == fails.id).values(channel="web")
        )
        await connection.commit()
    assert await _serve(work, clock.now()) == 0
    assert await _serve(work, clock.now() + OFF_AFTER - timedelta(seconds=1)) == 0
    later = clock.now() + OFF_AFTER
    assert await _serve(work, later) == 2
    assert await states(database) == [
        (moves.id, "pending", 0, ""),
        (fails.id, "failed", 0, CHANNEL_OFF),
    ]
    assert [entry.resident_id for entry in await claim(work, clock.now())] == [moves.id]
    async with work.write() as unit:
        progress = await unit.announcements.progress(announcement, later)
        assert progress.because(CHANNEL_OFF) == 1
        assert progress.reasons == {(DeliveryState.FAILED, CHANNEL_OFF): 1}
        # An organiser can try again once the channel is back.
        assert await unit.announcements.retry_failed(announcement, later) == 1


# Which news people want.


async def _reached(work: Work, made: Cycle, audience: Audience) -> int:
    async with work.read() as unit:
        return sum((await unit.announcements.reach(made.community_id, audience, made.id)).values())


async def _choose(work: Work, person: Resident, **choices: TopicChoice) -> None:
    async with work.write() as unit:
        for topic, choice in choices.items():
            await unit.residents.choose_topic(person.id, topic, choice)
        await unit.commit()


FOLLOW, MUTE, USUAL = TopicChoice.FOLLOW, TopicChoice.MUTE, TopicChoice.USUAL


@pytest.mark.parametrize(
    ("news", "sport", "roads", "one", "both"),
    [
        (NewsChoice.ALL, USUAL, USUAL, True, True),
        (NewsChoice.ALL, MUTE, USUAL, False, True),
        (NewsChoice.ALL, MUTE, MUTE, False, False),
        (NewsChoice.ALL, USUAL, MUTE, True, True),
        (NewsChoice.MINE, USUAL, USUAL, False, False),
        (NewsChoice.MINE, FOLLOW, USUAL, True, True),
        (NewsChoice.MINE, MUTE, FOLLOW, False, True),
        (NewsChoice.NONE, FOLLOW, USUAL, False, False),
    ],
)
async def test_what_news_is_about_decides_for_whom_it_is(
    work: Work,
    made: Cycle,
    resident: Meet,
    news: NewsChoice,
    sport: TopicChoice,
    roads: TopicChoice,
    *,
    one: bool,
    both: bool,
) -> None:
    person = await resident()
    async with work.write() as unit:
        await unit.residents.save(replace(person, news=news))
        await unit.commit()
    await _choose(work, person, sport=sport, roads=roads)
    assert await _reached(work, made, EVERYONE.about("sport")) == one
    assert await _reached(work, made, EVERYONE.about("sport", "roads")) == both


async def test_results_are_owed_to_who_took_part_though_they_muted_them(
    work: Work, made: Cycle, resident: Meet
) -> None:
    voted, only_looked, had_an_idea, did_not = [await resident() for _person in range(4)]
    vote = stage_id(made, StageKind.VOTING)
    async with work.write() as unit:
        await unit.engagements.finish(vote, voted.id)
        await unit.engagements.begin(vote, only_looked.id)
        await unit.engagements.finish(stage_id(made, StageKind.IDEAS), had_an_idea.id)
        await unit.commit()
    for person in (voted, only_looked, had_an_idea, did_not):
        await _choose(work, person, voting=MUTE)
    assert await _reached(work, made, EVERYONE.about("voting")) == 0
    results = EVERYONE.about("voting", owed=vote)
    assert await _reached(work, made, results) == 1
    async with work.read() as unit:
        people = [voted.id, only_looked.id, had_an_idea.id, did_not.id]
        announcement = Announcement(
            *(1, made.community_id, made.id, vote, NoticeKind.RESULTS, {}, MORNING),
            audience=Audience.read(results.stored()),
        )
        assert await unit.deliveries.unwanted(announcement, people) == {*people[1:]}
    assert await _reached(work, made, EVERYONE) == 4


async def test_whoever_wants_only_their_own_news_is_told_of_all_of_a_cycle_but_what_they_muted(
    work: Work, made: Cycle, resident: Meet
) -> None:
    hears, mutes = await resident(), await resident()
    async with work.write() as unit:
        for person in (hears, mutes):
            await unit.engagements.begin(stage_id(made, StageKind.IDEAS), person.id)
            await unit.residents.save(replace(person, news=NewsChoice.MINE))
        await unit.commit()
    await _choose(work, mutes, voting=MUTE)
    vote = stage_id(made, StageKind.VOTING)
    assert await _reached(work, made, EVERYONE.about("ideas")) == 2
    assert await _reached(work, made, EVERYONE.about("voting", owed=vote)) == 1


async def test_who_changes_their_mind_before_the_copy_leaves_is_heeded(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    people = [await resident() for _person in range(5)]
    keeps, none, mine, mutes, unfollows = people
    await _choose(work, unfollows, sport=FOLLOW)
    announcement = await tell(work, made, clock.now(), audience=EVERYONE.about("sport"))
    for person, news in ((none, NewsChoice.NONE), (mine, NewsChoice.MINE)):
        async with work.write() as unit:
            await unit.residents.save(replace(person, news=news))
            await unit.commit()
    await _choose(work, mutes, sport=MUTE)
    await _choose(work, unfollows, sport=USUAL)
    ids = [person.id for person in people]
    async with work.read() as unit:
        found = await unit.announcements.get(announcement)
        assert found is not None
        unwanted = await unit.deliveries.unwanted(found, ids)
        known = await unit.deliveries.addressees(ids)
        followers = replace(found, audience=EVERYONE.those(Trait.TOPIC, "sport"))
        assert await unit.deliveries.unwanted(followers, [unfollows.id]) == {unfollows.id}
    assert unwanted == {none.id, mine.id, mutes.id}
    assert [known[each].chooses_topics for each in ids] == [False, False, False, True, False]
    assert keeps.id not in unwanted
