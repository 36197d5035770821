"""Organisers hold news back, go on, give up and try again, and see how far it is."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.steer_sending import (
    CountAudience,
    PauseSending,
    Reach,
    ReadSending,
    ResumeSending,
    RetryFailed,
    StopSending,
    worth_a_look,
)
from civic.model.announcement import (
    Announcement,
    AnnouncementState,
    Delivery,
    DeliveryState,
    Outcome,
)
from civic.model.audience import EVERYONE, Trait
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from civic.rules.sending import IDLE, QUICKEST, SLOWEST
from civic.rules.strangers import Queue
from tests.civic.cycles import ALMATY, cycle, stored
from tests.conftest import Meet
from tests.fakes import FrozenClock, Steady
from tests.storage.ledger import claim, fill, plan, settle


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        """Begin with never."""
        self.rung = 0

    def wake(self) -> None:
        """Note that it was rung."""
        self.rung += 1


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A cycle to tell about."""
    return await stored(work, town.id, cycle())


@pytest.fixture
async def organiser(work: Work, resident: Meet) -> Resident:
    """Somebody who may steer."""
    person = await resident()
    async with work.write() as unit:
        await unit.residents.grant(person.id, Role.ORGANISER)
        await unit.commit()
    return person.with_role(Role.ORGANISER)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
async def announcement(work: Work, made: Cycle, clock: FrozenClock, resident: Meet) -> int:
    """An announcement to four people, the organiser among them when there is one."""
    for _person in range(3):
        await resident()
    return await plan(work, made, clock.now())


async def _state(work: Work, announcement: int) -> AnnouncementState:
    async with work.read() as unit:
        found = await unit.announcements.get(announcement)
    assert found is not None
    return found.state


async def _send(work: Work, clock: FrozenClock, state: DeliveryState) -> None:
    claimed = await claim(work, clock.now())
    await settle(work, clock.now(), *(Outcome(entry, state) for entry in claimed))
    async with work.write() as unit:
        await unit.deliveries.finish(clock.now())
        await unit.commit()


async def test_what_is_paused_goes_on_where_it_was(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int, bell: Bell
) -> None:
    pause, resume = PauseSending(work, clock), ResumeSending(work, clock, bell)
    for _time in range(2):
        paused = await pause(organiser, announcement)
        assert paused.state is AnnouncementState.PAUSED
    assert await fill(work, clock.now()) == []
    assert (await resume(organiser, announcement)).state is AnnouncementState.PLANNING
    assert bell.rung == 1
    assert await fill(work, clock.now()) == [4]
    await pause(organiser, announcement)
    assert await claim(work, clock.now()) == []
    for _time in range(2):
        resumed = await resume(organiser, announcement)
        assert resumed.state is AnnouncementState.RUNNING
    assert len(await claim(work, clock.now())) == 4


async def test_what_is_stopped_stays_stopped(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int, bell: Bell
) -> None:
    await fill(work, clock.now())
    for _time in range(2):
        stopped = await StopSending(work, clock)(organiser, announcement)
        assert (stopped.state, stopped.finished_at) == (AnnouncementState.STOPPED, clock.now())
    assert await claim(work, clock.now()) == []
    for steer in (
        PauseSending(work, clock),
        ResumeSending(work, clock, bell),
        RetryFailed(work, clock, bell),
    ):
        with pytest.raises(Refused) as refused:
            await steer(organiser, announcement)
        assert refused.value.reason is Reason.SENDING_OVER
    assert bell.rung == 0


async def test_what_is_done_can_be_neither_paused_nor_stopped(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int
) -> None:
    await fill(work, clock.now())
    await _send(work, clock, DeliveryState.SENT)
    with pytest.raises(Refused) as refused:
        await PauseSending(work, clock)(organiser, announcement)
    assert refused.value.reason is Reason.SENDING_OVER
    untouched = await StopSending(work, clock)(organiser, announcement)
    assert untouched.state is AnnouncementState.DONE


async def test_what_failed_is_sent_again_even_after_all_was_done(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int, bell: Bell
) -> None:
    await fill(work, clock.now())
    (first, *_others) = await claim(work, clock.now(), 1)
    await settle(work, clock.now(), Outcome(first, DeliveryState.FAILED, "400"))
    await _send(work, clock, DeliveryState.SENT)
    assert await _state(work, announcement) is AnnouncementState.DONE
    retry = RetryFailed(work, clock, bell)
    assert await retry(organiser, announcement) == 1
    assert await retry(organiser, announcement) == 0
    assert await _state(work, announcement) is AnnouncementState.RUNNING
    assert await claim(work, clock.now()) == [Delivery(announcement, first.resident_id, 1)]


async def test_retrying_what_is_paused_leaves_it_paused(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int, bell: Bell
) -> None:
    await fill(work, clock.now())
    (first,) = await claim(work, clock.now(), 1)
    await settle(work, clock.now(), Outcome(first, DeliveryState.FAILED, "400"))
    await PauseSending(work, clock)(organiser, announcement)
    assert await RetryFailed(work, clock, bell)(organiser, announcement) == 1
    assert await _state(work, announcement) is AnnouncementState.PAUSED


async def test_an_organiser_sees_how_far_it_is_and_when_it_ends(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int
) -> None:
    read = ReadSending(work, clock, Steady(2.0))
    assert (await read(organiser, announcement)).finishes_at is None
    await fill(work, clock.now())
    whole = await read(organiser, announcement)
    assert whole.announcement.id == announcement
    assert (whole.progress.left, whole.progress.total) == (4, 4)
    assert whole.finishes_at == clock.now() + timedelta(seconds=2)
    (first,) = await claim(work, clock.now(), 1)
    await settle(work, clock.now(), Outcome(first, DeliveryState.SENT))
    assert (await read(organiser, announcement)).finishes_at == clock.now() + timedelta(
        seconds=1.5
    )
    await PauseSending(work, clock)(organiser, announcement)
    assert (await read(organiser, announcement)).finishes_at is None


async def test_what_is_over_is_worth_a_look_only_while_copies_are_in_flight(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int
) -> None:
    now, read = clock.now(), ReadSending(work, clock, Steady(2.0))

    async def next_look() -> timedelta | None:
        at = worth_a_look(await read(organiser, announcement), now, ALMATY)
        return None if at is None else at - now

    assert await next_look() == QUICKEST
    evening = now.replace(hour=18)
    unplanned = await read(organiser, announcement)
    assert worth_a_look(unplanned, evening, ALMATY) == evening + QUICKEST
    await fill(work, now)
    clock.set(evening)
    planned = await read(organiser, announcement)
    clock.set(now)
    assert worth_a_look(planned, evening, ALMATY) == evening + IDLE
    (first,) = await claim(work, now, 1)
    await PauseSending(work, clock)(organiser, announcement)
    assert await next_look() == SLOWEST
    await StopSending(work, clock)(organiser, announcement)
    assert await next_look() == QUICKEST
    await settle(work, now, Outcome(first, DeliveryState.SENT))
    assert await next_look() is None


async def test_an_organiser_learns_how_many_people_it_is_and_how_long_it_takes(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int
) -> None:
    assert announcement
    count = CountAudience(work, clock, Steady(2.0))
    assert await count(organiser, EVERYONE) == Reach(
        4, clock.now(), clock.now() + timedelta(seconds=2)
    )
    later = clock.now() + timedelta(hours=1)
    nobody = EVERYONE.those(Trait.LANGUAGE, "en")
    assert await count(organiser, nobody, later) == Reach(0, later, later)


async def test_an_organiser_learns_who_has_to_wait_for_another_day(
    work: Work, clock: FrozenClock, organiser: Resident, announcement: int
) -> None:
    limited = Steady(2.0, strangers={"test": 1})
    count = CountAudience(work, clock, limited)
    assert (await count(organiser, EVERYONE)).queue is None
    clock.move(timedelta(days=1))
    reach = await count(organiser, EVERYONE)
    assert (reach.people, reach.queue) == (4, Queue(people=4, a_day=1, free=1))
    assert reach.finishes_at == clock.now() + timedelta(days=3, seconds=0.5)
    await fill(work, clock.now())
    # Who waits already is not counted twice, and waits besides.
    nobody = EVERYONE.those(Trait.LANGUAGE, "en")
    for audience in (EVERYONE, nobody):
        assert (await count(organiser, audience)).queue == (
            Queue(people=4, a_day=1, free=1) if audience is EVERYONE else None
        )
    read = ReadSending(work, clock, limited)
    sending = await read(organiser, announcement)
    assert sending.finishes_at == clock.now() + timedelta(days=3, seconds=0.5)
    assert worth_a_look(sending, clock.now(), ALMATY) == clock.now() + SLOWEST
    (first,) = await claim(work, clock.now(), strangers_a_day=1)
    await settle(work, clock.now(), Outcome(first, DeliveryState.SENT))
    sending = await read(organiser, announcement)
    assert worth_a_look(sending, clock.now(), ALMATY) == clock.now() + IDLE
    assert (await count(organiser, EVERYONE, clock.now() + timedelta(days=2))).queue is not None


Steer = Callable[[Resident, int], Awaitable[Announcement | int | object]]


@pytest.fixture(params=range(5))
def steer(request: pytest.FixtureRequest, work: Work, clock: FrozenClock, bell: Bell) -> Steer:
    """Each of the actions that steer or watch."""
    actions: list[Steer] = [
        PauseSending(work, clock),
        ResumeSending(work, clock, bell),
        StopSending(work, clock),
        RetryFailed(work, clock, bell),
        ReadSending(work, clock, Steady(2.0)),
    ]
    number: int = request.param
    return actions[number]


async def test_only_organisers_of_the_town_steer_its_news(
    steer: Steer, work: Work, organiser: Resident, resident: Meet, announcement: int
) -> None:
    with pytest.raises(Refused) as refused:
        await steer(await resident(), announcement)
    assert refused.value.reason is Reason.NOT_ORGANISER
    with pytest.raises(Refused) as refused:
        await steer(organiser, announcement + 1)
    assert refused.value.reason is Reason.NOT_FOUND
    assert await _state(work, announcement) is AnnouncementState.PLANNING


async def test_only_organisers_count_an_audience(
    work: Work, clock: FrozenClock, resident: Meet
) -> None:
    with pytest.raises(Refused) as refused:
        await CountAudience(work, clock, Steady(2.0))(await resident(), EVERYONE)
    assert refused.value.reason is Reason.NOT_ORGANISER


async def test_an_audience_in_no_town_is_nobody(
    work: Work, clock: FrozenClock, organiser: Resident
) -> None:
    with pytest.raises(Refused) as refused:
        await CountAudience(work, clock, Steady(2.0))(
            replace(organiser, community_id=999), EVERYONE
        )
    assert refused.value.reason is Reason.NOT_FOUND
