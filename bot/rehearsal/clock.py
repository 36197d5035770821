"""Time that passes when nothing is going on: a year of waiting takes none.

Everything of a rehearsal runs in one thread. So, whenever the event loop has nothing left to do
until its next timer, nothing can happen before that timer either, and the clock is put forward to
it. What sleeps, waits or times out needs not know.
"""

import asyncio
import contextvars
import selectors
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from typing_extensions import override


class StandstillError(Exception):
    """Everybody waits for somebody else, and no timer is set."""


class _Selector(selectors.DefaultSelector):
    """Puts the clock forward instead of waiting."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        super().__init__()
        self._wait = wait

    @override
    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            message = "everybody in the rehearsal waits, and nothing is going to happen"
            raise StandstillError(message)
        if timeout > 0:
            self._wait(timeout)
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop on simulated time."""

    def __init__(self, speed: float | None = None) -> None:
        """Let `speed` simulated seconds pass in a second; None: as fast as possible."""
        self._passed = 0.0
        self._speed = speed
        super().__init__(_Selector(self._pass))
        # As asyncio has it, a nanosecond is lost in a float of more than half a year of seconds,
        # and a timer whose moment has come would never be run.
        self._clock_resolution = 1e-6

    def _pass(self, seconds: float) -> None:
        if self._speed is not None:
            time.sleep(seconds / self._speed)
        self._passed += seconds

    @override
    def time(self) -> float:
        return self._passed

    @override
    def run_in_executor(  # type: ignore[override]
        self,
        executor: object,
        func: Callable[..., Any],
        *args: Any,
    ) -> asyncio.Future[Any]:
        """Run at once and in this thread: another thread would need time of its own."""
        done: asyncio.Future[Any] = self.create_future()
        try:
            done.set_result(contextvars.copy_context().run(func, *args))
        except Exception as error:  # noqa: BLE001 - whoever awaits the result gets it
            done.set_exception(error)
        return done


class SimulatedClock:
    """Implements `civic.ports.Clock` by the time of the running `SimulatedLoop`."""

    def __init__(self, start: datetime) -> None:
        """Let the loop's time 0 be `start`."""
        self._start = start

    def now(self) -> datetime:
        """Return the present simulated moment."""
        return self._start + timedelta(seconds=asyncio.get_running_loop().time())

    async def sleep_until(self, moment: datetime) -> None:
        """Wait for `moment`; return at once when it is past."""
        # Timers of more than a day are set again by asyncio, which is no trouble here.
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))
