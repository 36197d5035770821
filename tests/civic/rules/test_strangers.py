"""Who counts as somebody new within a day, and for when those are put off who have to wait."""

from datetime import timedelta

import pytest

from civic.rules.strangers import (
    DAY,
    MARGIN,
    NOTED_EVERY,
    SCHEDULED_DAYS,
    Queue,
    counted_since,
    days_ahead,
    is_worth_noting,
    next_free,
    written_since,
)
from tests.fakes import MORNING

SECOND = timedelta(seconds=1)


def test_clocks_that_differ_a_little_do_no_harm() -> None:
    assert MORNING - written_since(MORNING) < DAY < MORNING - counted_since(MORNING)


def test_that_somebody_writes_is_noted_once_in_a_while() -> None:
    assert is_worth_noting(None, MORNING)
    assert is_worth_noting(MORNING - NOTED_EVERY, MORNING)
    assert not is_worth_noting(MORNING - NOTED_EVERY + SECOND, MORNING)


@pytest.mark.parametrize("ago", [timedelta(), timedelta(hours=5), DAY])
def test_once_a_place_is_free_nobody_counts_any_more_who_had_it(ago: timedelta) -> None:
    oldest = MORNING - ago
    assert counted_since(next_free(oldest, MORNING)) > oldest
    assert next_free(oldest, MORNING) > MORNING


def test_who_waits_is_put_off_to_a_day_of_their_own_and_the_rest_to_the_last() -> None:
    days = list(days_ahead(MORNING, 250))
    assert [moment - MORNING for moment, _people in days] == [
        number * DAY for number in range(SCHEDULED_DAYS + 1)
    ]
    assert [people for _moment, people in days] == [250] * SCHEDULED_DAYS + [None]
    assert MARGIN < DAY


@pytest.mark.parametrize(("people", "waiting"), [(0, 0), (100, 0), (101, 1), (400, 300)])
def test_only_those_wait_for_whom_there_is_no_place_today(people: int, waiting: int) -> None:
    assert Queue(people, a_day=250, free=100).waiting == waiting
