"""How long telling many people takes, with the nights and Sundays in between."""

from datetime import datetime, timedelta

import pytest

from civic.model.resident import ANY_HOUR, BY_DAY, Hours
from civic.rules.sending import IDLE, QUICKEST, SLOWEST, finish, next_look
from civic.rules.strangers import Queue
from tests.civic.cycles import ALMATY, local

NOON = local(3, 10, 12)
RATES = {"telegram": 30.0, "webchat": 50.0, "off": 0.0}


def _by_day(**copies: int) -> dict[tuple[str, Hours], int]:
    return {(channel, BY_DAY): count for channel, count in copies.items()}


def test_the_slowest_channel_decides() -> None:
    assert finish(NOON, _by_day(telegram=3000, webchat=3000), RATES, ALMATY, {}) == (
        NOON + timedelta(seconds=100)
    )
    assert finish(NOON, _by_day(telegram=0), RATES, ALMATY, {}) == NOON


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        (local(3, 10, 20), 1, local(3, 10, 21)),
        (local(3, 10, 20), 3, local(3, 11, 11)),
        (local(3, 10, 3), 2, local(3, 10, 11)),
        (local(3, 14, 20), 2, local(3, 16, 10)),
    ],
    ids=["until the evening", "over night", "from the morning", "over a sunday"],
)
def test_nothing_is_sent_in_the_quiet_hours(begin: datetime, hours: int, end: datetime) -> None:
    assert finish(begin, _by_day(telegram=hours * 3600 * 30), RATES, ALMATY, {}) == end


@pytest.mark.parametrize(
    ("begin", "copies", "end"),
    [
        (local(3, 10, 22), {ANY_HOUR: 3000}, local(3, 10, 22) + timedelta(seconds=100)),
        (local(3, 10, 22), {ANY_HOUR: 3000, BY_DAY: 30}, local(3, 11, 9) + timedelta(seconds=1)),
        (NOON, {BY_DAY: 3000, Hours(18, 20): 300}, local(3, 10, 18) + timedelta(seconds=10)),
        (local(3, 14, 19), {Hours(18, 20): 2 * 3600 * 30}, local(3, 16, 19)),
        (local(3, 14, 19), {Hours(18, 20, sundays=True): 2 * 3600 * 30}, local(3, 15, 19)),
        (local(3, 10, 23), {Hours(22, 2): 4 * 3600 * 30}, local(3, 11, 23)),
        (NOON, {BY_DAY: 3600 * 30, Hours(12, 13): 1800 * 30}, local(3, 11, 12, 10)),
    ],
    ids=[
        "at night",
        "some in the morning",
        "some in the evening",
        "over a sunday",
        "also on sunday",
        "over midnight",
        "at the same time",
    ],
)
def test_everyone_is_told_in_their_own_hours(
    begin: datetime, copies: dict[Hours, int], end: datetime
) -> None:
    of_channel = {("telegram", hours): count for hours, count in copies.items()}
    assert finish(begin, of_channel, RATES, ALMATY, {}) == end


def test_hours_too_short_for_all_within_a_year_have_no_end() -> None:
    narrow = {("telegram", Hours(9, 10)): 400 * 3600 * 30}
    assert finish(NOON, narrow, RATES, ALMATY, {}) is None


@pytest.mark.parametrize(
    ("people", "free", "end"),
    [
        (250, 250, local(3, 10, 12)),
        (251, 250, local(3, 11, 12)),
        (600, 0, local(3, 13, 12)),
        (1250, 250, local(3, 14, 12)),
        (1251, 250, local(3, 16, 9)),
    ],
    ids=["all today", "one tomorrow", "none today", "until saturday", "over a sunday"],
)
def test_who_has_not_written_waits_for_a_day_of_their_own(
    people: int, free: int, end: datetime
) -> None:
    queues = {"telegram": Queue(people, 250, free)}
    finished = finish(NOON, _by_day(telegram=people), RATES, ALMATY, queues)
    assert finished is not None
    assert end < finished < end + timedelta(minutes=1)


def test_a_queue_of_more_than_a_year_has_no_end() -> None:
    queues = {"telegram": Queue(400, 1, 0)}
    assert finish(NOON, _by_day(telegram=400), RATES, ALMATY, queues) is None


@pytest.mark.parametrize("channel", ["off", "unknown"])
def test_what_no_channel_takes_has_no_end(channel: str) -> None:
    assert finish(NOON, _by_day(**{channel: 1}), RATES, ALMATY, {}) is None


def test_what_takes_more_than_a_year_has_no_end() -> None:
    assert finish(NOON, _by_day(telegram=10**10), RATES, ALMATY, {}) is None


@pytest.mark.parametrize(
    ("left", "wait"),
    [
        (None, QUICKEST),
        (timedelta(seconds=10), QUICKEST),
        (timedelta(minutes=20), timedelta(seconds=12)),
        (timedelta(hours=3), SLOWEST),
    ],
    ids=["nobody knows", "a moment", "a while", "long"],
)
def test_the_longer_it_takes_the_less_often_it_is_shown_anew(
    left: timedelta | None, wait: timedelta
) -> None:
    end = None if left is None else NOON + left
    assert next_look(NOON, NOON, end) == NOON + wait


def test_what_waits_is_shown_anew_when_it_goes_on_and_now_and_then_before() -> None:
    assert next_look(NOON, NOON + timedelta(minutes=2), None) == NOON + timedelta(minutes=2)
    assert next_look(NOON, NOON + timedelta(hours=9), None) == NOON + IDLE
