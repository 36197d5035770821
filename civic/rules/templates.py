"""Notices in the organisers' own words: plain text with named places such as {town}."""

from collections.abc import Iterator
from string import Formatter
from typing import Final

from civic.model.announcement import NoticeKind
from civic.model.cycle import StageKind
from civic.model.refusal import Reason, Refused
from civic.rules.stages import PERMITS
from civic.rules.texts import clean, within

LEAST: Final = 5
"""Characters of a text; shorter says nothing."""
LIMIT: Final = 600
"""Characters of a text before its places are filled."""
PLACES: Final = ("town", "stage", "opens", "closes", "left")
"""What every text may name: the town, the stage, its dates, how many days are left."""
RESULT_PLACES: Final = (*PLACES, "funded", "ballots")
"""What the text about results may name as well: numbers of funded projects and of ballots."""
DATES: Final = ("opens", "closes")
"""Places that have other forms for other positions in a sentence."""
FORMS: Final = ("at", "bound")
"""Those forms, named after a colon: at a moment, up to it."""


def kinds_of(stage: StageKind) -> tuple[NoticeKind, ...]:
    """Return the notices of such a stage whose text organisers may write, as they come."""
    told = [NoticeKind.STAGE_OPENED]
    if PERMITS[stage]:
        told += [NoticeKind.HALF_WAY, NoticeKind.LAST_DAYS, NoticeKind.REMINDER]
    told.append(NoticeKind.RESULTS if stage is StageKind.VOTING else NoticeKind.STAGE_CLOSED)
    return tuple(told)


def places_of(kind: NoticeKind) -> tuple[str, ...]:
    """Return what a text of that kind may name in braces."""
    return RESULT_PLACES if kind is NoticeKind.RESULTS else PLACES


def read_text(words: str, kind: NoticeKind) -> str:
    """Return the cleaned text of a notice.

    Raises `Refused` with `TEXT_EMPTY`, `TEXT_TOO_SHORT`, `TEXT_TOO_LONG`, `BRACES_UNREADABLE` or
    `PLACE_UNKNOWN`.
    """
    text = within(clean(words), least=LEAST, limit=LIMIT)
    places = places_of(kind)
    known = {*places, *(f"{date}:{form}" for date in DATES for form in FORMS)}
    for place in _places(text):
        if place not in known:
            raise Refused(Reason.PLACE_UNKNOWN, place=place[:30], known=", ".join(places))
    return text


def _places(text: str) -> Iterator[str]:
    try:
        for _words, place, form, conversion in Formatter().parse(text):
            if place is not None:
                yield (
                    place + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
                )
    except ValueError as error:
        raise Refused(Reason.BRACES_UNREADABLE) from error
