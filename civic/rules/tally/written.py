"""Ballots from lists as files write them: `12,7,31`, one a voter, a million of them at once.

Lists are read a chunk at a time, equal ones of a chunk once. Where every project has a short id,
all bytes of a chunk are looked at together; otherwise, and to name what is wrong, its lists are
read one by one. Both ways give the same ballots.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest
from typing import Final

import numpy as np
from numpy.typing import NDArray

from civic.rules.tally.ballots import BallotForm, Ballots, Ints, Marks, points_by_place

_CELLS: Final = 1 << 23
"""Ballots times projects of a chunk; it fits the caches, so that memory is no brake."""
_WORD: Final = 8
"""Bytes of an id that are one number."""
_MASKS: Final = np.array([(1 << 8 * width) - 1 for width in range(_WORD + 1)], np.uint64)
"""Keeps the first bytes of a number, by how many."""
_COMMA: Final = ord(",")
_NEWLINE: Final = ord("\n")
_WHOLE: Final = re.compile(r"-?[0-9]{1,9}(\.0+)?")


class FaultKind(StrEnum):
    """What is wrong with a list."""

    UNKNOWN = "unknown"
    """It names a project that is not on the ballot."""
    DOUBLED = "doubled"
    """It names a project again."""
    TOO_MANY = "too_many"
    """It names more than the one project that may be chosen."""
    UNEVEN = "uneven"
    """It has more points than projects, or fewer."""
    NO_POINTS = "no_points"
    """A number of points is not a whole number."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a list that does not fit."""

    row: int
    """From 0."""
    kind: FaultKind
    text: str
    """The part of the list that is meant."""


def read_lists(
    form: BallotForm, ids: Sequence[str], lists: Sequence[str], points: Sequence[str] = ()
) -> tuple[Ballots, tuple[Fault, ...]]:
    """Return the ballots in lists of project ids, divided by commas, and what is wrong with them.

    An empty list is an empty ballot; spaces around an id do not belong to it. Where the form has
    points, other than those of a ranking, `points` has for every list one of whole numbers. What
    does not fit is left out of the ballots: a repetition, an unknown project, all points of a list
    that has too many or too few.
    """
    known = _Ids(ids)
    written = _Written()
    chunk = 1 + _CELLS // max(1, len(ids))
    for begin in range(0, len(lists), chunk):
        texts = lists[begin : begin + chunk]
        if points or not written.add_together(form, known, texts):
            written.add_one_by_one(
                form, known, begin, list(zip_longest(texts, points[begin : begin + chunk]))
            )
    return written.ballots(form, ids), tuple(written.faults)


class _Ids:
    """The ids of all projects, to be found by text or by the number that their bytes make."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.place = {id_: index for index, id_ in enumerate(ids)}
        encoded = [id_.encode() for id_ in ids]
        self.are_short = all(0 < len(id_) <= _WORD and b"\0" not in id_ for id_ in encoded)
        if self.are_short:
            words = np.array([int.from_bytes(id_, "little") for id_ in encoded], np.uint64)
            self._order = np.argsort(words).astype(np.int32)
            self._words = words[self._order]

    def places(self, words: NDArray[np.uint64]) -> Marks | None:
        """Return the places of the ids that are these numbers; None if one is not known."""
        found = np.searchsorted(self._words, words)
        found[found == self._words.size] = 0
        return self._order[found] if (self._words[found] == words).all() else None


@dataclass(slots=True)
class _Written:
    """Grows by chunks."""

    lengths: list[Ints] = field(default_factory=list)
    marks: list[Marks] = field(default_factory=list)
    times: list[Ints] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def ballots(self, form: BallotForm, ids: Sequence[str]) -> Ballots:
        nothing = np.zeros(0, np.int64)
        starts = np.concatenate(([0], np.cumsum(np.concatenate((nothing, *self.lengths)))))
        points = None
        if form is BallotForm.ORDINAL:
            points = points_by_place(starts)
        elif form.has_points:
            points = np.array(self.points, np.int64)
        return Ballots(
            form=form,
            ids=tuple(ids),
            starts=starts.astype(np.int64),
            marks=np.concatenate((nothing.astype(np.int32), *self.marks)),
            times=np.concatenate((nothing, *self.times)),
            points=points,
        )

    def add_together(self, form: BallotForm, known: _Ids, texts: Sequence[str]) -> bool:
        """Take a chunk at once, or leave it alone where something in it needs a closer look."""
        if not known.are_short:
            return False
        groups = Counter(texts)
        content = "\n".join(groups).encode()
        # The bytes behind the last id let every id be read as a whole number.
        padded = np.frombuffer(content + bytes(_WORD), np.uint8)
        data = padded[: len(content)]
        breaks = data == _NEWLINE
        dividers = np.flatnonzero(breaks | (data == _COMMA))
        begins = np.concatenate(([0], dividers + 1))
        widths = np.append(dividers, len(content)) - begins
        starts = np.concatenate(([0], np.flatnonzero(breaks[dividers]) + 1, [begins.size]))
        lengths = np.diff(starts)
        if (
            b"\0" in content
            or lengths.size != len(groups)
            or not 0 < widths.min() <= widths.max() <= _WORD
            or (form is BallotForm.CHOOSE_ONE and lengths.max() > 1)
        ):
            return False
        words = np.ndarray((len(content) + 1,), "<u8", padded, strides=(1,))
        marks = known.places(words[begins] & _MASKS[widths])
        if marks is None or _names_twice(lengths, marks, len(known.place)):
            return False
        self._add(lengths, marks, groups.values())
        return True

    def add_one_by_one(
        self, form: BallotForm, known: _Ids, begin: int, keys: Sequence[tuple[str, str | None]]
    ) -> None:
        """Take a chunk list by list, the first of which is row `begin`."""
        groups = Counter(keys)
        lengths: list[int] = []
        marks: list[int] = []
        wrong: dict[tuple[str, str | None], list[tuple[FaultKind, str]]] = {}
        for key in groups:
            given, faults = _one_list(form, known, *key)
            lengths.append(len(given))
            marks += given
            self.points += given.values()
            if faults:
                wrong[key] = faults
        self.faults += [
            Fault(row, *fault)
            for row, key in enumerate(keys, begin)
            for fault in wrong.get(key, ())
        ]
        self._add(np.array(lengths, np.int64), np.array(marks, np.int32), groups.values())

    def _add(self, lengths: Ints, marks: Marks, times: Collection[int]) -> None:
        self.lengths.append(lengths)
        self.marks.append(marks)
        self.times.append(np.fromiter(times, np.int64, len(times)))


def _names_twice(lengths: Ints, marks: Marks, projects: int) -> bool:
    """Tell whether a ballot marks a project twice."""
    cells = np.repeat(np.arange(lengths.size) * projects, lengths) + marks
    is_marked = np.zeros(lengths.size * projects, np.bool_)
    is_marked[cells] = True
    return bool(np.count_nonzero(is_marked) < cells.size)


def _one_list(
    form: BallotForm, known: _Ids, text: str, points: str | None
) -> tuple[dict[int, int], list[tuple[FaultKind, str]]]:
    """Return the points of each project in a list, 1 where the form has none, and the faults."""
    ids = _parts(text)
    numbers = _parts(points) if points is not None else ["1"] * len(ids)
    faults: list[tuple[FaultKind, str]] = []
    if len(numbers) != len(ids):
        return {}, [(FaultKind.UNEVEN, str(points))]
    if form is BallotForm.CHOOSE_ONE and len(ids) > 1:
        faults.append((FaultKind.TOO_MANY, text))
    given: dict[int, int] = {}
    for id_, number in zip(ids, numbers, strict=True):
        place = known.place.get(id_)
        if place is None:
            faults.append((FaultKind.UNKNOWN, id_))
        elif place in given:
            faults.append((FaultKind.DOUBLED, id_))
        elif _WHOLE.fullmatch(number) is None:
            faults.append((FaultKind.NO_POINTS, number))
        else:
            given[place] = int(number.partition(".")[0])
    return given, faults


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text.strip() else []
