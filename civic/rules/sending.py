"""How long it takes to tell many people."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from civic.model.resident import BY_DAY, Hours
from civic.rules.quiet_hours import is_allowed, next_allowed
from civic.rules.strangers import DAY, Queue

QUICKEST: Final = timedelta(seconds=4)
"""How soon whoever watches is shown a newer state, at the earliest."""
SLOWEST: Final = timedelta(seconds=30)
"""The same at the latest, while something goes on."""
IDLE: Final = timedelta(minutes=5)
"""The same while nothing does."""
OFF_AFTER: Final = timedelta(hours=1)
"""A channel that no sender has served for so long is off; what waits for it is given up."""
_HOUR: Final = timedelta(hours=1)
STEPS: Final = 100
"""Into how many steps what is left is divided: a long sending is shown anew less often."""
LONGEST: Final = timedelta(days=366)
"""What would take longer has no end that is worth telling."""


def finish(
    begin: datetime,
    copies: Mapping[tuple[str, Hours], int],
    rates: Mapping[str, float],
    zone: ZoneInfo,
    queues: Mapping[str, Queue],
) -> datetime | None:
    """Return when the last copy is sent, if sending begins at `begin` and rests in quiet hours.

    Args:
        begin: when sending may begin.
        copies: how many there are on each channel for people with the same hours; the channels
            send at the same time.
        rates: how many copies a second each channel takes.
        zone: where the people live.
        queues: who has to wait for another day, on channels that count it.

    None when a channel takes none, or when it would take longer than `LONGEST`.
    """
    on_channels: defaultdict[str, dict[Hours, int]] = defaultdict(dict)
    for (channel, hours), count in copies.items():
        if count:
            on_channels[channel][hours] = count
    moments = [begin]
    for channel, counts in on_channels.items():
        rate = rates.get(channel, 0.0)
        through = _through(begin, counts, rate, zone)
        if through is None:
            return None
        moments.append(through)
        if (queue := queues.get(channel)) is not None and queue.waiting:
            last_day = _last_day(begin, queue, zone)
            on_last_day = {BY_DAY: (queue.waiting - 1) % queue.a_day + 1}
            through = None if last_day is None else _through(last_day, on_last_day, rate, zone)
            if through is None:
                return None
            moments.append(through)
    return max(moments)


def _last_day(begin: datetime, queue: Queue, zone: ZoneInfo) -> datetime | None:
    """Return when the last of the queue begin to be told; None when that is too far away."""
    moment, waiting = next_allowed(begin, zone), queue.waiting
    while waiting > 0:
        moment = next_allowed(moment + DAY, zone)
        if moment > begin + LONGEST:
            return None
        waiting -= queue.a_day
    return moment


def _through(
    begin: datetime, counts: Mapping[Hours, int], rate: float, zone: ZoneInfo
) -> datetime | None:
    """Return when everyone on a channel is told, each within their hours; None when too late."""
    if rate <= 0 or sum(counts.values()) / rate > LONGEST.total_seconds():
        return None
    left = {hours: timedelta(seconds=count / rate) for hours, count in counts.items()}
    moment = begin
    while moment <= begin + LONGEST:
        moment = min(next_allowed(moment, zone, hours) for hours in left)
        # Hours begin and end when the clock strikes.
        strikes = moment + _HOUR - timedelta(minutes=moment.astimezone(zone).minute)
        strikes = strikes.replace(second=0, microsecond=0)
        room = strikes - moment
        told = {hours: left[hours] for hours in left if is_allowed(moment, zone, hours)}
        total = sum(told.values(), timedelta())
        if total > room:
            # Whoever is told at the same time is told mixed.
            told = {hours: room * (lasting / total) for hours, lasting in told.items()}
        left = {
            hours: rest
            for hours, lasting in left.items()
            if (rest := lasting - told.get(hours, timedelta()))
        }
        if not left:
            return moment + total
        moment = strikes
    return None


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
