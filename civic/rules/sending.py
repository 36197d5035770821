"""How long it takes to tell many people."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from civic.rules.quiet_hours import CLOSES, next_allowed

QUICKEST: Final = timedelta(seconds=4)
"""How soon whoever watches is shown a newer state, at the earliest."""
SLOWEST: Final = timedelta(seconds=30)
"""The same at the latest, while something goes on."""
IDLE: Final = timedelta(minutes=5)
"""The same while nothing does."""
STEPS: Final = 100
"""Into how many steps what is left is divided: a long sending is shown anew less often."""
LONGEST: Final = timedelta(days=366)
"""What would take longer has no end that is worth telling."""


def finish(
    begin: datetime, copies: Mapping[str, int], rates: Mapping[str, float], zone: ZoneInfo
) -> datetime | None:
    """Return when the last copy is sent, if sending begins at `begin` and rests in quiet hours.

    Args:
        begin: when sending may begin.
        copies: how many there are on each channel; the channels send at the same time.
        rates: how many copies a second each channel takes.
        zone: where the people live.

    None when a channel takes none, or when it would take longer than `LONGEST`.
    """
    moments = []
    for channel, count in copies.items():
        if not count:
            continue
        rate = rates.get(channel, 0.0)
        if rate <= 0 or count / rate > LONGEST.total_seconds():
            return None
        moments.append(_after(begin, timedelta(seconds=count / rate), zone))
    return max(moments, default=begin)


def _after(begin: datetime, lasting: timedelta, zone: ZoneInfo) -> datetime:
    """Return when something is over that takes so long and goes on by day only."""
    while True:
        begin = next_allowed(begin, zone)
        evening = datetime.combine(begin.astimezone(zone).date(), CLOSES, zone)
        left = evening.astimezone(begin.tzinfo) - begin
        if lasting <= left:
            return begin + lasting
        lasting -= left
        begin += left


def next_look(now: datetime, begin: datetime, finishes_at: datetime | None) -> datetime:
    """Return when somebody who watches a sending at `now` should be shown it again.

    Args:
        now: when they saw it last.
        begin: when it goes on; `now` or before if it does already.
        finishes_at: when it will be through; None where that is not known.
    """
    if begin > now:
        return min(begin, now + IDLE)
    step = QUICKEST if finishes_at is None else (finishes_at - now) / STEPS
    return now + min(max(step, QUICKEST), SLOWEST)
