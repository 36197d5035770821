"""The ledger of news: one row per person and notice, each claimed by one sender."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from civic.model.announcement import Delivery, DeliveryState, NoticeKind
from civic.model.community import Community
from civic.model.cycle import Cycle, StageKind
from civic.model.resident import NewsChoice, Resident
from civic.ports import UnitOfWork, Work
from storage.database import Database
from storage.tables.news import deliveries
from storage.unit_of_work import SqlUnitOfWork
from tests.civic.cycles import cycle, stage_id, stored
from tests.conftest import ON_POSTGRES, TOWN, Meet
from tests.fakes import FrozenClock


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A cycle to tell about."""
    return await stored(work, town.id, cycle())


async def _plan(unit: UnitOfWork, made: Cycle, clock: FrozenClock, key: str = "key") -> int | None:
    return await unit.announcements.plan(
        key,
        made.community_id,
        made.id,
        stage_id(made, StageKind.IDEAS),
        NoticeKind.STAGE_OPENED,
        {"reason": "because"},
        clock.now(),
    )


async def _tell_all(work: Work, made: Cycle, clock: FrozenClock, key: str = "key") -> int:
    async with work.write() as unit:
        announcement = await _plan(unit, made, clock, key)
        assert announcement is not None
        await unit.announcements.address_to_all(announcement, clock.now())
        await unit.commit()
    return announcement


async def _claim(work: Work, clock: FrozenClock, limit: int = 100) -> Sequence[Delivery]:
    async with work.write() as unit:
        claimed = await unit.announcements.claim(limit, clock.now())
        await unit.commit()
    return claimed


async def _settle(
    work: Work, delivery: Delivery, state: DeliveryState, clock: FrozenClock
) -> None:
    async with work.write() as unit:
        await unit.announcements.settle(delivery.id, state, clock.now())
        await unit.commit()


async def _states(database: Database) -> list[tuple[int, str, int, str]]:
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(
                deliveries.c.resident_id,
                deliveries.c.state,
                deliveries.c.attempts,
                deliveries.c.error,
            ).order_by(deliveries.c.resident_id)
        )
        return [(row.resident_id, row.state, row.attempts, row.error) for row in rows]


async def _quiet(work: Work, person: Resident) -> None:
    async with work.write() as unit:
        await unit.residents.save(replace(person, news=NewsChoice.NONE))
        await unit.commit()


async def _unreachable(work: Work, person: Resident) -> None:
    async with work.write() as unit:
        (contact,) = await unit.residents.contacts(person.id)
        await unit.residents.set_reachable(contact.channel, contact.chat_id, reachable=False)
        await unit.commit()


async def test_the_same_key_is_planned_once(work: Work, clock: FrozenClock, made: Cycle) -> None:
    async with work.write() as unit:
        assert not await unit.announcements.is_planned("key")
        first = await _plan(unit, made, clock)
        assert await unit.announcements.is_planned("key")
        assert await _plan(unit, made, clock) is None
        other = await _plan(unit, made, clock, "another key")
        await unit.commit()
    assert first is not None
    assert other is not None
    assert first != other


async def test_an_announcement_is_read_as_it_was_planned(
    work: Work, clock: FrozenClock, made: Cycle
) -> None:
    async with work.write() as unit:
        announcement_id = await _plan(unit, made, clock)
        assert announcement_id is not None
        found = await unit.announcements.get(announcement_id)
        assert await unit.announcements.get(404) is None
    assert found is not None
    assert (found.cycle_id, found.kind, found.created_at) == (
        made.id,
        NoticeKind.STAGE_OPENED,
        clock.now(),
    )
    assert found.parameters == {"reason": "because"}


async def test_news_goes_to_everyone_in_the_town_who_wants_it_and_can_be_reached(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    person, quiet, lost = [await resident() for _person in range(3)]
    await resident(community_id=elsewhere)
    await _quiet(work, quiet)
    await _unreachable(work, lost)
    async with work.write() as unit:
        assert await unit.announcements.audience(made.community_id, made.id) == 1
        announcement = await _plan(unit, made, clock)
        assert announcement is not None
        assert await unit.announcements.address_to_all(announcement, clock.now()) == 1
        await unit.commit()
    assert [delivery.resident_id for delivery in await _claim(work, clock)] == [person.id]


async def test_who_wants_only_their_own_news_hears_of_cycles_in_which_they_took_part(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    author, silent = [await resident() for _person in range(2)]
    async with work.write() as unit:
        for person in (author, silent):
            await unit.residents.save(replace(person, news=NewsChoice.MINE))
        await unit.engagements.begin(made.stages[0].id, author.id)
        assert await unit.announcements.audience(made.community_id, made.id) == 1
        announcement = await _plan(unit, made, clock)
        assert announcement is not None
        await unit.announcements.address_to_all(announcement, clock.now())
        await unit.commit()
    assert [delivery.resident_id for delivery in await _claim(work, clock)] == [author.id]


async def test_a_person_with_two_addresses_is_addressed_once(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await _add_contact(database, person, "web")
    async with work.write() as unit:
        announcement = await _plan(unit, made, clock)
        assert announcement is not None
        assert await unit.announcements.address_to_all(announcement, clock.now()) == 1
        assert await unit.announcements.address_to_all(announcement, clock.now()) == 0


async def _add_contact(database: Database, person: Resident, channel: str) -> None:
    async with database.write() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO contacts"
                " (resident_id, channel, address, chat_id, reachable, created_at)"
                " SELECT resident_id, :channel, 'second', 777, reachable, created_at"
                " FROM contacts WHERE resident_id = :person"
            ),
            {"channel": channel, "person": person.id},
        )
        await connection.commit()


async def test_reminders_are_addressed_to_those_who_began_and_did_not_finish(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    began, finished, quiet = [await resident() for _person in range(3)]
    await resident()
    await _quiet(work, quiet)
    ideas = stage_id(made, StageKind.IDEAS)
    async with work.write() as unit:
        await unit.engagements.begin(ideas, began.id)
        await unit.engagements.begin(ideas, quiet.id)
        await unit.engagements.finish(ideas, finished.id)
        announcement = await _plan(unit, made, clock)
        assert announcement is not None
        told = await unit.announcements.address_to_unfinished(announcement, ideas, clock.now())
        await unit.commit()
    assert told == 1
    assert [delivery.resident_id for delivery in await _claim(work, clock)] == [began.id]


async def test_a_delivery_is_claimed_once(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    people = [await resident() for _person in range(5)]
    await _tell_all(work, made, clock)
    first, second = await _claim(work, clock, 3), await _claim(work, clock, 3)
    assert (len(first), len(second)) == (3, 2)
    claimed = [delivery.resident_id for delivery in [*first, *second]]
    assert claimed == [person.id for person in people]
    assert await _claim(work, clock) == []


@pytest.fixture
async def two(database: Database) -> AsyncIterator[tuple[UnitOfWork, UnitOfWork]]:
    """Two units of work open at the same time, which only PostgreSQL allows."""
    async with database.write() as one, database.write() as other:
        yield SqlUnitOfWork(one), SqlUnitOfWork(other)


@ON_POSTGRES
async def test_senders_at_the_same_moment_claim_different_people_without_waiting(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    two: tuple[UnitOfWork, UnitOfWork],
) -> None:
    people = [await resident() for _person in range(4)]
    await _tell_all(work, made, clock)
    one, other = two
    first = await one.announcements.claim(2, clock.now())
    second = await other.announcements.claim(10, clock.now())
    assert [delivery.resident_id for delivery in [*first, *second]] == [
        person.id for person in people
    ]


async def test_an_uncommitted_claim_is_no_claim(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await _tell_all(work, made, clock)
    async with work.write() as unit:
        assert len(await unit.announcements.claim(10, clock.now())) == 1
    assert len(await _claim(work, clock)) == 1


async def test_a_settled_delivery_is_not_claimed_again(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    people = [await resident() for _person in range(4)]
    await _tell_all(work, made, clock)
    final = (
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.BLOCKED,
        DeliveryState.SKIPPED,
    )
    for delivery, state in zip(await _claim(work, clock), final, strict=True):
        await _settle(work, delivery, state, clock)
    clock.move(timedelta(days=1))
    assert await _claim(work, clock) == []
    assert [state for _person, state, _attempts, _error in await _states(database)] == [
        state.value for state in final
    ]
    assert len(people) == len(final)


async def test_what_failed_is_tried_again_at_its_time(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await _tell_all(work, made, clock)
    (delivery,) = await _claim(work, clock)
    async with work.write() as unit:
        await unit.announcements.settle(
            delivery.id,
            DeliveryState.PENDING,
            clock.now(),
            error="502",
            not_before=clock.now() + timedelta(seconds=15),
        )
        await unit.commit()
    assert await _states(database) == [(person.id, "pending", 1, "502")]
    clock.move(timedelta(seconds=14))
    assert await _claim(work, clock) == []
    clock.move(timedelta(seconds=1))
    (again,) = await _claim(work, clock)
    assert (again.id, again.attempts) == (delivery.id, 2)


async def test_a_claim_given_back_is_no_attempt(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await _tell_all(work, made, clock)
    (delivery,) = await _claim(work, clock)
    async with work.write() as unit:
        await unit.announcements.settle(
            delivery.id, DeliveryState.PENDING, clock.now(), tried=False
        )
        await unit.commit()
    assert await _claim(work, clock) == [delivery]


async def test_people_on_a_channel_that_is_avoided_are_left_for_later(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await _add_contact(database, person, "web")
    await _tell_all(work, made, clock)
    async with work.write() as unit:
        assert await unit.announcements.claim(10, clock.now(), avoiding=["test"]) == []
        assert len(await unit.announcements.claim(10, clock.now(), avoiding=["web"])) == 1


async def test_claims_of_a_process_that_died_are_recovered(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await _tell_all(work, made, clock)
    (delivery,) = await _claim(work, clock)
    claimed_at = clock.now()
    clock.move(timedelta(minutes=2))
    async with work.write() as unit:
        before = claimed_at - timedelta(seconds=1)
        assert await unit.announcements.recover(before, clock.now()) == 0
        assert await unit.announcements.recover(claimed_at, clock.now()) == 1
        await unit.commit()
    assert await _states(database) == [(person.id, "pending", 1, "interrupted")]
    # The dead process comes back to life: its word does not count any more.
    await _settle(work, delivery, DeliveryState.SENT, clock)
    (again,) = await _claim(work, clock)
    assert again.attempts == 2


async def test_a_person_finds_what_was_addressed_to_them_newest_first(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    person = await resident()
    told = [await _tell_all(work, made, clock, f"key {number}") for number in range(3)]
    late = await resident()
    async with work.read() as unit:
        found = await unit.announcements.of_resident(person.id, 2)
        assert await unit.announcements.of_resident(late.id, 2) == []
    assert [announcement.id for announcement in found] == [told[2], told[1]]
