"""Who supports what: ballots laid out by voter and by project, for rules that let voters pay."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from civic.rules.tally.ballots import Ballots, Ints, Marks

Places = NDArray[np.intp]
Flags = NDArray[np.bool_]
Money = NDArray[np.float64]

_LARGE: Final = 2_000_000
"""Cells of a table of 16 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Electorate:
    """Groups of voters with equal ballots, and for every project its supporters.

    A mark is support; a mark with points is support when the points are more than nought. Voters
    who support nothing are left out: they can pay for nothing.
    """

    cast: int
    """All ballots, those that support nothing too."""
    times: Ints
    """Shape (groups,): voters in each group."""
    starts: Ints
    """Shape (groups + 1,): where the marks of each group begin."""
    lengths: Ints
    """Shape (groups,): how many projects each group supports."""
    marks: Marks
    """Projects that each group supports, as places in the list of projects."""
    supporters: tuple[Places, ...]
    """For every project the groups that support it."""
    sizes: tuple[int, ...]
    """For every project the number of voters that support it."""
    weights: tuple[Money | None, ...]
    """For every project the voters in each group of its supporters; None where each is alone."""
    table: Ints | None
    """Shape (groups, projects): voters of the group that support the project.

    None where that would be large: the same as `marks` and `times` say, only quicker to add up.
    """

    @classmethod
    def of(cls, ballots: Ballots) -> Self:
        """Lay out the ballots; projects are places in `ballots.ids`."""
        supported = (
            np.ones(ballots.marks.size, np.bool_) if ballots.points is None else ballots.points > 0
        )
        before = np.concatenate(([0], np.cumsum(supported)))
        lengths = np.diff(before[ballots.starts])
        times, lengths = ballots.times[lengths > 0], lengths[lengths > 0]
        marks = ballots.marks[supported]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        groups = np.repeat(np.arange(times.size), lengths)
        projects = len(ballots.ids)
        ends = np.cumsum(np.bincount(marks, minlength=projects))
        # Sixteen bits are sorted in linear time.
        short = marks.astype(np.uint16) if projects <= np.iinfo(np.uint16).max else marks
        by_project = groups[np.argsort(short, kind="stable")]
        supporters = tuple(np.split(by_project, ends[:-1]))
        return cls(
            cast=ballots.cast,
            times=times,
            starts=starts,
            lengths=lengths,
            marks=marks,
            supporters=supporters,
            sizes=tuple(int(times[places].sum()) for places in supporters),
            weights=tuple(_weights(times[places]) for places in supporters),
            table=_table(groups, marks, times, projects),
        )

    def support_among(self, groups: Places) -> list[int]:
        """Return for every project how many voters of these groups support it."""
        if self.table is not None:
            summed: list[int] = np.take(self.table, groups, axis=0).sum(axis=0).tolist()
            return summed
        lengths = self.lengths[groups]
        ends = np.cumsum(lengths)
        shifts = self.starts[groups] - ends + lengths
        where = np.repeat(shifts, lengths) + np.arange(ends[-1] if ends.size else 0)
        counts = np.zeros(len(self.sizes), np.int64)
        np.add.at(counts, self.marks[where], np.repeat(self.times[groups], lengths))
        return counts.tolist()


def _table(groups: Places, marks: Marks, times: Ints, projects: int) -> Ints | None:
    if times.size * projects > _LARGE:
        return None
    table = np.zeros((times.size, projects), np.int64)
    table[groups, marks] = times[groups]
    return table


def _weights(times: Ints) -> Money | None:
    # Doubles hold every number of voters exactly.
    return None if (times == 1).all() else times.astype(np.float64)
