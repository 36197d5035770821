"""Dates as a person of that language reads them, wherever in a sentence they stand.

A text names the form it needs, so that a translation can bend a date as its language asks: with
the fifth of December at six in the evening in its place, `{closes}` reads «5 декабря, 18:00»,
`{closes:at}` «5 декабря в 18:00» and `{closes:bound}`, after «до», «18:00 5 декабря»; in Kazakh,
before «дейін», «5 желтоқсан 18:00-ге».
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta
from typing_extensions import override

_PATTERNS: Final = {"kk": "d MMMM", "ru": "d MMMM", "en": "MMMM d"}
_WITH_YEAR: Final = {"kk": "y 'жылғы' d MMMM", "ru": "d MMMM y 'года'", "en": "MMMM d, y"}

_AFTER_MONTH: Final = ("ға",) * 6 + ("ге", "ға", "ке", "ға", "ға", "ға")
"""Kazakh endings of the dative, «қаңтарға», «шілдеге»: they follow the last vowel and sound."""
_AFTER_UNIT: Final = ("", "ге", "ге", "ке", "ке", "ке", "ға", "ге", "ге", "ға")
_AFTER_TEN: Final = ("ге", "ға", "ға", "ға", "қа", "ге")
"""The same by how a number of minutes is read aloud: «нөлге», «онға», «қырыққа»."""


class When(str):
    """A date as it stands alone; a text may ask for its other forms by `{name:form}`."""

    __slots__ = ("_forms",)

    _forms: dict[str, str]

    def __new__(cls, alone: str, **forms: str) -> Self:
        """Read `alone`, and where a text names one of `forms`, that."""
        made = super().__new__(cls, alone)
        made._forms = {"": alone, "at": alone, "bound": alone, **forms}
        return made

    @override
    def __format__(self, format_spec: str) -> str:
        return self._forms[format_spec]


def day(moment: datetime, zone: ZoneInfo, language: str, *, year: bool = False) -> When:
    """Return the date in the town: «21 қараша»."""
    local = moment.astimezone(zone)
    alone = _date(local, language, year=year)
    if language == "kk":
        return When(alone, bound=f"{alone}{_AFTER_MONTH[local.month - 1]}")
    return When(alone)


def day_and_time(moment: datetime, zone: ZoneInfo, language: str, *, year: bool = False) -> When:
    """Return date and time in the town: «21 қараша, 18:00»."""
    local = moment.astimezone(zone)
    return _with_clock(_date(local, language, year=year), f"{local:%H:%M}", local.minute, language)


def last_day(closes_at: datetime, zone: ZoneInfo, language: str, *, year: bool = False) -> When:
    """Return the last date in the town before a close: one at midnight ends the day before."""
    return day(closes_at - timedelta(microseconds=1), zone, language, year=year)


def close(closes_at: datetime, zone: ZoneInfo, language: str, *, year: bool = False) -> When:
    """Return date and time of a close in the town: midnight is «24:00» of the day that ends."""
    if f"{closes_at.astimezone(zone):%H:%M:%S}" != "00:00:00":
        return day_and_time(closes_at, zone, language, year=year)
    ending = (closes_at - timedelta(microseconds=1)).astimezone(zone)
    return _with_clock(_date(ending, language, year=year), "24:00", 0, language)


def lasting(duration: timedelta, language: str) -> str:
    """Return a duration in minutes, hours or days: «5 минут»; the least is a minute."""
    shown = max(duration, timedelta(minutes=1))
    return format_timedelta(shown, granularity="minute", threshold=1.5, locale=language)


def _date(local: datetime, language: str, *, year: bool) -> str:
    return _written(local.date(), (_WITH_YEAR if year else _PATTERNS)[language], language)


@lru_cache(1024)
def _written(date: date, pattern: str, language: str) -> str:
    return format_date(date, format=pattern, locale=language)


def _with_clock(date: str, clock: str, minute: int, language: str) -> When:
    alone = f"{date}, {clock}"
    if language == "ru":
        return When(alone, at=f"{date} в {clock}", bound=f"{clock} {date}")
    if language == "kk":
        tens, unit = divmod(minute, 10)
        ending = _AFTER_UNIT[unit] if unit else _AFTER_TEN[tens]
        return When(
            alone, at=f"{date} сағат {clock}-{_locative(ending)}", bound=f"{date} {clock}-{ending}"
        )
    return When(alone)


def _locative(dative: str) -> str:
    """Return the ending of the place for that of the direction: «18:00-де» beside «18:00-ге»."""
    return {"ге": "де", "ға": "да", "ке": "те", "қа": "та"}[dative]
