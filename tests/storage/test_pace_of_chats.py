"""Whatever process it is, nobody sends to a chat to which somebody else is sending."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

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
from civic.model.destination import Destination, DestinationKind, Posted
from civic.ports import UnitOfWork, Work
from storage.database import Database
from storage.memory import Memory
from storage.unit_of_work import SqlUnitOfWork
from tests.civic.cycles import local
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import FrozenClock
from tests.storage.ledger import claim, claim_posting, fill, settle

SECOND: Final = timedelta(seconds=1)
REST: Final = 3 * SECOND

Picture = Callable[..., Awaitable[int]]


@pytest.fixture
def picture(work: Work, town: Community, clock: FrozenClock) -> Picture:
    """Give a function that announces a picture, which goes alone, to people and chats."""

    async def announce(*chats: int, people: Sequence[int] | None = None) -> int:
        audience = EVERYONE
        if people is not None:
            audience = EVERYONE.those(Trait.PERSON, *people)
        async with work.write() as unit:
            photo = await unit.pictures.add(b"jpeg", "image/jpeg", clock.now())
            number = len(await unit.announcements.latest(100))
            planned = await unit.announcements.plan(
                *(f"picture {number}", town.id, None, None, NoticeKind.BROADCAST),
                *(Broadcast({"kk": "a"}, photo=photo).parameters(), clock.now()),
                audience=audience.also_to(*chats),
            )
            await unit.commit()
        await fill(work, clock.now())
        assert planned is not None
        return planned

    return announce


async def _sent(work: Work, clock: FrozenClock, *claimed: Delivery, worker: str = "one") -> None:
    outcomes = [Outcome(entry, DeliveryState.SENT) for entry in claimed]
    await settle(work, clock.now(), *outcomes, worker=worker)


def _of(claimed: Sequence[Delivery]) -> list[tuple[int, int]]:
    return [(entry.resident_id, entry.announcement_id) for entry in claimed]


@pytest.mark.parametrize(
    "became", [DeliveryState.SENT, DeliveryState.PENDING], ids=["arrived", "failed"]
)
async def test_who_is_being_told_something_or_just_was_is_told_nothing_else(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    picture: Picture,
    became: DeliveryState,
) -> None:
    person = await resident()
    first = await picture()
    claimed = await claim(work, clock.now(), worker="one", rest=REST)
    assert _of(claimed) == [(person.id, first)]
    second = await picture()
    clock.move(REST)
    assert await claim(work, clock.now(), worker="other", rest=REST) == []
    later = clock.now() + timedelta(hours=1)
    outcome = Outcome(claimed[0], became, not_before=later)
    await settle(work, clock.now(), outcome, worker="one")
    clock.move(REST - SECOND)
    assert await claim(work, clock.now(), worker="other", rest=REST) == []
    clock.move(SECOND)
    assert _of(await claim(work, clock.now(), worker="other", rest=REST)) == [(person.id, second)]


@pytest.mark.parametrize("end", ["paused", "stopped", "done"])
async def test_so_it_is_after_an_announcement_is_over(
    work: Work, clock: FrozenClock, resident: Meet, picture: Picture, end: str
) -> None:
    await resident()
    first = await picture()
    claimed = await claim(work, clock.now(), worker="one", rest=REST)
    if end != "done":
        async with work.write() as unit:
            await unit.announcements.steer(first, AnnouncementState(end), clock.now())
            await unit.commit()
    clock.move(timedelta(seconds=30))
    await _sent(work, clock, *claimed)
    if end == "done":
        async with work.write() as unit:
            assert await unit.deliveries.finish(clock.now()) == 1
            await unit.commit()
    await picture()
    assert await claim(work, clock.now(), worker="other", rest=REST) == []
    clock.move(REST)
    assert len(await claim(work, clock.now(), worker="other", rest=REST)) == 1


async def test_others_do_not_wait_and_what_was_not_sent_costs_no_rest(
    work: Work, clock: FrozenClock, resident: Meet, picture: Picture
) -> None:
    people = [await resident() for _person in range(3)]
    first = await picture(people=[people[0].id])
    (claimed,) = await claim(work, clock.now(), worker="one", rest=REST)
    second = await picture(people=[person.id for person in people[:2]])
    assert _of(await claim(work, clock.now(), worker="other", rest=REST)) == [
        (people[1].id, second)
    ]
    back = Outcome(claimed, DeliveryState.PENDING, tried=False)
    await settle(work, clock.now(), back, worker="one")
    assert _of(await claim(work, clock.now(), worker="other", rest=REST)) == [
        (people[0].id, first)
    ]


async def test_where_chats_need_no_rest_everything_goes_at_once(
    work: Work, clock: FrozenClock, resident: Meet, picture: Picture
) -> None:
    person = await resident()
    told = [await picture(), await picture()]
    claimed = await claim(work, clock.now(), worker="one")
    assert _of(claimed) == [(person.id, announcement) for announcement in told]


@pytest.fixture
async def two(database: Database) -> AsyncIterator[tuple[UnitOfWork, UnitOfWork]]:
    """Two units of work open at the same time, which only PostgreSQL allows."""
    async with database.write() as one, database.write() as other:
        memory = Memory()
        yield SqlUnitOfWork(one, memory), SqlUnitOfWork(other, memory)


@ON_POSTGRES
async def test_senders_at_the_same_moment_do_not_tell_one_person_two_things(
    clock: FrozenClock,
    resident: Meet,
    picture: Picture,
    two: tuple[UnitOfWork, UnitOfWork],
) -> None:
    people = [await resident() for _person in range(4)]
    for _picture in range(2):
        await picture()
    one, other = two
    now = clock.now()
    first = await one.deliveries.claim("one", "test", 2, now, now, rest=REST)
    async with asyncio.TaskGroup() as tasks:
        claiming = tasks.create_task(
            other.deliveries.claim("other", "test", 10, now, now, rest=REST)
        )
        await one.commit()
    told = [entry.resident_id for entry in [*first, *claiming.result()]]
    assert sorted(told) == [person.id for person in people]


# Groups and channels.


async def _group(work: Work, town: Community, clock: FrozenClock, number: int = 1) -> Destination:
    async with work.write() as unit:
        added = await unit.destinations.add(
            *(town.id, "test", -number, DestinationKind.GROUP, f"{number}", "kk"), clock.now()
        )
        await unit.commit()
    return added


@pytest.fixture
async def groups(work: Work, town: Community, clock: FrozenClock) -> Sequence[Destination]:
    """Two groups, in the daytime."""
    clock.set(local(3, 2, 10))
    return [await _group(work, town, clock, number) for number in (1, 2)]


async def _claim(work: Work, clock: FrozenClock, worker: str) -> int | None:
    """Claim a posting; return its chat."""
    async with work.write() as unit:
        claimed = await unit.postings.claim(worker, "test", clock.now(), REST)
        await unit.commit()
    return None if claimed is None else claimed.destination.chat_id


async def test_one_process_at_a_time_posts_in_a_group_and_the_next_after_a_rest(
    work: Work, clock: FrozenClock, groups: Sequence[Destination], picture: Picture
) -> None:
    for _picture in range(3):
        await picture(groups[0].id, people=[])
    async with work.write() as unit:
        first = await claim_posting(unit, "one", clock.now(), REST)
        await unit.commit()
    clock.move(REST)
    assert await _claim(work, clock, "other") is None
    async with work.write() as unit:
        posted = Posted(first, DeliveryState.SENT, parts=1)
        await unit.postings.settle("one", [posted], clock.now(), REST)
        await unit.commit()
    settled_at = clock.now()
    clock.move(SECOND)
    async with work.write() as unit:
        assert await unit.postings.claim("other", "test", clock.now(), SECOND) is None
        second = await claim_posting(unit, "other", clock.now(), REST)
    assert second.free_at == settled_at + REST


async def test_a_group_that_is_free_goes_before_one_that_rests(
    work: Work, clock: FrozenClock, groups: Sequence[Destination], picture: Picture
) -> None:
    await picture(groups[0].id, people=[])
    await picture(groups[1].id, people=[])
    async with work.write() as unit:
        await unit.replies.keep_free("test", groups[0].chat_id, clock.now() + SECOND)
        await unit.commit()
    assert await _claim(work, clock, "one") == groups[1].chat_id
    assert await _claim(work, clock, "one") == groups[0].chat_id
    assert await _claim(work, clock, "one") is None


@ON_POSTGRES
async def test_processes_at_the_same_moment_do_not_post_in_one_group(
    clock: FrozenClock,
    groups: Sequence[Destination],
    picture: Picture,
    two: tuple[UnitOfWork, UnitOfWork],
) -> None:
    for _picture in range(2):
        await picture(groups[0].id, people=[])
    one, other = two
    now = clock.now()
    await claim_posting(one, "one", now, REST)
    async with asyncio.TaskGroup() as tasks:
        claiming = tasks.create_task(other.postings.claim("other", "test", now, REST))
        await one.commit()
    assert claiming.result() is None


@ON_POSTGRES
async def test_who_posts_locks_nothing_but_what_goes_out(
    clock: FrozenClock,
    groups: Sequence[Destination],
    picture: Picture,
    two: tuple[UnitOfWork, UnitOfWork],
) -> None:
    announced = [await picture(group.id, people=[]) for group in groups]
    one, other = two
    posting = await claim_posting(one, "one", clock.now(), REST)
    assert posting.announcement_id == announced[0]
    async with asyncio.timeout(60):
        assert await other.announcements.get(announced[1], lock=True) is not None


async def test_nothing_is_claimed_for_a_town_in_which_it_is_quiet(
    work: Work,
    clock: FrozenClock,
    town: Community,
    groups: Sequence[Destination],
    picture: Picture,
) -> None:
    await picture(groups[0].id, people=[])
    async with work.write() as unit:
        await unit.communities.save(replace(town, timezone="America/New_York"))
        await unit.commit()
    assert await _claim(work, clock, "one") is None
    clock.move(timedelta(hours=12))
    assert await _claim(work, clock, "one") == groups[0].chat_id
