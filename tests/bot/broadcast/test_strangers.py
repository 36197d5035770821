"""Where only so many a day may be told who have not written, the others wait for their day."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import sqlalchemy as sa
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramServerError,
)

from bot.broadcast.broadcaster import LEASE, Broadcaster
from bot.broadcast.letters import Letter
from bot.channels.budgets import Budget
from civic.actions.meet_resident import Recognise
from civic.model.announcement import (
    HELD_BACK,
    AnnouncementState,
    DeliveryState,
    NoticeKind,
    Outcome,
)
from civic.model.audience import EVERYONE, Audience, Trait
from civic.model.broadcast import Broadcast
from civic.model.community import Community
from civic.model.resident import Resident
from civic.ports import Work
from civic.rules.strangers import DAY, NOTED_EVERY, SCHEDULED_DAYS
from storage.database import Database
from storage.tables.news import deliveries
from storage.tables.people import contacts
from tests.bot.broadcast.messenger import METHOD, Messenger, broadcaster_through, chat_of
from tests.civic.cycles import local
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import CountingRandomness, FrozenClock, Steady
from tests.storage.ledger import claim, fill

A_DAY = 3
BUDGET = Budget(per_second=30, in_flight=4, strangers_a_day=A_DAY)
ALL_DAY = local(3, 12, 10)
"""Two days after everybody wrote for the last time."""

Announce = Callable[..., Awaitable[int]]
Write = Callable[[Resident], Awaitable[None]]


@pytest.fixture
def start(
    work: Work, clock: FrozenClock, messenger: Messenger, randomness: CountingRandomness
) -> Callable[[], Broadcaster]:
    """Give a function that starts another process."""
    return lambda: broadcaster_through(work, clock, {"test": messenger}, randomness, BUDGET)


@pytest.fixture
def announce(work: Work, clock: FrozenClock, town: Community) -> Announce:
    """Give a function that announces something to everyone, or to an audience."""

    async def tell(audience: Audience = EVERYONE, until: datetime | None = None) -> int:
        async with work.write() as unit:
            number = len(await unit.announcements.latest(1000)) + 1
            found = await unit.announcements.plan(
                *(f"words {number}", town.id, None, None, NoticeKind.BROADCAST),
                Broadcast({"kk": "Су болмайды.", "ru": "Воды не будет."}).parameters(),
                clock.now(),
                audience=audience,
                public=True,
                send_until=until,
            )
            await unit.commit()
        assert found is not None
        return found

    return tell


@pytest.fixture
def write(work: Work, clock: FrozenClock) -> Write:
    """Give a function by which a person writes to the service."""
    recognise = Recognise(work, clock, Steady(strangers={"test": A_DAY}))

    async def say(person: Resident) -> None:
        assert await recognise("test", await chat_of(work, person)) is not None

    return say


async def _copies(database: Database) -> list[tuple[str, str]]:
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(deliveries.c.state, deliveries.c.error).order_by(
                deliveries.c.announcement_id, deliveries.c.resident_id
            )
        )
        return [(row.state, row.error) for row in rows]


async def _people(resident: Meet, count: int) -> list[Resident]:
    return [await resident() for _person in range(count)]


async def test_only_so_many_are_told_a_day_and_the_others_wait_for_theirs(
    clock: FrozenClock,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    await _people(resident, 2 * A_DAY + 1)
    clock.set(ALL_DAY)
    await announce()
    await start().send_due()
    assert len(messenger.sent) == A_DAY
    held_back = [("pending", HELD_BACK)] * (A_DAY + 1)
    assert await _copies(database) == [("sent", "")] * A_DAY + held_back
    clock.move(DAY - timedelta(minutes=1))
    await start().send_due()
    assert len(messenger.sent) == A_DAY
    clock.move(timedelta(minutes=30))
    await start().send_due()
    assert len(messenger.sent) == 2 * A_DAY
    clock.move(DAY + timedelta(minutes=30))
    await start().send_due()
    assert len(set(messenger.reached)) == len(messenger.sent) == 2 * A_DAY + 1
    assert {state for state, _error in await _copies(database)} == {"sent"}


async def test_who_wrote_within_a_day_is_told_at_once_and_does_not_count(
    clock: FrozenClock,
    resident: Meet,
    messenger: Messenger,
    announce: Announce,
    write: Write,
    start: Callable[[], Broadcaster],
) -> None:
    people = await _people(resident, 3 * A_DAY)
    clock.set(ALL_DAY)
    for person in people[A_DAY:]:
        await write(person)
    clock.move(timedelta(hours=9))
    await announce()
    await start().send_due()
    assert len(messenger.sent) == 3 * A_DAY


async def test_who_writes_is_told_what_waited_for_them(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    messenger: Messenger,
    announce: Announce,
    write: Write,
    start: Callable[[], Broadcaster],
) -> None:
    people = await _people(resident, 3 * A_DAY)
    clock.set(ALL_DAY)
    await announce()
    broadcaster = start()
    await broadcaster.send_due()
    assert len(messenger.sent) == A_DAY
    last = people[-1]
    await write(last)
    await broadcaster.send_due()
    assert messenger.reached[A_DAY:] == [await chat_of(work, last)]


async def test_who_was_told_already_that_day_can_be_told_more(
    clock: FrozenClock,
    resident: Meet,
    messenger: Messenger,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    await _people(resident, 2 * A_DAY)
    clock.set(ALL_DAY)
    await announce()
    await start().send_due()
    first = messenger.reached
    clock.move(timedelta(hours=1))
    await announce()
    await start().send_due()
    assert messenger.reached == first * 2


async def test_a_reminder_to_few_does_not_wait_for_the_days_of_many(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    messenger: Messenger,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    people = await _people(resident, 5 * A_DAY)
    clock.set(ALL_DAY)
    await announce()
    await start().send_due()
    few = await announce(EVERYONE.those(Trait.PERSON, *(person.id for person in people[-2:])))
    await start().send_due()
    assert len(messenger.sent) == A_DAY
    clock.move(DAY + timedelta(minutes=30))
    await start().send_due()
    assert len(messenger.sent) == 2 * A_DAY
    async with work.read() as unit:
        assert (await unit.announcements.progress(few, clock.now())).left == 0


async def test_what_is_not_sent_does_not_count(
    clock: FrozenClock,
    resident: Meet,
    messenger: Messenger,
    work: Work,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    people = await _people(resident, 3 * A_DAY)
    clock.set(ALL_DAY)
    for person in people[:A_DAY]:
        blocked = TelegramForbiddenError(METHOD, "bot was blocked")
        messenger.errors[await chat_of(work, person)] = [blocked]
    await announce(until=ALL_DAY + timedelta(hours=1))
    clock.move(timedelta(hours=2))
    await start().send_due()
    assert messenger.asked == []
    await announce()
    await start().send_due()
    assert len(messenger.asked) == 2 * A_DAY
    assert len(messenger.sent) == A_DAY


async def test_what_may_have_arrived_counts(
    clock: FrozenClock,
    resident: Meet,
    messenger: Messenger,
    work: Work,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    people = await _people(resident, 2 * A_DAY)
    clock.set(ALL_DAY)
    for person in people[:A_DAY]:
        trouble = TelegramServerError(METHOD, "Bad Gateway")
        messenger.errors[await chat_of(work, person)] = [trouble]
    await announce()
    await start().send_due()
    assert (len(messenger.asked), len(messenger.sent)) == (A_DAY, 0)
    clock.move(timedelta(minutes=1))
    await start().send_due()
    assert messenger.reached == messenger.asked[:A_DAY]


async def test_what_is_given_back_in_doubt_counts_though_it_used_no_attempt(
    clock: FrozenClock,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    await _people(resident, 3 * A_DAY)
    clock.set(ALL_DAY)
    await announce()
    messenger.outage = TelegramNetworkError(METHOD, "the connection broke")
    broken = start()
    for _minute in range(30):
        await broken.send_due()
        clock.move(timedelta(minutes=1))
    async with database.read() as connection:
        assert set(await connection.scalars(sa.select(deliveries.c.attempts))) == {0}
    tried = set(messenger.asked)
    messenger.outage = None
    for _minute in range(30):
        await broken.send_due()
        clock.move(timedelta(minutes=1))
    assert set(messenger.reached) == set(messenger.asked) >= tried
    assert len(set(messenger.reached)) == A_DAY


async def test_two_processes_share_one_limit(
    clock: FrozenClock,
    resident: Meet,
    messenger: Messenger,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    await _people(resident, 4 * A_DAY)
    clock.set(ALL_DAY)
    await announce()
    pair = [start(), start()]
    for one in pair:
        await one._beat()
    async with asyncio.TaskGroup() as together:
        for one in pair:
            together.create_task(one.send_due())
    assert len(set(messenger.reached)) == len(messenger.sent) == A_DAY


async def test_whom_a_process_was_telling_when_it_died_counts(
    clock: FrozenClock,
    resident: Meet,
    work: Work,
    database: Database,
    messenger: Messenger,
    announce: Announce,
    start: Callable[[], Broadcaster],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = await _people(resident, 4 * A_DAY)
    clock.set(ALL_DAY)
    until = ALL_DAY + timedelta(minutes=1)
    await announce(until=until)
    dying = start()
    lane = dying._lanes["test"]
    turn_over, rounds = lane._turn_over, 0

    async def die_in_the_second_round() -> tuple[int, Sequence[Letter]]:
        nonlocal rounds
        rounds += 1
        if rounds > 1:
            raise asyncio.CancelledError
        return await turn_over()

    monkeypatch.setattr(lane, "_turn_over", die_in_the_second_round)
    with pytest.raises(asyncio.CancelledError):
        await dying.send_due()
    assert messenger.asked
    # Nobody knows whether they read it; that it is no longer of use does not change that.
    clock.set(until + LEASE)
    await announce(EVERYONE.those(Trait.PERSON, *(person.id for person in people[A_DAY:])))
    await start().send_due()
    async with database.read() as connection:
        approaching = await connection.scalar(
            sa.select(sa.func.count()).select_from(contacts).where(contacts.c.approaching)
        )
    assert approaching == 0
    assert not {await chat_of(work, person) for person in people[A_DAY:]} & set(messenger.asked)


async def test_that_somebody_writes_is_noted_once_in_a_while_and_only_where_it_counts(
    work: Work, clock: FrozenClock, resident: Meet, write: Write
) -> None:
    person = await resident()
    met = clock.now()

    async def noted() -> datetime | None:
        async with work.read() as unit:
            return (await unit.residents.contacts(person.id))[0].wrote_at

    clock.move(NOTED_EVERY - timedelta(seconds=1))
    await write(person)
    assert await noted() == met
    clock.move(timedelta(seconds=1))
    await Recognise(work, clock, Steady())("test", await chat_of(work, person))
    assert await noted() == met
    await write(person)
    assert await noted() == clock.now()


async def test_how_many_are_held_back_can_be_read(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    await _people(resident, 3 * A_DAY)
    clock.set(ALL_DAY)
    number = await announce()
    await start().send_due()
    async with work.read() as unit:
        progress = await unit.announcements.progress(number, clock.now())
        (record,) = await unit.announcements.records_of(3 * A_DAY, 1)
    assert progress.held_back == progress.left == 2 * A_DAY
    assert (record.state, record.error) == (DeliveryState.PENDING, HELD_BACK)
    assert record.not_before > ALL_DAY + 2 * DAY


async def test_who_waits_longer_than_the_days_ahead_waits_until_then(
    clock: FrozenClock,
    resident: Meet,
    database: Database,
    announce: Announce,
    start: Callable[[], Broadcaster],
) -> None:
    await _people(resident, (SCHEDULED_DAYS + 2) * A_DAY + 1)
    clock.set(ALL_DAY)
    await announce()
    await start().send_due()
    async with database.read() as connection:
        until = await connection.scalars(
            sa.select(deliveries.c.not_before)
            .where(deliveries.c.state == "pending")
            .order_by(deliveries.c.not_before)
        )
        days = [(moment - ALL_DAY) // DAY for moment in until]
    assert days == [day for day in range(1, SCHEDULED_DAYS + 1) for _one in range(A_DAY)] + (
        [SCHEDULED_DAYS + 1] * (A_DAY + 1)
    )


@ON_POSTGRES
async def test_two_senders_with_messages_to_the_same_person_do_not_wait_for_each_other(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    database: Database,
    announce: Announce,
) -> None:
    """One settles what it told the person, and then claims more; the other claims meanwhile."""
    await _people(resident, 1)
    clock.set(ALL_DAY)
    await announce()
    await fill(work, clock.now())
    (first,) = await claim(work, clock.now(), worker="one", strangers_a_day=A_DAY)
    await announce()
    await fill(work, clock.now())
    outcomes = [Outcome(first, DeliveryState.SENT)]
    async with asyncio.TaskGroup() as together, work.write() as one:
        await one.deliveries.settle("one", outcomes, clock.now())
        await one.strangers.settle("test", outcomes, clock.now())
        other = together.create_task(
            claim(work, clock.now(), worker="other", strangers_a_day=A_DAY)
        )
        await _somebody_waits(database)
        mine = await one.deliveries.claim("one", "test", 10, clock.now(), clock.now(), A_DAY)
        await one.commit()
    assert len([*mine, *other.result()]) == 1


async def _somebody_waits(database: Database) -> None:
    """Return once a transaction waits for another one."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while True:
        async with database.read() as connection:
            if await connection.scalar(waiting):
                return


@pytest.mark.parametrize("seed", range(3))
async def test_no_day_sees_more_strangers_than_permitted_whatever_happens(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    messenger: Messenger,
    announce: Announce,
    write: Write,
    start: Callable[[], Broadcaster],
    seed: int,
) -> None:
    """People write, processes come and go, messengers fail, and news is announced meanwhile."""
    chance = np.random.default_rng(seed)
    people = await _people(resident, 12)
    chats = {person.id: await chat_of(work, person) for person in people}
    wrote = defaultdict(list, {chat: [clock.now()] for chat in chats.values()})
    senders = [start(), start()]
    for _step in range(40):
        clock.move(timedelta(minutes=int(chance.choice([1, 20, 90, 400]))))
        match chance.integers(6):
            case 0:
                some = chance.permutation(len(people))[: chance.integers(1, len(people) + 1)]
                ids = [people[position].id for position in some]
                until = clock.now() + timedelta(hours=int(chance.choice([1, 30, 300])))
                await announce(EVERYONE.those(Trait.PERSON, *ids), until)
            case 1:
                person = people[chance.integers(len(people))]
                await write(person)
                wrote[chats[person.id]].append(clock.now())
            case 2:
                chat = chats[people[chance.integers(len(people))].id]
                messenger.errors[chat] = [TelegramServerError(METHOD, "Bad Gateway")]
            case 3:
                senders[chance.integers(2)] = start()
            case _:
                pass
        async with asyncio.TaskGroup() as together:
            for one in senders:
                together.create_task(one.send_due())
    assert messenger.sent
    _no_day_sees_more(messenger, wrote)
    # In the end nobody is forgotten.
    for _day in range(2 * 12):
        clock.move(timedelta(hours=13))
        await senders[0].send_due()
    async with work.read() as unit:
        states = {found.state for found in await unit.announcements.latest(1000)}
    assert states == {AnnouncementState.DONE}
    _no_day_sees_more(messenger, wrote)


def _no_day_sees_more(messenger: Messenger, wrote: dict[int, list[datetime]]) -> None:
    told = [
        (entry.at, entry.chat_id)
        for entry in messenger.sent
        if not any(entry.at - DAY < moment <= entry.at for moment in wrote[entry.chat_id])
    ]
    assert all(earlier <= later for (earlier, _one), (later, _other) in pairwise(told))
    for moment, _chat_id in told:
        assert len(_within_a_day(told, moment)) <= A_DAY


def _within_a_day(told: Sequence[tuple[datetime, int]], moment: datetime) -> set[int]:
    return {chat_id for at, chat_id in told if moment - DAY < at <= moment}
