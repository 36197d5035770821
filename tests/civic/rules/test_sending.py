"""How long telling many people takes, with the nights and Sundays in between."""

from datetime import datetime, timedelta

import pytest

from civic.rules.sending import IDLE, QUICKEST, SLOWEST, finish, next_look
from tests.civic.cycles import ALMATY, local

NOON = local(3, 10, 12)
RATES = {"telegram": 30.0, "webchat": 50.0, "off": 0.0}


def test_the_slowest_channel_decides() -> None:
    assert finish(NOON, {"telegram": 3000, "webchat": 3000}, RATES, ALMATY) == (
        NOON + timedelta(seconds=100)
    )
    assert finish(NOON, {"telegram": 0}, RATES, ALMATY) == NOON


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
    assert finish(begin, {"telegram": hours * 3600 * 30}, RATES, ALMATY) == end


@pytest.mark.parametrize("channel", ["off", "unknown"])
def test_what_no_channel_takes_has_no_end(channel: str) -> None:
    assert finish(NOON, {channel: 1}, RATES, ALMATY) is None


def test_what_takes_more_than_a_year_has_no_end() -> None:
    assert finish(NOON, {"telegram": 10**10}, RATES, ALMATY) is None


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
