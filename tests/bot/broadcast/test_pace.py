"""However unevenly calls arrive, no second sees more of them than the messenger permits."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.broadcast.pace import FAMILIAR, HURRY, Pace
from bot.channels.budgets import Budget
from bot.rehearsal.clock import SimulatedClock, SimulatedLoop
from tests.bot.broadcast.messenger import moving
from tests.fakes import MORNING, FrozenClock

BUDGET = Budget(per_second=10, in_flight=4)
SECOND = timedelta(seconds=1)
LATER = MORNING + timedelta(days=1)


def _pace(clock: FrozenClock, budget: Budget = BUDGET) -> Pace:
    return Pace(budget, clock, moving(clock))


async def _arrivals(
    clock: FrozenClock, delays: Sequence[float], budget: Budget = BUDGET, senders: int = 1
) -> list[datetime]:
    """Return when calls arrive of which each is that many seconds on its way."""
    pace = _pace(clock, budget)
    pace.share_with(senders)
    arrived = []
    for delay in delays:
        turn = await pace.turn(1, LATER)
        clock.move(timedelta(seconds=delay))
        arrived.append(clock.now())
        pace.answered(turn)
    return arrived


def _most_in_a_second(arrived: Sequence[datetime]) -> int:
    return max(sum(first <= other < first + SECOND for other in arrived) for first in arrived)


@pytest.mark.parametrize(
    "delays",
    [[0.0] * 40, [0.05] * 40, [0.01, 0.01, 0.3, 0.01] * 10, [0.2] * 10 + [0.01] * 30],
    ids=["at once", "steady", "some late", "slow at first"],
)
async def test_no_second_sees_more_than_permitted(
    clock: FrozenClock, delays: Sequence[float]
) -> None:
    assert _most_in_a_second(await _arrivals(clock, delays)) <= BUDGET.per_second


async def test_calls_held_up_together_say_nothing_about_the_way(clock: FrozenClock) -> None:
    pace = _pace(clock)
    arrived = []

    async def call(delay: float, together: int = 1) -> None:
        turns = [await pace.turn(1, LATER) for _call in range(together)]
        clock.move(timedelta(seconds=delay))
        for turn in turns:
            arrived.append(clock.now())
            pace.answered(turn)

    for _call in range(FAMILIAR):
        await call(0.01)
    for _burst in range(10):
        await call(0.3, BUDGET.per_second)
    for _call in range(20):
        await call(0.01)
    assert _most_in_a_second(arrived) <= BUDGET.per_second


@pytest.mark.parametrize("idle", [0.2, 0.9, 60.0], ids=["delay", "pause", "nothing to tell"])
async def test_what_is_late_does_not_go_all_at_once(clock: FrozenClock, idle: float) -> None:
    pace = _pace(clock, Budget(per_second=100, in_flight=4))
    pace.answered(await pace.turn(1, LATER))
    clock.move(timedelta(seconds=idle))
    turns = [await pace.turn(number, LATER) for number in range(50)]
    shortest = min(later - turn for turn, later in pairwise(turns))
    assert shortest >= HURRY * SECOND / 100


async def test_a_short_delay_is_made_good(clock: FrozenClock) -> None:
    pace = _pace(clock)
    await pace.turn(1, LATER)
    clock.move(timedelta(seconds=0.2))
    for number in range(9):
        await pace.turn(number, LATER)
    assert clock.now() - MORNING <= timedelta(seconds=0.95)


async def test_steady_answers_cost_no_rate(clock: FrozenClock) -> None:
    arrived = (await _arrivals(clock, [0.05] * 250))[150:]
    rate = 99 / (arrived[-1] - arrived[0]).total_seconds()
    assert rate >= 0.98 * BUDGET.per_second


async def test_senders_take_their_part(clock: FrozenClock) -> None:
    arrived = await _arrivals(clock, [0.01] * 20, senders=3)
    rate = 19 / (arrived[-1] - arrived[0]).total_seconds()
    # Three of ten a second: what cannot be divided is left.
    assert 0.97 * 3 <= rate <= BUDGET.per_second / 3


async def test_a_sender_left_alone_takes_everything_again(clock: FrozenClock) -> None:
    pace = _pace(clock)
    pace.share_with(4)
    pace.share_with(1)
    began = clock.now()
    for _call in range(31):
        pace.answered(await pace.turn(1, LATER))
    assert clock.now() - began <= timedelta(seconds=4.2)


async def test_more_calls_on_their_way_than_slots_wait_for_an_answer(clock: FrozenClock) -> None:
    pace = _pace(clock, Budget(per_second=1, in_flight=2))
    first = await pace.turn(1, LATER)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(pace.turn(2, LATER))
        for _step in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        pace.answered(first)
    assert waiting.result() - first >= SECOND


async def test_a_reply_takes_the_place_of_news(clock: FrozenClock) -> None:
    pace = _pace(clock)
    for _reply in range(BUDGET.per_second):
        pace.yield_to_reply(2, clock.now())
    assert await pace.turn(1, LATER) >= MORNING + SECOND


@pytest.mark.parametrize("replies", [0, 5, 10])
@pytest.mark.parametrize("senders", [1, 2, 3])
def test_news_and_replies_together_keep_to_what_is_permitted(senders: int, replies: int) -> None:
    """Also with every slot in use, and each reply counted by all senders."""
    permitted, lasting = 30, timedelta(minutes=1)

    async def send() -> int:
        clock = SimulatedClock(MORNING)
        paces = [_busy(clock, senders, permitted) for _sender in range(senders)]
        told = 0

        async def tell(pace: Pace) -> None:
            nonlocal told
            while (turn := await pace.turn(told + 1, LATER)) < MORNING + lasting:
                told += 1
                await asyncio.sleep(0.08)
                pace.answered(turn)
            pace.unused(turn)

        async def reply() -> None:
            for number in range(replies * 60):
                for pace in paces:
                    pace.yield_to_reply(10_000 + number, clock.now())
                await asyncio.sleep(1 / replies)

        async with asyncio.TaskGroup() as tasks:
            for pace in paces:
                for _in_flight in range(16):
                    tasks.create_task(tell(pace))
            tasks.create_task(reply())
        return told

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        told = runner.run(send())
    news = told / lasting.total_seconds()
    assert 0.93 * permitted <= news + replies <= 1.03 * permitted


def _busy(clock: SimulatedClock, senders: int, permitted: int) -> Pace:
    pace = Pace(Budget(per_second=permitted, in_flight=16), clock, asyncio.sleep)
    pace.share_with(senders)
    return pace


async def test_after_a_reply_its_chat_is_told_news_a_moment_later(clock: FrozenClock) -> None:
    pace = _pace(clock, Budget(per_second=100, in_flight=4, chat_seconds=2.0))
    pace.yield_to_reply(2, MORNING)
    pace.yield_to_reply(2, MORNING - SECOND)
    pace.answered(await pace.turn(1, LATER))
    assert clock.now() < MORNING + SECOND
    assert await pace.turn(2, LATER) == MORNING + 2 * SECOND


async def test_a_turn_not_used_is_given_back(clock: FrozenClock) -> None:
    pace = _pace(clock, Budget(per_second=1, in_flight=1))
    pace.unused(await pace.turn(1, LATER))
    assert await pace.turn(1, LATER) >= MORNING + SECOND


@pytest.mark.parametrize(("chat", "wait"), [(5, 2.0), (-5, 3.0)], ids=["person", "group"])
async def test_one_chat_gets_messages_more_slowly(
    clock: FrozenClock, chat: int, wait: float
) -> None:
    pace = _pace(clock, Budget(per_second=100, in_flight=4, chat_seconds=2.0, group_seconds=3.0))
    pace.answered(await pace.turn(chat, LATER))
    pace.answered(await pace.turn(chat + 1, LATER))
    assert clock.now() < MORNING + SECOND
    assert await pace.turn(chat, LATER) >= MORNING + timedelta(seconds=wait)


async def test_a_clock_set_back_does_not_stop_the_news(clock: FrozenClock) -> None:
    pace = _pace(clock)
    pace.answered(await pace.turn(1, LATER))
    clock.move(timedelta(days=-1))
    began = clock.now()
    pace.answered(await pace.turn(2, LATER))
    assert clock.now() - began <= 2 * SECOND


async def test_a_pause_ends_by_itself_and_is_never_shortened(clock: FrozenClock) -> None:
    pace = _pace(clock)
    assert pace.paused_until is None
    pace.pause(MORNING + 3 * SECOND)
    pace.pause(MORNING + SECOND)
    assert pace.paused_until == MORNING + 3 * SECOND
    clock.move(3 * SECOND)
    assert pace.paused_until is None


async def test_who_has_a_turn_goes_on_evenly_at_the_end_of_a_pause(clock: FrozenClock) -> None:
    pace = _pace(clock)
    end = MORNING + 3 * SECOND
    pace.pause(end)
    turns = sorted(await asyncio.gather(*(pace.turn(number, end) for number in range(4))))
    assert turns[0] == end
    assert min(later - turn for turn, later in pairwise(turns)) >= HURRY * SECOND / 10


async def test_a_pause_that_lasts_longer_than_patience_is_not_waited_for(
    clock: FrozenClock,
) -> None:
    pace = _pace(clock)
    pace.pause(MORNING + 3 * SECOND)
    pace.unused(await pace.turn(1, MORNING + 2 * SECOND))
    assert clock.now() < MORNING + SECOND


async def test_who_stops_does_not_wait_for_the_end_of_a_pause(clock: FrozenClock) -> None:
    pace = _pace(clock)
    pace.pause(MORNING + 3 * SECOND)
    pace.stop()
    pace.unused(await pace.turn(1, LATER))
    assert clock.now() < MORNING + SECOND
