"""Each copy is claimed by one sender, settled once, and taken over when its sender dies."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from civic.model.announcement import (
    AnnouncementState,
    Delivery,
    DeliveryState,
    NoticeKind,
    Outcome,
)
from civic.model.audience import EVERYONE, Trait
from civic.model.broadcast import Broadcast
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.model.resident import NewsChoice
from civic.ports import UnitOfWork, Work
from storage.database import Database
from storage.memory import Memory
from storage.tables.news import deliveries
from storage.unit_of_work import SqlUnitOfWork
from tests.civic.cycles import cycle, local, stored
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import FrozenClock
from tests.interleaving import Interruption
from tests.storage.ledger import ME, begin, claim, fill, plan, send, settle, states, tell

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LEASE = timedelta(seconds=10)


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A cycle to tell about."""
    return await stored(work, town.id, cycle())


async def _beat(work: Work, clock: FrozenClock, worker: str) -> tuple[int, int]:
    async with work.write() as unit:
        beaten = await unit.deliveries.beat(worker, clock.now(), clock.now() - LEASE)
        await unit.commit()
    return beaten


async def test_a_delivery_is_claimed_once(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    people = [await resident() for _person in range(5)]
    await tell(work, made, clock.now())
    first, second = await claim(work, clock.now(), 3), await claim(work, clock.now(), 3)
    assert (len(first), len(second)) == (3, 2)
    claimed = [delivery.resident_id for delivery in [*first, *second]]
    assert claimed == [person.id for person in people]
    assert await claim(work, clock.now()) == []


@pytest.fixture
async def two(database: Database) -> AsyncIterator[tuple[UnitOfWork, UnitOfWork]]:
    """Two units of work open at the same time, which only PostgreSQL allows."""
    async with database.write() as one, database.write() as other:
        memory = Memory()
        yield SqlUnitOfWork(one, memory), SqlUnitOfWork(other, memory)


@ON_POSTGRES
async def test_senders_at_the_same_moment_claim_different_people_without_waiting(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    two: tuple[UnitOfWork, UnitOfWork],
    database: Database,
) -> None:
    people = [await resident() for _person in range(4)]
    await tell(work, made, clock.now())
    await begin(database, clock.now())
    one, other = two
    first = await one.deliveries.claim("one", "test", 2, clock.now(), clock.now())
    second = await other.deliveries.claim("other", "test", 10, clock.now(), clock.now())
    assert [delivery.resident_id for delivery in [*first, *second]] == [
        person.id for person in people
    ]


async def test_an_uncommitted_claim_is_no_claim(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await tell(work, made, clock.now())
    async with work.write() as unit:
        assert len(await unit.deliveries.claim(ME, "test", 10, clock.now(), clock.now())) == 1
    assert len(await claim(work, clock.now())) == 1


async def test_a_short_list_is_not_made_to_wait_behind_a_long_one(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    people = [await resident() for _person in range(3)]
    long = await tell(work, made, clock.now(), "long")
    for_one = EVERYONE.those(Trait.PERSON, people[2].id)
    short = await tell(work, made, clock.now(), "short", for_one)
    claimed = await claim(work, clock.now(), 2)
    assert [(entry.announcement_id, entry.resident_id) for entry in claimed] == [
        (short, people[2].id),
        (long, people[2].id),
        (long, people[0].id),
    ]


async def test_a_settled_delivery_is_not_claimed_again(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    final = (
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.BLOCKED,
        DeliveryState.SKIPPED,
    )
    for _state in final:
        await resident()
    await tell(work, made, clock.now())
    claimed = await claim(work, clock.now())
    outcomes = [Outcome(delivery, state) for delivery, state in zip(claimed, final, strict=True)]
    await settle(work, clock.now(), *outcomes)
    clock.move(timedelta(days=1))
    assert await claim(work, clock.now()) == []
    assert [state for _person, state, _attempts, _error in await states(database)] == [
        state.value for state in final
    ]


async def test_what_failed_is_tried_again_at_its_time(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await tell(work, made, clock.now())
    (delivery,) = await claim(work, clock.now())
    later = clock.now() + timedelta(seconds=15)
    await settle(work, clock.now(), Outcome(delivery, DeliveryState.PENDING, "502", later))
    assert await states(database) == [(person.id, "pending", 1, "502")]
    clock.move(timedelta(seconds=14))
    assert await claim(work, clock.now()) == []
    clock.move(timedelta(seconds=1))
    (again,) = await claim(work, clock.now())
    assert (again.resident_id, again.attempts) == (person.id, 2)


async def test_a_claim_given_back_is_no_attempt(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await tell(work, made, clock.now())
    (delivery,) = await claim(work, clock.now())
    given_back = Outcome(delivery, DeliveryState.PENDING, tried=False)
    await settle(work, clock.now(), given_back)
    assert await claim(work, clock.now()) == [delivery]


async def test_a_copy_can_be_handed_to_another_channel(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await tell(work, made, clock.now())
    (delivery,) = await claim(work, clock.now())
    moved = Outcome(delivery, DeliveryState.PENDING, tried=False, channel="web")
    await settle(work, clock.now(), moved)
    assert await claim(work, clock.now()) == []
    assert await claim(work, clock.now(), channel="web") == [delivery]


async def test_what_became_of_many_is_noted_for_each(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    for _person in range(6):
        await resident()
    await tell(work, made, clock.now())
    claimed = await claim(work, clock.now())
    later = clock.now() + timedelta(seconds=15)
    became = [
        (DeliveryState.SENT, "", None),
        (DeliveryState.PENDING, "502", later),
        (DeliveryState.SENT, "", None),
        (DeliveryState.PENDING, "502", later + timedelta(seconds=1)),
        (DeliveryState.PENDING, "500", later),
        (DeliveryState.FAILED, "400", None),
    ]
    outcomes = [Outcome(entry, *one) for entry, one in zip(claimed, became, strict=True)]
    await settle(work, clock.now(), *outcomes)
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(deliveries.c.state, deliveries.c.error, deliveries.c.not_before).order_by(
                deliveries.c.resident_id
            )
        )
        assert [tuple(row) for row in rows] == [
            (state.value, error, moment or clock.now()) for state, error, moment in became
        ]


async def test_only_the_sender_who_claimed_may_settle(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await tell(work, made, clock.now())
    (delivery,) = await claim(work, clock.now())
    sent = Outcome(delivery, DeliveryState.SENT)
    await settle(work, clock.now(), sent, worker="another")
    assert await states(database) == [(person.id, "sending", 1, "")]
    await settle(work, clock.now(), sent)
    assert await states(database) == [(person.id, "sent", 1, "")]


async def test_what_a_dead_sender_had_in_flight_is_taken_over_and_marked_as_doubtful(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person, _other = await resident(), await resident()
    announcement = await tell(work, made, clock.now())
    assert await _beat(work, clock, ME) == (1, 0)
    assert await _beat(work, clock, "another") == (2, 0)
    (delivery,) = await claim(work, clock.now(), 1)
    await claim(work, clock.now(), 1, worker="another")
    clock.move(LEASE - timedelta(seconds=1))
    assert await _beat(work, clock, "another") == (2, 0)
    clock.move(timedelta(seconds=1))
    assert await _beat(work, clock, "another") == (1, 1)
    assert (await states(database))[0] == (person.id, "pending", 1, "interrupted")
    async with work.read() as unit:
        assert (await unit.announcements.progress(announcement, clock.now())).doubtful == 1
    # The dead process comes back to life: its word does not count any more.
    await settle(work, clock.now(), Outcome(delivery, DeliveryState.SENT))
    assert await claim(work, clock.now()) == [Delivery(announcement, person.id, 2)]


async def test_a_sender_that_left_is_not_counted(work: Work, clock: FrozenClock) -> None:
    await _beat(work, clock, "another")
    async with work.write() as unit:
        await unit.deliveries.leave("another")
        await unit.commit()
    assert await _beat(work, clock, ME) == (1, 0)


async def test_an_announcement_is_done_when_nothing_of_it_waits_or_flies(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await resident()
    announcement = await plan(work, made, clock.now())

    async def finished() -> int:
        async with work.write() as unit:
            count = await unit.deliveries.finish(clock.now())
            await unit.commit()
        return count

    assert await finished() == 0
    await fill(work, clock.now())
    first, second = await claim(work, clock.now())
    await settle(work, clock.now(), Outcome(first, DeliveryState.SENT))
    assert await finished() == 0
    later = clock.now() + timedelta(minutes=1)
    await settle(work, clock.now(), Outcome(second, DeliveryState.PENDING, "502", later))
    assert await finished() == 0
    clock.move(timedelta(minutes=1))
    await send(work, clock.now())
    assert await finished() == 1
    async with work.read() as unit:
        done = await unit.announcements.get(announcement)
    assert done is not None
    assert (done.state, done.finished_at) == (AnnouncementState.DONE, clock.now())


async def test_a_pause_is_known_to_all_senders(work: Work, clock: FrozenClock) -> None:
    later = clock.now() + timedelta(seconds=30)
    async with work.write() as unit:
        assert await unit.deliveries.paused_until("telegram") is None
        await unit.deliveries.pause("telegram", clock.now())
        await unit.deliveries.pause("telegram", later)
        await unit.deliveries.pause("telegram", clock.now())
        await unit.commit()
    async with work.read() as unit:
        assert await unit.deliveries.paused_until("telegram") == later
        assert await unit.deliveries.paused_until("web") is None


async def test_the_queue_of_each_channel_can_be_counted(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await resident()
    announcement = await tell(work, made, clock.now())
    await claim(work, clock.now(), 1)
    async with work.write() as unit:
        assert await unit.deliveries.waiting() == {"test": 1}
        await unit.announcements.steer(announcement, AnnouncementState.PAUSED, clock.now())
        assert await unit.deliveries.waiting() == {}


@ON_SQLITE
async def test_the_queue_is_found_by_its_index(database: Database) -> None:
    async with database.read() as connection:
        plan_of = await connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT resident_id FROM deliveries WHERE announcement_id = 1"
            " AND channel = 'test' AND state = 'pending' AND not_before <= '2026'"
            " ORDER BY not_before, resident_id LIMIT 16"
        )
        steps = [str(row.detail) for row in plan_of]
    assert any("ix_deliveries_due" in step for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps)


async def test_addressees_are_read_for_many_people_at_once(
    work: Work, resident: Meet, database: Database
) -> None:
    kazakh, russian, lost = await resident("kk"), await resident("ru"), await resident("en")
    async with database.write() as connection:
        await connection.execute(
            sa.text("UPDATE contacts SET reachable = false WHERE resident_id = :person"),
            {"person": lost.id},
        )
        await connection.commit()
    async with work.read() as unit:
        found = await unit.deliveries.addressees([kazakh.id, russian.id, lost.id, 404])
    assert set(found) == {kazakh.id, russian.id, lost.id}
    assert [found[person.id].language for person in (kazakh, russian)] == ["kk", "ru"]
    assert [contact.address for contact in found[kazakh.id].contacts] == ["address-1"]
    assert found[lost.id].contacts == ()
    assert found[kazakh.id].news is NewsChoice.ALL
    assert not found[kazakh.id].chooses_topics


async def test_all_that_is_due_to_a_person_is_claimed_together(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    people = [await resident() for _person in range(3)]
    first = await tell(work, made, clock.now(), "first")
    second = await tell(work, made, clock.now(), "second")
    for_one = EVERYONE.those(Trait.PERSON, people[0].id)
    third = await tell(work, made, clock.now(), "third", for_one)
    claimed = [
        [(entry.resident_id, entry.announcement_id) for entry in await claim(work, clock.now(), 2)]
        for _time in range(3)
    ]
    one, two, three = (person.id for person in people)
    # The third announcement has the fewest recipients; what goes along follows it.
    assert claimed == [
        [(one, third), (one, first), (one, second), (two, first), (two, second)],
        [(three, first), (three, second)],
        [],
    ]


async def test_what_waits_for_a_later_attempt_or_another_channel_does_not_go_along(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await tell(work, made, clock.now(), "first")
    (failed,) = await claim(work, clock.now())
    later = clock.now() + timedelta(minutes=1)
    await settle(work, clock.now(), Outcome(failed, DeliveryState.PENDING, "502", later))
    moved = await tell(work, made, clock.now(), "second")
    (delivery,) = await claim(work, clock.now())
    assert delivery.announcement_id == moved
    other = Outcome(delivery, DeliveryState.PENDING, tried=False, channel="web")
    await settle(work, clock.now(), other)
    third = await tell(work, made, clock.now(), "third")
    assert [entry.announcement_id for entry in await claim(work, clock.now())] == [third]


async def test_what_fell_due_a_moment_ago_comes_along_but_does_not_come_first(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    one, _other = await resident(), await resident()
    for_one = EVERYONE.those(Trait.PERSON, one.id)
    older = await tell(work, made, clock.now(), "older", for_one)
    ripe = clock.now()
    clock.move(timedelta(seconds=1))
    younger = await tell(work, made, clock.now(), "younger")
    claimed = await claim(work, clock.now(), ripe=ripe)
    assert [(entry.announcement_id, entry.resident_id) for entry in claimed] == [
        (older, one.id),
        (younger, one.id),
    ]
    assert await claim(work, clock.now(), ripe=ripe) == []
    assert len(await claim(work, clock.now())) == 1


async def test_nothing_goes_out_while_other_news_is_being_written(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await tell(work, made, clock.now(), "first")
    await plan(work, made, clock.now(), "second")
    assert await claim(work, clock.now()) == []
    await fill(work, clock.now())
    assert len(await claim(work, clock.now())) == 2


async def test_when_the_day_begins_news_waits_for_what_begins_with_it(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    clock.set(local(3, 1, 12))
    await tell(work, made, clock.now())
    clock.set(local(3, 2, 9))
    moment = timedelta(seconds=5)
    assert await claim(work, clock.now(), ripe=clock.now() - moment) == []
    clock.move(moment)
    assert len(await claim(work, clock.now(), ripe=clock.now() - moment)) == 1


async def test_a_photo_goes_alone_and_waits_for_nothing(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    async with work.write() as unit:
        photo = await unit.pictures.add(b"jpeg", "image/jpeg", clock.now())
        pictured = await unit.announcements.plan(
            *("photo", made.community_id, None, None, NoticeKind.BROADCAST),
            *(Broadcast({"kk": "a"}, photo=photo).parameters(), clock.now()),
        )
        await unit.commit()
    await fill(work, clock.now())
    ripe = clock.now() - timedelta(seconds=5)
    told = await tell(work, made, clock.now(), "words")
    claimed = await claim(work, clock.now(), ripe=ripe)
    assert [entry.announcement_id for entry in claimed] == [pictured]
    assert [entry.announcement_id for entry in await claim(work, clock.now())] == [told]


@ON_POSTGRES
async def test_senders_at_the_same_moment_do_not_split_what_is_due_to_a_person(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    two: tuple[UnitOfWork, UnitOfWork],
    database: Database,
) -> None:
    people = [await resident() for _person in range(4)]
    told = [await tell(work, made, clock.now(), key) for key in ("first", "second")]
    await begin(database, clock.now())
    one, other = two
    first = await one.deliveries.claim("one", "test", 2, clock.now(), clock.now())
    second = await other.deliveries.claim("other", "test", 10, clock.now(), clock.now())
    for claimed, whose in ((first, people[:2]), (second, people[2:])):
        assert sorted((entry.resident_id, entry.announcement_id) for entry in claimed) == [
            (person.id, announcement) for person in whose for announcement in told
        ]


@ON_POSTGRES
async def test_who_is_just_being_dealt_with_is_left_to_the_sender_who_does_so(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
) -> None:
    busy, free = await resident(), await resident()
    first = await tell(work, made, clock.now(), "first")
    second = await tell(work, made, clock.now(), "second")
    async with database.write() as other_sender:
        await other_sender.execute(
            sa.text(
                "SELECT 1 FROM deliveries WHERE announcement_id = :first"
                " AND resident_id = :busy FOR UPDATE"
            ),
            {"first": first, "busy": busy.id},
        )
        claimed = await claim(work, clock.now())
    assert [(entry.resident_id, entry.announcement_id) for entry in claimed] == [
        (free.id, first),
        (free.id, second),
    ]
    assert len(await claim(work, clock.now())) == 2


async def test_what_went_together_says_so(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    person = await resident()
    for key in ("first", "second", "third"):
        await tell(work, made, clock.now(), key)
    first, second, third = await claim(work, clock.now())
    head = first.announcement_id
    await settle(
        *(work, clock.now()),
        Outcome(first, DeliveryState.SENT, digest=head),
        Outcome(second, DeliveryState.SENT, digest=head),
        Outcome(third, DeliveryState.SENT),
    )
    async with work.read() as unit:
        records = await unit.announcements.records_of(person.id, 3)
        progress = [
            await unit.announcements.progress(entry.announcement_id, clock.now())
            for entry in (first, second, third)
        ]
    assert [record.digest for record in records] == [None, head, head]
    assert [found.together for found in progress] == [1, 1, 0]


@ON_POSTGRES
async def test_what_a_sender_claims_who_has_just_come_is_theirs(
    interruptions: AsyncIterator[Interruption],
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
) -> None:
    await resident()
    number = 0

    async def come() -> Sequence[Delivery]:
        await _beat(work, clock, f"newcomer {number}")
        return await claim(work, clock.now(), worker=f"newcomer {number}")

    async for moment in interruptions:
        number += 1
        await tell(work, made, clock.now(), f"key {number}")
        (_, taken_over), claimed = await moment.meet(_beat(work, clock, ME), come())
        assert (taken_over, len(claimed)) == (0, 1)
