"""When people may be told something they did not just ask for.

News waits for these hours; an answer to what a person writes or presses never does. The hours are
those within which Kazakh operators let short messages be sent.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OPENS: Final = time(9)
"""Local time from which people may be told."""
CLOSES: Final = time(21)
"""Local time from which they may not, that day."""
SUNDAY: Final = 6
"""The day of the week on which nobody is told; every other day has the same hours."""
LEAD: Final = timedelta(hours=1)
"""How long before the quiet begins the last news of a day is begun, so that it reaches all."""

_DAY: Final = timedelta(days=1)


def is_allowed(moment: datetime, zone: ZoneInfo) -> bool:
    """Tell whether people in `zone` may be told something at `moment`."""
    local = moment.astimezone(zone)
    return local.weekday() != SUNDAY and OPENS <= local.time() < CLOSES


def next_allowed(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment from `moment` on at which people may be told: often itself."""
    if is_allowed(moment, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() if local.time() < OPENS else local.date() + _DAY
    if day.weekday() == SUNDAY:
        day += _DAY
    return datetime.combine(day, OPENS, zone).astimezone(moment.tzinfo)


def last_allowed(deadline: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment before `deadline` at which it makes sense to begin telling people.

    That is `LEAD` before the deadline if people may be told then, or else `LEAD` before the last
    hours ahead of it end.
    """
    latest = deadline - LEAD
    if is_allowed(latest, zone):
        return latest
    local = latest.astimezone(zone)
    day = local.date() if local.time() >= CLOSES else local.date() - _DAY
    if day.weekday() == SUNDAY:
        day -= _DAY
    return (datetime.combine(day, CLOSES, zone) - LEAD).astimezone(deadline.tzinfo)


def telling_moment(moment: datetime, deadline: datetime, zone: ZoneInfo) -> datetime:
    """Return when to begin telling what falls due at `moment` and is of no use at `deadline`.

    The hours come after it where that leaves `LEAD` to act, and otherwise before it.
    """
    after = next_allowed(moment, zone)
    return after if after + LEAD <= deadline else min(moment, last_allowed(deadline, zone))
