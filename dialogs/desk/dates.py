"""Dates as organisers type them."""

import re
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from civic.model.refusal import Reason, Refused

_MONTHS: Final = (
    ("қаң", "янв", "jan"),
    ("ақп", "фев", "feb"),
    ("нау", "мар", "mar"),
    ("сәу", "апр", "apr"),
    ("мам", "май", "мая", "may"),
    ("мау", "июн", "jun"),
    ("шіл", "июл", "jul"),
    ("там", "авг", "aug"),
    ("қыр", "сен", "sep"),
    ("қаз", "окт", "oct"),
    ("қар", "ноя", "nov"),
    ("жел", "дек", "dec"),
)
"""How the names of months begin, in Kazakh, Russian and English; three letters tell them apart."""

_TIME: Final = re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>\d{2})\b")
_SHAPES: Final = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(?P<year>\d{4}))?"),
    re.compile(r"(?P<day>\d{1,2}) (?P<name>[^\W\d]{3,})(?: (?P<year>\d{4}))?"),
    re.compile(r"(?P<name>[^\W\d]{3,}) (?P<day>\d{1,2})(?: (?P<year>\d{4}))?"),
)


def read_moment(text: str, now: datetime, zone: ZoneInfo, usual: time) -> datetime:
    """Return the moment meant by `text` in the town: «2026-12-05 18:00», «5 декабря 18:00».

    Without a time it is `usual`, without a year the next such day. Raises `Refused` with
    `DATE_UNREADABLE`.
    """
    words = text.strip().lower()
    clock = _TIME.search(words)
    day = " ".join(_TIME.sub(" ", words, count=1).replace(",", " ").split())
    try:
        at = usual if clock is None else time(int(clock["hour"]), int(clock["minute"]))
        return datetime.combine(_day(day, now.astimezone(zone).date()), at, zone)
    except ValueError as error:
        raise Refused(Reason.DATE_UNREADABLE) from error


def _day(words: str, today: date) -> date:
    for shape in _SHAPES:
        if (found := shape.fullmatch(words)) is not None:
            parts = found.groupdict()
            month = int(parts["month"]) if "month" in parts else _month(parts["name"])
            if parts["year"] is not None:
                return date(int(parts["year"]), month, int(parts["day"]))
            this_year = date(today.year, month, int(parts["day"]))
            return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    raise ValueError(words)


def _month(name: str) -> int:
    for number, beginnings in enumerate(_MONTHS, start=1):
        if name.startswith(beginnings):
            return number
    raise ValueError(name)
