"""What an idea must be like: how each part is written, and when a draft is complete."""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from civic.model.community import Community, District, Topic
from civic.model.cycle import IdeaRules
from civic.model.idea import IdeaContent
from civic.model.refusal import Reason, Refused
from civic.rules.texts import clean, one_line, within

PHOTO_LIMIT_MB: Final = 10
"""A larger file is refused before it is looked at."""
SIMILAR_SHOWN: Final = 3
"""How many similar ideas are put before an author."""


class Field(StrEnum):
    """A part of an idea, in the order in which it is asked for."""

    TITLE = "title"
    PROBLEM = "problem"
    PROPOSAL = "proposal"
    TOPIC = "topic"
    PLACE = "place"
    COST = "cost"
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class Length:
    """Least and most characters of a text."""

    least: int
    limit: int


LENGTHS: Final = {
    Field.TITLE: Length(10, 120),
    Field.PROBLEM: Length(20, 1000),
    Field.PROPOSAL: Length(20, 2000),
    Field.PLACE: Length(3, 200),
}
_SEVERAL_LINES: Final = (Field.PROBLEM, Field.PROPOSAL)


@dataclass(frozen=True, slots=True)
class Words:
    """A title, problem, proposal or place in the author's words."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class About:
    """The choice of a topic by its code."""

    topic: str


@dataclass(frozen=True, slots=True)
class InDistrict:
    """The choice of a district by its code."""

    district: str


@dataclass(frozen=True, slots=True)
class AtPoint:
    """A place on the map, degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Costing:
    """A rough cost as people write it; empty for «I do not know»."""

    text: str


@dataclass(frozen=True, slots=True)
class WithoutPhoto:
    """One photo taken back."""

    picture_id: int


Change = Words | About | InDistrict | AtPoint | Costing | WithoutPhoto
"""What an author does to a draft; photos are added by `with_photo`."""


def changed(
    content: IdeaContent, change: Change, town: Community, rules: IdeaRules
) -> IdeaContent:
    """Return `content` after the change.

    Raises `Refused` with `TEXT_EMPTY`, `TEXT_TOO_SHORT`, `TEXT_TOO_LONG`, `COST_UNREADABLE`,
    `COST_TOO_HIGH`, or `NOT_FOUND` for a topic or district that the town does not have.
    """
    match change:
        case Words(field, text):
            return _worded(content, field, text)
        case About(topic):
            _require_known(town.topic(topic))
            return replace(content, topic=topic)
        case InDistrict(district):
            _require_known(town.district(district))
            return replace(content, district=district)
        case AtPoint(latitude, longitude):
            return replace(content, latitude=latitude, longitude=longitude)
        case Costing(text):
            return replace(content, cost=read_cost(text, rules) if text else None)
        case _:
            left = tuple(one for one in content.photos if one != change.picture_id)
            return replace(content, photos=left)


def _worded(content: IdeaContent, field: Field, text: str) -> IdeaContent:
    length = LENGTHS[field]
    tidy = clean(text) if field in _SEVERAL_LINES else one_line(text)
    fitting = within(tidy, least=length.least, limit=length.limit)
    match field:
        case Field.TITLE:
            return replace(content, title=fitting)
        case Field.PROBLEM:
            return replace(content, problem=fitting)
        case Field.PROPOSAL:
            return replace(content, proposal=fitting)
        case _:
            return replace(content, place=fitting)


def _require_known(found: Topic | District | None) -> None:
    if found is None:
        raise Refused(Reason.NOT_FOUND)


def with_photo(content: IdeaContent, picture_id: int, rules: IdeaRules) -> IdeaContent:
    """Return `content` with one more photo; the same photo twice counts once.

    Raises `Refused` with `TOO_MANY_PHOTOS`.
    """
    if picture_id in content.photos:
        return content
    if len(content.photos) >= rules.max_photos:
        raise Refused(Reason.TOO_MANY_PHOTOS, limit=rules.max_photos)
    return replace(content, photos=(*content.photos, picture_id))


def missing(content: IdeaContent, town: Community) -> Field | None:
    """Return the first part that the idea still needs, or None when it can be submitted.

    A topic that the town has taken away since counts as missing.
    """
    has_place = bool(content.place or content.district) or content.latitude is not None
    given = {
        Field.TITLE: bool(content.title),
        Field.PROBLEM: bool(content.problem),
        Field.PROPOSAL: bool(content.proposal),
        Field.TOPIC: town.topic(content.topic) is not None or not town.topics,
        Field.PLACE: has_place,
    }
    return next((field for field, present in given.items() if not present), None)


_THOUSAND: Final = 1_000
_MILLION: Final = 1_000_000
_BILLION: Final = 1_000_000_000
_UNITS: Final = {
    "тыс": _THOUSAND,
    "тысяч": _THOUSAND,
    "тысяча": _THOUSAND,
    "тысячи": _THOUSAND,
    "мың": _THOUSAND,
    "мын": _THOUSAND,
    "к": _THOUSAND,
    "k": _THOUSAND,
    "thousand": _THOUSAND,
    "млн": _MILLION,
    "миллион": _MILLION,
    "миллиона": _MILLION,
    "миллионов": _MILLION,
    "mln": _MILLION,
    "m": _MILLION,
    "м": _MILLION,
    "million": _MILLION,
    "млрд": _BILLION,
    "миллиард": _BILLION,
    "миллиарда": _BILLION,
    "миллиардов": _BILLION,
    "bn": _BILLION,
    "billion": _BILLION,
}
_COST: Final = re.compile(
    r"""
    (?:~|≈|около|примерно|шамамен|about)?\s*
    (?P<number>\d[\d\s.,]*?)\s*
    (?P<unit>[^\W\d_]+?)??\.?\s*
    (?:тг|тенге|теңге|₸|tg|kzt|tenge)?\.?
    """,
    re.VERBOSE,
)
_GROUPED: Final = re.compile(r"(?P<whole>\d{1,3}(?:(?P<mark>[ .,])\d{3})(?:(?P=mark)\d{3})*|\d+)")
_TIYN: Final = re.compile(r"[.,]00?$")
_DECIMAL: Final = re.compile(r"\d+(?:[.,]\d+)?")
_LONGEST: Final = 40
_MOST: Final = 10**12
"""A larger sum is a slip of the finger."""


def read_cost(text: str, rules: IdeaRules) -> int:
    """Return the whole tenge meant by «1,5 млн», «1 500 000», «500 мың», «500k тг».

    Raises `Refused` with `COST_UNREADABLE`, or `COST_TOO_HIGH` beyond `rules.max_cost`.
    """
    # NFKC turns the narrow and unbreakable blanks of copied figures into plain ones.
    plain = unicodedata.normalize("NFKC", one_line(text)).casefold()
    found = _COST.fullmatch(plain) if len(plain) <= _LONGEST else None
    cost = None if found is None else _tenge(found["number"].strip(), found["unit"])
    if cost is None or cost > _MOST:
        raise Refused(Reason.COST_UNREADABLE)
    if rules.max_cost is not None and cost > rules.max_cost:
        raise Refused(Reason.COST_TOO_HIGH, cost=cost, limit=rules.max_cost)
    return cost


def _tenge(number: str, unit: str | None) -> int | None:
    """Return the sum, or None when number and unit do not make one."""
    if unit is None:
        # Without a unit a mark parts thousands: «1.500.000» is one and a half million.
        found = _GROUPED.fullmatch(_TIYN.sub("", number))
        return None if found is None else int(re.sub(r"\D", "", found["whole"]))
    factor = _UNITS.get(unit)
    number = number.replace(" ", "")
    if factor is None or _DECIMAL.fullmatch(number) is None:
        return None
    return int(Decimal(number.replace(",", ".")) * factor)
