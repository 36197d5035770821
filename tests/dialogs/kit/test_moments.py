"""Dates read naturally in every language, wherever in a sentence they stand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.wiring import catalogues
from dialogs.kit.figures import money, number, percent
from dialogs.kit.moments import When, close, day, day_and_time, last_day

TOWN = ZoneInfo("Asia/Almaty")
EVENING = datetime(2026, 12, 5, 18, 0, tzinfo=TOWN)
MIDNIGHT = datetime(2020, 11, 9, 0, 0, tzinfo=TOWN)


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("{when}", "ru", "5 декабря, 18:00"),
        ("закроется {when:at}", "ru", "закроется 5 декабря в 18:00"),
        ("до {when:bound}", "ru", "до 18:00 5 декабря"),
        ("{when}", "kk", "5 желтоқсан, 18:00"),
        ("{when:at} жабылады", "kk", "5 желтоқсан сағат 18:00-де жабылады"),
        ("{when:bound} дейін", "kk", "5 желтоқсан 18:00-ге дейін"),
        ("until {when}", "en", "until December 5, 18:00"),
        ("until {when:bound}", "en", "until December 5, 18:00"),
    ],
)
def test_a_text_gets_the_form_that_it_names(text: str, language: str, shown: str) -> None:
    when = day_and_time(EVENING.astimezone(UTC), TOWN, language)
    assert text.format(when=when) == shown


@pytest.mark.parametrize(
    ("month", "shown"),
    [
        (1, "5 қаңтарға"),
        (3, "5 наурызға"),
        (7, "5 шілдеге"),
        (9, "5 қыркүйекке"),
        (12, "5 желтоқсанға"),
    ],
)
def test_kazakh_months_are_bent_by_their_last_sound(month: int, shown: str) -> None:
    when = day(EVENING.replace(month=month), TOWN, "kk")
    assert f"{when:bound}" == shown


@pytest.mark.parametrize(
    ("minute", "bound", "at"),
    [
        (0, "18:00-ге", "18:00-де"),
        (5, "18:05-ке", "18:05-те"),
        (30, "18:30-ға", "18:30-да"),
        (40, "18:40-қа", "18:40-та"),
        (59, "18:59-ға", "18:59-да"),
    ],
)
def test_kazakh_times_are_bent_as_they_are_read_aloud(minute: int, bound: str, at: str) -> None:
    when = day_and_time(EVENING.replace(minute=minute), TOWN, "kk")
    assert f"{when:bound}" == f"5 желтоқсан {bound}"
    assert f"{when:at}" == f"5 желтоқсан сағат {at}"


@pytest.mark.parametrize(
    ("language", "with_time", "date"),
    [
        ("ru", "8 ноября 2020 года, 24:00", "8 ноября 2020 года"),
        ("kk", "2020 жылғы 8 қараша, 24:00", "2020 жылғы 8 қараша"),
        ("en", "November 8, 2020, 24:00", "November 8, 2020"),
    ],
)
def test_a_close_at_midnight_belongs_to_the_day_that_ends(
    language: str, with_time: str, date: str
) -> None:
    assert close(MIDNIGHT, TOWN, language, year=True) == with_time
    assert last_day(MIDNIGHT, TOWN, language, year=True) == date
    assert day_and_time(MIDNIGHT, TOWN, language).endswith("00:00")


def test_any_other_close_is_shown_as_it_is() -> None:
    assert close(EVENING, TOWN, "ru") == "5 декабря, 18:00"
    assert last_day(EVENING, TOWN, "ru") == "5 декабря"
    assert last_day(MIDNIGHT + timedelta(seconds=1), TOWN, "ru") == "9 ноября"


def test_a_form_that_nobody_knows_is_a_fault() -> None:
    with pytest.raises(KeyError):
        f"{When('5 декабря'):genitive}"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_people_read_a_minus_sign_and_no_hyphen(language: str) -> None:
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        shown = (
            number(-1234, language),
            percent(-12.5, language, sign=True),
            money(-2_000_000, language),
        )
    assert all(text.startswith("−") for text in shown)
    assert not any("-" in text for text in shown)
