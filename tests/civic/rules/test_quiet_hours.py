"""Nobody is told anything at night or on a Sunday, whatever the town's clock does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from civic.model.resident import ANY_HOUR, BY_DAY, Hours
from civic.rules.quiet_hours import (
    LEAD,
    is_allowed,
    last_allowed,
    next_allowed,
    next_strike,
    telling_moment,
)

ALMATY = ZoneInfo("Asia/Almaty")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ALMATY, ZoneInfo("Asia/Qyzylorda"), BERLIN, ZoneInfo("America/St_Johns")]
HOURS = [BY_DAY, ANY_HOUR, Hours(20, 2), Hours(12, 20, sundays=True)]
MOMENTS = some.integers(0, 7 * 365 * 24 * 60).map(
    lambda minutes: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def _at(text: str, zone: ZoneInfo = ALMATY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("local", "allowed"),
    [
        ("2026-03-09T09:00", True),
        ("2026-03-09T08:59:59", False),
        ("2026-03-09T20:59:59", True),
        ("2026-03-09T21:00", False),
        ("2026-03-14T20:59", True),
        ("2026-03-15T12:00", False),
    ],
    ids=["monday 9", "before 9", "before 21", "monday 21", "saturday", "sunday"],
)
def test_people_are_told_from_monday_to_saturday_between_9_and_21(
    local: str, *, allowed: bool
) -> None:
    assert is_allowed(_at(local), ALMATY) is allowed


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2026-03-09T12:34:56", "2026-03-09T12:34:56"),
        ("2026-03-09T03:00", "2026-03-09T09:00"),
        ("2026-03-09T21:00", "2026-03-10T09:00"),
        ("2026-03-14T21:00", "2026-03-16T09:00"),
        ("2026-03-15T12:00", "2026-03-16T09:00"),
        ("2026-03-15T23:59", "2026-03-16T09:00"),
    ],
)
def test_what_falls_into_the_quiet_waits_for_the_next_morning_that_is_no_sunday(
    due: str, told: str
) -> None:
    assert next_allowed(_at(due), ALMATY) == _at(told)


@pytest.mark.parametrize(
    ("utc", "told"),
    [
        # Almaty was six hours ahead of UTC until the end of February 2024 and is five hours since.
        ("2024-02-29T02:30", "2024-02-29T03:00"),
        ("2024-02-29T15:00", "2024-03-01T04:00"),
        ("2024-03-01T03:30", "2024-03-01T04:00"),
        ("2024-03-01T15:30", "2024-03-01T15:30"),
    ],
)
def test_the_hours_follow_a_town_whose_zone_changed(utc: str, told: str) -> None:
    due, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (utc, told))
    assert next_allowed(due, ALMATY) == expected


def test_qyzylorda_has_been_five_hours_ahead_since_2018() -> None:
    for year in (2023, 2025):
        due = datetime(year, 3, 1, 1, tzinfo=UTC)
        assert next_allowed(due, ZoneInfo("Asia/Qyzylorda")) == due.replace(hour=4)


def test_nine_in_the_morning_is_nine_on_both_sides_of_summer_time() -> None:
    assert next_allowed(_at("2026-03-28T22:00", BERLIN), BERLIN) == datetime(
        2026, 3, 30, 7, tzinfo=UTC
    )
    assert next_allowed(_at("2026-10-24T22:00", BERLIN), BERLIN) == datetime(
        2026, 10, 26, 8, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("deadline", "told"),
    [
        ("2026-03-09T18:00", "2026-03-09T17:00"),
        ("2026-03-09T09:30", "2026-03-07T20:00"),
        ("2026-03-09T09:00", "2026-03-07T20:00"),
        ("2026-03-15T18:00", "2026-03-14T20:00"),
        ("2026-03-11T00:00", "2026-03-10T20:00"),
        ("2026-03-11T21:30", "2026-03-11T20:30"),
    ],
)
def test_the_last_chance_before_a_deadline_leaves_time_to_reach_everyone(
    deadline: str, told: str
) -> None:
    assert last_allowed(_at(deadline), ALMATY) == _at(told)


@pytest.mark.parametrize(
    ("due", "deadline", "told"),
    [
        ("2026-03-10T18:00", "2026-03-11T18:00", "2026-03-10T18:00"),
        ("2026-03-10T00:00", "2026-03-11T00:00", "2026-03-10T09:00"),
        ("2026-03-15T18:00", "2026-03-16T18:00", "2026-03-16T09:00"),
        ("2026-03-15T09:00", "2026-03-16T09:00", "2026-03-14T20:00"),
        ("2026-03-14T23:59", "2026-03-15T23:59", "2026-03-14T20:00"),
    ],
    ids=["in the day", "at night", "on a sunday", "sunday to monday morning", "close on a sunday"],
)
def test_a_reminder_comes_before_the_close_even_if_it_has_to_come_early(
    due: str, deadline: str, told: str
) -> None:
    assert telling_moment(_at(due), _at(deadline), ALMATY) == _at(told)


@given(moment=MOMENTS, zone=some.sampled_from(ZONES))
def test_the_next_moment_is_allowed_never_earlier_and_within_two_days(
    moment: datetime, zone: ZoneInfo
) -> None:
    told = next_allowed(moment, zone)
    assert is_allowed(told, zone)
    assert moment <= told <= moment + timedelta(hours=38)
    assert next_allowed(told, zone) == told


@given(deadline=MOMENTS, zone=some.sampled_from(ZONES), ahead=some.sampled_from([1, 3]))
def test_a_reminder_is_always_told_in_allowed_hours_before_the_close(
    deadline: datetime, zone: ZoneInfo, ahead: int
) -> None:
    told = telling_moment(deadline - timedelta(days=ahead), deadline, zone)
    assert is_allowed(told, zone)
    assert told + LEAD <= deadline


@pytest.mark.parametrize(
    ("moment", "strikes"),
    [
        ("2026-03-09T18:00", "2026-03-09T18:15"),
        ("2026-03-09T18:15", "2026-03-09T19:00"),
        ("2026-03-09T18:20:30.5", "2026-03-09T19:00"),
        ("2026-03-09T23:59:59", "2026-03-10T00:00"),
    ],
)
def test_hours_begin_by_the_clock_of_each_town(moment: str, strikes: str) -> None:
    zones = [ALMATY, ZoneInfo("Asia/Kathmandu")]
    assert next_strike(_at(moment), zones) == _at(strikes)


def test_without_towns_there_is_nothing_to_look_at_for_an_hour() -> None:
    assert next_strike(_at("2026-03-09T18:20"), []) == _at("2026-03-09T19:20")


@given(moment=MOMENTS, zone=some.sampled_from(ZONES), hours=some.sampled_from(HOURS))
def test_nobodys_hours_change_before_the_next_strike(
    moment: datetime, zone: ZoneInfo, hours: Hours
) -> None:
    strikes = next_strike(moment, [zone])
    assert moment < strikes <= moment + timedelta(hours=1)
    almost = strikes - timedelta(microseconds=1)
    assert is_allowed(moment, zone, hours) == is_allowed(almost, zone, hours)
