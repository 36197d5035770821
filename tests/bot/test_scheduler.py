"""The alarm clock looks in time, and being late, doubled or lost does no harm."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from typing_extensions import override

from bot.clock import SystemClock
from bot.scheduler import Scheduler
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.remind import RemindUnfinished
from civic.model.community import Community
from civic.model.cycle import Cycle, StageKind, StageState
from civic.ports import Clock, Work
from tests.civic.cycles import IDEAS, VOTING, cycle, local, stage, stage_id, stored
from tests.conftest import Meet
from tests.fakes import FrozenClock
from tests.storage.ledger import told


class Watched:
    """A scheduler, and how often it reported news."""

    def __init__(self, work: Work, clock: Clock) -> None:
        """Make a scheduler on `clock`."""
        self.looks = 0
        self.looked = asyncio.Event()
        self.scheduler = Scheduler(
            work, clock, AdvanceCycle(work, clock), RemindUnfinished(work, clock), self._on_news
        )

    def _on_news(self) -> None:
        self.looks += 1
        self.looked.set()


@pytest.fixture
async def watched(work: Work, clock: FrozenClock) -> AsyncIterator[Watched]:
    """A scheduler on the frozen clock."""
    made = Watched(work, clock)
    yield made
    await made.scheduler.stop()


async def _state(work: Work, made: Cycle, kind: StageKind) -> StageState:
    async with work.read() as unit:
        found = await unit.cycles.get(made.id)
    assert found is not None
    entry = found.stage(kind)
    assert entry is not None
    return entry.state


async def test_at_the_start_it_catches_up(
    work: Work, clock: FrozenClock, town: Community, watched: Watched
) -> None:
    made = await stored(work, town.id, cycle())
    clock.set(local(4, 2))
    await watched.scheduler.start()
    assert await _state(work, made, StageKind.IDEAS) is StageState.CLOSED
    assert await _state(work, made, StageKind.VOTING) is StageState.OPEN
    assert watched.looks == 1


async def test_the_alarm_is_set_for_the_next_moment_of_any_cycle(
    work: Work, clock: FrozenClock, town: Community, watched: Watched
) -> None:
    await stored(work, town.id, cycle(), "first")
    await stored(work, town.id, cycle(VOTING), "second")
    clock.set(local(3, 20))
    await watched.scheduler.start()
    assert watched.scheduler.next_alarm == local(3, 25, 18)
    clock.set(local(3, 26))
    await watched.scheduler.look()
    assert watched.scheduler.next_alarm == VOTING.opens_at


async def test_with_nothing_ahead_there_is_no_alarm(
    work: Work, clock: FrozenClock, town: Community, watched: Watched
) -> None:
    made = await stored(work, town.id, cycle(IDEAS))
    clock.set(local(3, 14, 19))
    await watched.scheduler.start()
    assert watched.scheduler.next_alarm == IDEAS.closes_at
    clock.set(IDEAS.closes_at)
    await watched.scheduler.look()
    assert watched.scheduler.next_alarm is None
    assert await _state(work, made, StageKind.IDEAS) is StageState.CLOSED
    await watched.scheduler.look()
    assert watched.scheduler.next_alarm is None


async def test_it_writes_the_reminders_that_are_due(
    work: Work, clock: FrozenClock, town: Community, resident: Meet, watched: Watched
) -> None:
    made = await stored(work, town.id, cycle(VOTING))
    person = await resident()
    async with work.write() as unit:
        await unit.engagements.begin(stage_id(made, StageKind.VOTING), person.id)
        await unit.commit()
    clock.set(VOTING.closes_at - timedelta(days=1))
    await watched.scheduler.start()
    found = await told(work, person)
    assert {entry.kind.value for entry in found} == {"stage_opened", "reminder"}


async def test_a_cycle_in_trouble_does_not_stop_the_others(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    first = await stored(work, town.id, cycle(), "first")
    second = await stored(work, town.id, cycle(), "second")
    clock.set(IDEAS.opens_at)

    class Stumbling(AdvanceCycle):
        """Fails on the first cycle."""

        __slots__ = ()

        @override
        async def __call__(self, cycle_id: int) -> datetime | None:
            if cycle_id == first.id:
                msg = "trouble"
                raise ValueError(msg)
            return await AdvanceCycle.__call__(self, cycle_id)

    scheduler = Scheduler(
        work,
        clock,
        Stumbling(work, clock),
        RemindUnfinished(work, clock),
        lambda: None,
    )
    await scheduler.look()
    assert await _state(work, first, StageKind.IDEAS) is StageState.PLANNED
    assert await _state(work, second, StageKind.IDEAS) is StageState.OPEN


async def test_it_looks_at_once_when_woken(
    work: Work, clock: FrozenClock, town: Community, watched: Watched
) -> None:
    made = await stored(work, town.id, cycle())
    clock.set(IDEAS.opens_at - timedelta(hours=1))
    await watched.scheduler.start()
    watched.looked.clear()
    clock.set(IDEAS.opens_at)
    watched.scheduler.wake()
    async with asyncio.timeout(60):
        await watched.looked.wait()
    assert await _state(work, made, StageKind.IDEAS) is StageState.OPEN


async def test_waking_it_during_a_look_makes_it_look_again(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    """However often it is woken meanwhile, once more is enough."""
    await stored(work, town.id, cycle())
    begun, go_on, twice = asyncio.Event(), asyncio.Event(), asyncio.Event()
    looks = 0

    class Slow(AdvanceCycle):
        """Waits to be let go on."""

        __slots__ = ()

        @override
        async def __call__(self, cycle_id: int) -> datetime | None:
            begun.set()
            await go_on.wait()
            return None

    def count() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            twice.set()

    go_on.set()
    scheduler = Scheduler(work, clock, Slow(work, clock), RemindUnfinished(work, clock), count)
    await scheduler.start()
    begun.clear()
    go_on.clear()
    scheduler.wake()
    async with asyncio.timeout(60):
        await begun.wait()
        for _time in range(3):
            scheduler.wake()
        await asyncio.sleep(0)
        go_on.set()
        await twice.wait()
    await scheduler.stop()
    assert looks == 3


async def test_waking_it_before_the_start_or_after_the_end_does_nothing(
    watched: Watched,
) -> None:
    watched.scheduler.wake()
    await watched.scheduler.start()
    await watched.scheduler.stop()
    watched.scheduler.wake()
    assert watched.looks == 1


async def test_a_stage_opens_by_the_real_clock_without_being_asked(
    work: Work, town: Community
) -> None:
    clock = SystemClock()
    soon = clock.now().astimezone(UTC) + timedelta(seconds=1)
    made = await stored(
        work, town.id, cycle(stage(StageKind.IDEAS, soon, soon + timedelta(days=10)))
    )
    watched = Watched(work, clock)
    await watched.scheduler.start()
    async with asyncio.timeout(60):
        while await _state(work, made, StageKind.IDEAS) is not StageState.OPEN:
            await watched.looked.wait()
            watched.looked.clear()
    assert clock.now() >= soon
    await watched.scheduler.stop()


async def test_trouble_with_tidying_up_is_logged_and_nothing_more(
    work: Work, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    tidied = 0

    async def tidy() -> None:
        nonlocal tidied
        tidied += 1
        message = "no room"
        raise OSError(message)

    advance, remind = AdvanceCycle(work, clock), RemindUnfinished(work, clock)
    scheduler = Scheduler(work, clock, advance, remind, lambda: None, tidy)
    await scheduler.tidy_up()
    await scheduler.tidy_up()

    assert tidied == 2
    assert "what is unseen could not be thrown away" in caplog.text
    await Scheduler(work, clock, advance, remind, lambda: None).tidy_up()
