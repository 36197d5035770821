"""Simulated time: waiting takes none, and everything runs in one thread."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.rehearsal.clock import SimulatedClock, SimulatedLoop, StandstillError

START = datetime(2026, 3, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


def test_a_year_of_waiting_is_over_at_once() -> None:
    async def wait() -> datetime:
        clock = SimulatedClock(START)
        await asyncio.sleep(YEAR.total_seconds())
        return clock.now()

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        assert runner.run(wait()) == START + YEAR


def test_who_waits_shorter_goes_on_earlier() -> None:
    seen: list[str] = []

    async def wait(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append(name)

    async def both() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(wait("long", 7200))
            tasks.create_task(wait("short", 3600))

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        runner.run(both())
    assert seen == ["short", "long"]


def test_what_asks_for_another_thread_runs_in_this_one() -> None:
    async def where() -> int:
        return await asyncio.to_thread(threading.get_ident)

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        assert runner.run(where()) == threading.get_ident()


def test_a_standstill_is_said_instead_of_waited_for() -> None:
    async def for_ever() -> None:
        await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner, pytest.raises(StandstillError):
        runner.run(for_ever())


def test_time_can_be_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)

    with asyncio.Runner(loop_factory=lambda: SimulatedLoop(speed=60)) as runner:
        runner.run(asyncio.sleep(3600))
    assert sum(slept) == pytest.approx(60)
