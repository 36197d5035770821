"""`dauys` on a Monday morning, whenever it is run: groups are told nothing at night or on Sundays.

`python -m tests.end_to_end.monday run …` is a process of its own, whose clock is set ahead.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.cli import main
from bot.clock import SystemClock

AHEAD: Final = "DAUYS_TEST_CLOCK_AHEAD"
"""Seconds, in the environment of such a process."""
MORNING: Final = datetime(2100, 3, 1, 5, 0, tzinfo=UTC)
"""10:00 in Almaty, on a Monday."""

_now = SystemClock.now


class Ahead:
    """Implements `civic.ports.Clock` so many seconds ahead of the machine's clock."""

    def __init__(self, seconds: float) -> None:
        """Be so far ahead."""
        self._by = timedelta(seconds=seconds)

    @classmethod
    def at_morning(cls) -> "Ahead":
        """Return a clock on which it is Monday morning now."""
        return cls((MORNING - _now(SystemClock())).total_seconds())

    @property
    def settings(self) -> dict[str, str]:
        """What a process needs in its environment to have the same clock."""
        return {AHEAD: str(self._by.total_seconds())}

    def now(self) -> datetime:
        """Return the moment."""
        return _now(SystemClock()) + self._by


if __name__ == "__main__":
    ahead = Ahead(float(os.environ[AHEAD]))
    setattr(SystemClock, "now", lambda _clock: ahead.now())  # noqa: B010 - nobody else does it
    main()
