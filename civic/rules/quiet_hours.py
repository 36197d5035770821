"""When people may be told something they did not just ask for.

News waits for these hours; an answer to what a person writes or presses never does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from civic.model.resident import BY_DAY, Hours

SUNDAY: Final = 6
"""The day of the week on which only those are told who want it so."""
LEAD: Final = timedelta(hours=1)
"""How long before the quiet begins the last news of a day is begun, so that it reaches all."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment as far as it decides whose hours it is in; see `is_within`."""

    hour: int
    """Of the local clock."""
    is_workday: bool
    """False on a Sunday."""
    is_after_workday: bool
    """False on a Monday, the night to which belongs to Sunday."""

    @classmethod
    def of(cls, moment: datetime, zone: ZoneInfo) -> "Instant":
        """Return what a moment is in a town of that zone."""
        local = moment.astimezone(zone)
        return cls(local.hour, local.weekday() != SUNDAY, (local - _DAY).weekday() != SUNDAY)


def is_within(instant: Instant, hours: Hours) -> bool:
    """Tell whether people with these hours may be told something then.

    Hours over midnight belong to the day on which they begin. Storage says the same in SQL.
    """
    if instant.hour >= hours.opens:
        is_on = hours.is_over_midnight or instant.hour < hours.closes
        return is_on and (hours.sundays or instant.is_workday)
    is_on = hours.is_over_midnight and instant.hour < hours.closes
    return is_on and (hours.sundays or instant.is_after_workday)


def is_allowed(moment: datetime, zone: ZoneInfo, hours: Hours = BY_DAY) -> bool:
    """Tell whether people in `zone` may be told something at `moment`."""
    return is_within(Instant.of(moment, zone), hours)


def next_allowed(moment: datetime, zone: ZoneInfo, hours: Hours = BY_DAY) -> datetime:
    """Return the first moment from `moment` on at which people may be told: often itself."""
    if is_allowed(moment, zone, hours):
        return moment
    return next_opening(moment, zone, hours)


def next_opening(moment: datetime, zone: ZoneInfo, hours: Hours) -> datetime:
    """Return when the hours begin next after `moment`."""
    local = moment.astimezone(zone)
    day = local.date() if local.hour < hours.opens else local.date() + _DAY
    if day.weekday() == SUNDAY and not hours.sundays:
        day += _DAY
    return datetime.combine(day, time(hours.opens), zone).astimezone(moment.tzinfo)


def next_strike(moment: datetime, zones: Iterable[ZoneInfo]) -> datetime:
    """Return when an hour next begins by the clock of any of the towns; hours change only then.

    Without towns that is in an hour.
    """
    local = [moment.astimezone(zone) for zone in zones]
    passed = (
        timedelta(minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
        for here in local
    )
    return moment + _HOUR - max(passed, default=timedelta())


def last_allowed(deadline: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment before `deadline` at which it makes sense to begin telling people.

    That is `LEAD` before the deadline if people may be told then, or else `LEAD` before the last
    hours ahead of it end.
    """
    latest = deadline - LEAD
    if is_allowed(latest, zone):
        return latest
    local = latest.astimezone(zone)
    day = local.date() if local.hour >= BY_DAY.closes else local.date() - _DAY
    if day.weekday() == SUNDAY:
        day -= _DAY
    closes = datetime.combine(day, time(BY_DAY.closes), zone)
    return (closes - LEAD).astimezone(deadline.tzinfo)


def telling_moment(moment: datetime, deadline: datetime, zone: ZoneInfo) -> datetime:
    """Return when to begin telling what falls due at `moment` and is of no use at `deadline`.

    The hours come after it where that leaves `LEAD` to act, and otherwise before it.
    """
    after = next_allowed(moment, zone)
    return after if after + LEAD <= deadline else min(moment, last_allowed(deadline, zone))
