"""What the files of a town and of a cycle share: kinds of values, faults in plain words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from typing_extensions import override

from civic.exchange.problems import InvalidFile, Problem, shown
from civic.exchange.yaml_text import read_yaml
from civic.model.text import LocalText

Beside = Callable[[str], bytes | None]
"""Gives the content of a file that lies beside the one being read; None when there is none."""

_MOMENT: Final = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})")
_TIME: Final = re.compile(r"\d{2}:\d{2}")
_FARTHEST_DAY: Final = 3660
_YEARS: Final = range(2000, 2200)
"""What lies outside is a slip, and arithmetic with it may leave the calendar."""
_WHEN: Final = 'a date and time such as 2026-11-13 09:00, or {day: -8, at: "09:00"}'
_CODE: Final = "^[a-z0-9][a-z0-9-]{0,63}$"
_BESIDE: Final = "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"
_IN_WORDS: Final[Mapping[str, str]] = {
    _CODE: "small Latin letters, digits and hyphens, at most 64",
    _BESIDE: "the name of a file beside this one",
}


def unexpected(expected: str) -> PydanticCustomError:
    """Return a fault that says what was expected."""
    return PydanticCustomError("expected", "{expected}", {"expected": expected})


@dataclass(frozen=True, slots=True)
class When:
    """A moment as a file has it, in the town's own time."""

    on: date | None
    """None when the moment is counted from the day on which the file was first applied."""
    day: int
    """Days after that day; may be negative."""
    at: time

    @override
    def __str__(self) -> str:
        clock = f"{self.at:%H:%M}"
        return f"{self.on} {clock}" if self.on else f'{{day: {self.day}, at: "{clock}"}}'

    def moment(self, zone: ZoneInfo, anchor: date) -> datetime:
        """Return the moment in UTC; `anchor` is the day on which the file was first applied."""
        local = datetime.combine(self.on or anchor + timedelta(days=self.day), self.at, zone)
        return local.astimezone(UTC)

    @property
    def place(self) -> tuple[int, time]:
        """Order among moments written in the same way."""
        return (self.on.toordinal() if self.on else self.day, self.at)


def _when(value: object) -> When:
    try:
        if isinstance(value, dict) and set(value) == {"day", "at"}:
            day, at = value["day"], value["at"]
            if type(day) is int and abs(day) <= _FARTHEST_DAY and _TIME.fullmatch(str(at)):
                return When(None, day, time.fromisoformat(at))
        elif isinstance(value, str) and (found := _MOMENT.fullmatch(value)):
            on = date.fromisoformat(found[1])
            if on.year in _YEARS:
                return When(on, 0, time.fromisoformat(found[2]))
    except ValueError as error:
        raise unexpected(_WHEN) from error
    raise unexpected(_WHEN)


Moment = Annotated[When, PlainValidator(_when), PlainSerializer(str)]
Code = Annotated[str, StringConstraints(pattern=_CODE)]
BesideName = Annotated[str, StringConstraints(pattern=_BESIDE, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Sure = Annotated[bool, Field(strict=True)]


class Part(BaseModel):
    """A part of a file; an unknown key is a fault, so that a typing error never passes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ShortText(Part):
    """A name or title in every language."""

    kk: Short
    ru: Short
    en: Short

    def local(self) -> LocalText:
        """Return the text by language."""
        return {"kk": self.kk, "ru": self.ru, "en": self.en}


class LongText(Part):
    """A text of a few paragraphs in every language."""

    kk: Long
    ru: Long
    en: Long

    def local(self) -> LocalText:
        """Return the text by language."""
        return {"kk": self.kk, "ru": self.ru, "en": self.en}


Content = TypeVar("Content", bound=Part)


def read_part(model: type[Content], text: str, name: str) -> Content:
    """Return the YAML `text` of the file `name` as `model`.

    Raises `InvalidFile` with everything that does not fit.
    """
    try:
        return model.model_validate(read_yaml(text, name))
    except ValidationError as error:
        raise InvalidFile([_problem(fault, name) for fault in error.errors()]) from error


def _problem(fault: ErrorDetails, name: str) -> Problem:
    where = ""
    for step in fault["loc"]:
        where += f"[{step}]" if isinstance(step, int) else f".{step}" if where else step
    return Problem(name, where, _expected(fault), _found(fault))


_EXPECTED: Final[Mapping[str, str]] = {
    "missing": "a value",
    "extra_forbidden": "only keys that are known here",
    "string_type": "text",
    "string_too_short": "text",
    "string_too_long": "at most {max_length} characters",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "enum": "{expected}",
    "literal_error": "{expected}",
    "expected": "{expected}",
    "tuple_type": "a list",
    "model_type": "keys and values",
    "too_short": "at least {min_length} in the list",
    "too_long": "at most {max_length} in the list",
}


def _expected(fault: ErrorDetails) -> str:
    facts: dict[str, Any] = fault.get("ctx", {})
    if fault["type"] == "string_pattern_mismatch":
        return _IN_WORDS[facts["pattern"]]
    sentence = _EXPECTED.get(fault["type"])
    return fault["msg"] if sentence is None else sentence.format(**facts)


def _found(fault: ErrorDetails) -> str:
    if fault["type"] == "missing":
        return "nothing"
    if fault["type"] == "string_too_long":
        return str(len(fault["input"]))
    if fault["type"] == "too_long":
        return str(fault["ctx"]["actual_length"])
    if fault["type"] == "extra_forbidden":
        return "an unknown one"
    return shown(fault["input"])
