"""People who have not written lately: some messengers let only so many of them be told a day.

Whoever wrote within the last 24 hours may be answered and told freely. Of all others, only so many
different people may be written to within any 24 hours (WhatsApp: 250 for a new number).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
MARGIN: Final = timedelta(minutes=5)
"""By how much the messenger's clock and way of counting may differ from ours."""
NOTED_EVERY: Final = timedelta(hours=1)
"""How often it is noted that somebody writes; nobody writes a line for every message."""
SCHEDULED_DAYS: Final = 7
"""For how many days ahead those who wait get a day of their own; the rest is looked at then."""


def written_since(now: datetime) -> datetime:
    """Return since when somebody has to have written to be told freely at `now`."""
    return now - DAY + MARGIN


def counted_since(now: datetime) -> datetime:
    """Return since when whoever was written to still counts at `now`."""
    return now - DAY - MARGIN


def is_worth_noting(wrote_at: datetime | None, now: datetime) -> bool:
    """Tell whether to note that somebody writes at `now`, noted last at `wrote_at`."""
    return wrote_at is None or now - wrote_at >= NOTED_EVERY


def next_free(oldest: datetime | None, now: datetime) -> datetime:
    """Return when the next person may be written to while as many as permitted were.

    Args:
        oldest: when that one of them was written to who will be the first not to count any more;
            None when all of them are being written to right now.
        now: the present moment.
    """
    # Not at the very moment: several become free together, and are looked for once.
    return max(oldest or now, now - DAY) + DAY + 2 * MARGIN


def days_ahead(first: datetime, a_day: int) -> Iterator[tuple[datetime, int | None]]:
    """Give the moments for which people wait from `first` on, and for how many each is.

    The last is for all others.
    """
    for days in range(SCHEDULED_DAYS):
        yield first + days * DAY, a_day
    yield first + SCHEDULED_DAYS * DAY, None


@dataclass(frozen=True, slots=True)
class Queue:
    """People on one channel who cannot be told freely."""

    people: int
    a_day: int
    """How many of them may be told within a day."""
    free: int
    """How many of them may be told at once."""

    @property
    def waiting(self) -> int:
        """How many of them have to wait for another day."""
        return max(self.people - self.free, 0)
