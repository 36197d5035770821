"""However unevenly calls arrive, no second sees more of them than the messenger permits."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.broadcast.pace import Pace
from bot.channels.budgets import Budget
from tests.bot.broadcast.messenger import moving
from tests.fakes import MORNING, FrozenClock

BUDGET = Budget(per_second=10, in_flight=4)
SECOND = timedelta(seconds=1)


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
        turn = await pace.turn(1)
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


async def test_steady_answers_cost_no_rate(clock: FrozenClock) -> None:
    arrived = (await _arrivals(clock, [0.05] * 200))[100:]
    rate = 99 / (arrived[-1] - arrived[0]).total_seconds()
    assert rate >= 0.98 * BUDGET.per_second


async def test_senders_take_their_part(clock: FrozenClock) -> None:
    arrived = await _arrivals(clock, [0.01] * 20, senders=3)
    rate = 19 / (arrived[-1] - arrived[0]).total_seconds()
    assert 0.97 * BUDGET.per_second / 3 <= rate <= BUDGET.per_second / 3


async def test_a_sender_left_alone_takes_everything_again(clock: FrozenClock) -> None:
    pace = _pace(clock)
    pace.share_with(4)
    pace.share_with(1)
    began = clock.now()
    for _call in range(31):
        pace.answered(await pace.turn(1))
    assert clock.now() - began <= timedelta(seconds=4.2)


async def test_more_calls_on_their_way_than_slots_wait_for_an_answer(clock: FrozenClock) -> None:
    pace = _pace(clock, Budget(per_second=1, in_flight=2))
    first = await pace.turn(1)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(pace.turn(2))
        for _step in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        pace.answered(first)
    assert waiting.result() - first >= SECOND


async def test_a_reply_takes_the_place_of_news(clock: FrozenClock) -> None:
    pace = _pace(clock)
    for _reply in range(BUDGET.per_second):
        pace.yield_to_reply()
    assert await pace.turn(1) >= MORNING + SECOND


async def test_a_turn_not_used_is_given_back(clock: FrozenClock) -> None:
    pace = _pace(clock, Budget(per_second=1, in_flight=1))
    pace.unused(await pace.turn(1))
    assert await pace.turn(1) >= MORNING + SECOND


@pytest.mark.parametrize(("chat", "wait"), [(5, 2.0), (-5, 3.0)], ids=["person", "group"])
async def test_one_chat_gets_messages_more_slowly(
    clock: FrozenClock, chat: int, wait: float
) -> None:
    pace = _pace(clock, Budget(per_second=100, in_flight=4, chat_seconds=2.0, group_seconds=3.0))
    pace.answered(await pace.turn(chat))
    pace.answered(await pace.turn(chat + 1))
    assert clock.now() < MORNING + SECOND
    assert await pace.turn(chat) >= MORNING + timedelta(seconds=wait)


async def test_a_clock_set_back_does_not_stop_the_news(clock: FrozenClock) -> None:
    pace = _pace(clock)
    pace.answered(await pace.turn(1))
    clock.move(timedelta(days=-1))
    began = clock.now()
    pace.answered(await pace.turn(2))
    assert clock.now() - began <= 2 * SECOND


async def test_a_pause_ends_by_itself_and_is_never_shortened(clock: FrozenClock) -> None:
    pace = _pace(clock)
    assert pace.paused_until is None
    pace.pause(MORNING + 3 * SECOND)
    pace.pause(MORNING + SECOND)
    assert pace.paused_until == MORNING + 3 * SECOND
    clock.move(3 * SECOND)
    assert pace.paused_until is None
