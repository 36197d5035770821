"""What is rehearsed: a town, its cycles with real dates, draft budgets and ballots."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.rehearsal.service import Downtime
from civic.exchange.budget_table import BudgetTable
from civic.exchange.cycle_file import CycleToApply
from civic.exchange.fields import When
from civic.exchange.problems import Problem
from civic.model.community import Community

BEFORE: timedelta = timedelta(days=1)
"""How long before its first stage a cycle is applied."""
AFTER: timedelta = timedelta(days=4)
"""How long after the last stage the rehearsal goes on: news may have to wait for a Monday."""


@dataclass(frozen=True, slots=True)
class RealBallots:
    """Ballots that people once cast, to be cast again by the first simulated people."""

    ballots: Sequence[Sequence[str]]
    """Codes of projects of the cycle, a list for each voter."""
    by_code: bool
    """True when the projects of that election have the same codes; else the first stands for the
    first, the second for the second, and so on."""


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that decides a rehearsal; the same script is always played alike."""

    town: Community
    cycles: Sequence[CycleToApply]
    """With dates; see `dated`."""
    residents: int
    seed: int
    budgets: Mapping[str, BudgetTable] = field(default_factory=dict)
    """By the slug of the consultation."""
    ballots: Mapping[str, RealBallots] = field(default_factory=dict)
    """By the slug of the vote."""
    downtimes: Sequence[Downtime] = ()
    broadcasts: int = 0
    """How often the organiser, who is the first resident, tells people something.

    Where the town wants it approved, the second resident is an organiser too and decides on it.
    """

    @property
    def opens(self) -> datetime:
        """When the first stage opens."""
        return min(self._moments())

    @property
    def starts(self) -> datetime:
        """When the files are applied."""
        return self.opens - BEFORE

    @property
    def closes(self) -> datetime:
        """When the last stage closes."""
        return max(self._moments())

    @property
    def ends(self) -> datetime:
        """When the rehearsal is over."""
        return self.closes + AFTER

    def _moments(self) -> Iterator[datetime]:
        for file in self.cycles:
            # `dated` has made every date one that needs no day to count from.
            calendar = file.content.calendar(self.town.zone, date.min)
            for opens, closes in calendar.values():
                yield from (opens, closes)


def dated(file: CycleToApply, first_day: date) -> CycleToApply:
    """Return the file with dates in the place of days counted from the first application."""
    stages = tuple(
        part.model_copy(
            update={"opens": _on(part.opens, first_day), "closes": _on(part.closes, first_day)}
        )
        for part in file.content.stages
    )
    return replace(file, content=file.content.model_copy(update={"stages": stages}))


def _on(when: When, first_day: date) -> When:
    return When(when.on or first_day + timedelta(days=when.day), 0, when.at)


def unplayable(file: CycleToApply) -> Iterator[Problem]:
    """Give what keeps a cycle from being rehearsed."""
    if file.content.published_results is not None:
        expected = "none: a round that was held elsewhere cannot be rehearsed"
        yield file.problem("published_results", expected, "results")
