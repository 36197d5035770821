"""Ballots as a count needs them: equal ones together, marks in flat arrays."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Marks = NDArray[np.int32]


class BallotForm(StrEnum):
    """What a ballot says about projects."""

    APPROVAL = "approval"
    CHOOSE_ONE = "choose-1"
    KNAPSACK = "knapsack"
    """Approval within the fund; counted like approval."""
    CUMULATIVE = "cumulative"
    """Points."""
    ORDINAL = "ordinal"
    """An order of preference, counted in points: one for the last named, one more for each before
    it (Borda, as the Pabulib archive scores it)."""
    FOR_AGAINST = "for-against"
    """Points of 1 for and of -1 against."""

    @property
    def has_points(self) -> bool:
        """Tell whether marks carry points."""
        return self in _WITH_POINTS


_WITH_POINTS: Final = {BallotForm.CUMULATIVE, BallotForm.ORDINAL, BallotForm.FOR_AGAINST}


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """Grouped ballots, sparse; ballot `i` marks `marks[starts[i]:starts[i + 1]]`.

    Equal ballots need not all be in one group: the outcome is the same, only slower. A ballot
    marks a project at most once.
    """

    form: BallotForm
    ids: tuple[str, ...]
    """Projects that a mark can name, each once."""
    starts: Ints
    """Shape (groups + 1,), from 0 to the number of marks, never falling."""
    marks: Marks
    """Shape (marks,): places in `ids`."""
    times: Ints
    """Shape (groups,): how often each ballot was cast."""
    points: Ints | None = None
    """Shape (marks,); None where marks carry no points."""

    def __post_init__(self) -> None:
        """Raise `ValueError` for arrays that cannot be ballots."""
        sound = (
            self.starts.shape == (self.times.size + 1,)
            and self.starts[0] == 0
            and self.starts[-1] == self.marks.size
            and len(set(self.ids)) == len(self.ids)
            and (self.points is not None) == self.form.has_points
            and (self.points is None or self.points.shape == self.marks.shape)
            and (self.marks.size == 0 or 0 <= self.marks.min() <= self.marks.max() < len(self.ids))
        )
        if not sound:
            msg = f"{self.form} ballots whose arrays do not belong together"
            raise ValueError(msg)

    @classmethod
    def choices(
        cls,
        ids: Sequence[str],
        ballots: Iterable[Collection[str]],
        form: BallotForm = BallotForm.APPROVAL,
    ) -> Self:
        """Return ballots that name projects; raises `KeyError` for an id that is not in `ids`."""
        place = {id_: index for index, id_ in enumerate(ids)}
        groups = Counter(tuple(sorted({place[id_] for id_ in ballot})) for ballot in ballots)
        return cls(form, tuple(ids), *_flat(groups, groups.values()))

    @classmethod
    def rankings(cls, ids: Sequence[str], ballots: Iterable[Sequence[str]]) -> Self:
        """Return ballots that name projects, the best first; raises `KeyError` like `choices`."""
        place = {id_: index for index, id_ in enumerate(ids)}
        groups = Counter(tuple(place[id_] for id_ in ballot) for ballot in ballots)
        starts, marks, times = _flat(groups, groups.values())
        points = points_by_place(starts)
        return cls(BallotForm.ORDINAL, tuple(ids), starts, marks, times, points)

    @classmethod
    def scored(
        cls,
        ids: Sequence[str],
        ballots: Iterable[Mapping[str, int]],
        form: BallotForm = BallotForm.CUMULATIVE,
    ) -> Self:
        """Return ballots that give points to projects; raises `KeyError` like `choices`."""
        place = {id_: index for index, id_ in enumerate(ids)}
        groups = Counter(
            tuple(sorted((place[id_], points) for id_, points in ballot.items()))
            for ballot in ballots
        )
        starts, marks, times = _flat(
            [[mark for mark, _ in group] for group in groups], groups.values()
        )
        points = np.fromiter(
            chain.from_iterable([p for _, p in group] for group in groups), np.int64
        )
        return cls(form, tuple(ids), starts, marks, times, points)

    @property
    def cast(self) -> int:
        """How many ballots were cast, empty ones too."""
        return int(self.times.sum())

    @property
    def lengths(self) -> Ints:
        """How many projects each group marks."""
        return np.diff(self.starts)

    def mark_times(self) -> Ints:
        """Return for every mark how often its ballot was cast; shape (marks,)."""
        return np.repeat(self.times, self.lengths)

    def scores(self) -> dict[str, int]:
        """Return the votes of every project: ballots that mark it, or its sum of points."""
        return self._sums(self.points)

    def mentions(self) -> dict[str, int]:
        """Return on how many ballots every project is marked, whatever the points."""
        return self._sums(None)

    def _sums(self, points: Ints | None) -> dict[str, int]:
        if points is None and (self.times == 1).all():
            sums = np.bincount(self.marks, minlength=len(self.ids))
        else:
            sums = np.zeros(len(self.ids), np.int64)
            times = self.mark_times()
            np.add.at(sums, self.marks, times if points is None else times * points)
        return dict(zip(self.ids, sums.tolist(), strict=True))

    def among(self, ids: Collection[str]) -> Self:
        """Return the ballots that mark at least one of these projects, with those marks only."""
        wanted = np.array([id_ in ids for id_ in self.ids], np.bool_)[self.marks]
        lengths = np.diff(np.concatenate(([0], np.cumsum(wanted)))[self.starts])
        return type(self)(
            form=self.form,
            ids=self.ids,
            starts=np.concatenate(([0], np.cumsum(lengths[lengths > 0]))),
            marks=self.marks[wanted],
            times=self.times[lengths > 0],
            points=None if self.points is None else self.points[wanted],
        )


def points_by_place(starts: Ints) -> Ints:
    """Return the points of ranked marks: on a ballot that names k projects k, k - 1, …, 1."""
    return np.repeat(starts[1:], np.diff(starts)) - np.arange(starts[-1])


def _flat(rows: Iterable[Sequence[int]], times: Collection[int]) -> tuple[Ints, Marks, Ints]:
    listed = list(rows)
    starts = np.concatenate(([0], np.cumsum([len(row) for row in listed]))).astype(np.int64)
    marks = np.fromiter(chain.from_iterable(listed), np.int32, count=int(starts[-1]))
    return starts, marks, np.fromiter(times, np.int64, count=len(times))
