"""The hours within which people want to be told, in SQL."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from civic.model.resident import BY_DAY, Hours
from civic.rules.quiet_hours import Instant, next_opening
from storage.tables.base import Moment
from storage.tables.people import residents

COLUMNS: Final = (residents.c.hours_from, residents.c.hours_to, residents.c.sundays)
Value = sa.ColumnElement[Any]


def hours_from(row: sa.Row[Any]) -> Hours:
    """Return the hours that a row of `residents` holds."""
    return Hours(row.hours_from, row.hours_to, sundays=row.sundays)


def hours_stored(hours: Hours) -> dict[str, int | bool]:
    """Return the columns of `residents` that hold these hours."""
    return {
        "hours_from": hours.opens,
        "hours_to": hours.closes,
        "sundays": hours.sundays,
    }


def within(
    people: sa.FromClause, hour: Value, is_workday: Value, is_after_workday: Value
) -> sa.ColumnElement[bool]:
    """Return `civic.rules.quiet_hours.is_within` for an instant and the hours of `people`."""
    opens, closes, sundays = people.c.hours_from, people.c.hours_to, people.c.sundays
    over_midnight = closes <= opens
    return sa.or_(
        sa.and_(
            hour >= opens,
            sa.or_(over_midnight, hour < closes),
            sa.or_(sundays, is_workday),
        ),
        sa.and_(
            hour < opens,
            over_midnight,
            hour < closes,
            sa.or_(sundays, is_after_workday),
        ),
    )


def within_at(people: sa.FromClause, instant: Instant) -> sa.ColumnElement[bool]:
    """Return the same for an instant that is known."""
    return within(
        people,
        sa.literal(instant.hour, sa.Integer),
        sa.literal(instant.is_workday, sa.Boolean),
        sa.literal(instant.is_after_workday, sa.Boolean),
    )


def of_person(
    resident_id: sa.ColumnElement[int], condition: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Return whether a condition on `residents` holds for one person.

    A correlated query: no planner turns it into a join over everyone in the town.
    """
    found = sa.select(condition).where(residents.c.id == resident_id).scalar_subquery()
    return found.is_(sa.true())


def opening(people: sa.FromClause, now: datetime, zone: ZoneInfo) -> sa.ColumnElement[datetime]:
    """Return when the hours of `people`, who are not within them now, begin next."""
    each = [(opens, sundays) for opens in range(24) for sundays in (False, True)]
    choices = [Hours(opens, 24, sundays=sundays) for opens, sundays in each]
    # First what nearly everyone has: the cases are gone through for each person.
    choices.sort(key=lambda hours: (hours.opens != BY_DAY.opens, hours.sundays))
    return sa.case(
        *(
            (
                sa.and_(
                    people.c.hours_from == hours.opens,
                    people.c.sundays if hours.sundays else sa.not_(people.c.sundays),
                ),
                sa.literal(next_opening(now, zone, hours), Moment),
            )
            for hours in choices
        ),
        else_=sa.literal(now, Moment),
    )
