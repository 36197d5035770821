"""Dates as organisers type them."""

from datetime import datetime, time

import pytest

from civic.model.refusal import Reason, Refused
from dialogs.desk.dates import read_moment
from tests.civic.cycles import ALMATY, local

NOW = local(3, 10, 10)
USUAL = time(18, 0)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-12-05 18:00", local(12, 5, 18)),
        ("2026-12-5 9:05", local(12, 5, 9, 5)),
        ("  2026-12-05  ", local(12, 5, 18)),
        ("05.12.2026 18:00", local(12, 5, 18)),
        ("5.12", local(12, 5, 18)),
        ("5.12 07:30", local(12, 5, 7, 30)),
        ("5 декабря 18:00", local(12, 5, 18)),
        ("5 декабря, 18:00", local(12, 5, 18)),
        ("5 Декабря 2026", local(12, 5, 18)),
        ("5 желтоқсан 18:00", local(12, 5, 18)),
        ("5 желтоқсанға", local(12, 5, 18)),
        ("5 December 18:00", local(12, 5, 18)),
        ("December 5, 18:00", local(12, 5, 18)),
        ("18:00 5 december", local(12, 5, 18)),
        ("1 мая", local(5, 1, 18)),
        ("1 май", local(5, 1, 18)),
        ("1 мамыр", local(5, 1, 18)),
        ("1 маусым", local(6, 1, 18)),
        ("31 марта", local(3, 31, 18)),
        ("10 марта 23:00", local(3, 10, 23)),
    ],
)
def test_a_date_is_read_as_it_is_written(typed: str, expected: datetime) -> None:
    assert read_moment(typed, NOW, ALMATY, USUAL) == expected


def test_a_date_without_a_year_is_the_next_such_day() -> None:
    assert read_moment("9 марта", NOW, ALMATY, USUAL) == local(3, 9, 18).replace(year=2027)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tomorrow",
        "18:00",
        "2026-13-05",
        "2026-02-30",
        "30 февраля",
        "5 blabla",
        "2026-12-05 25:00",
        "2026-12-05 18:00 19:00",
        "5",
        "9" * 400,
        "5 декабря 2026 года и ещё немного",
    ],
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        read_moment(typed, NOW, ALMATY, USUAL)
    assert refused.value.reason is Reason.DATE_UNREADABLE
