"""What the dates of a cycle mean: what is due, what is news, where dates may move."""

import math
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from civic.model.cycle import Cycle, Stage, StageKind

DAY: Final = timedelta(days=1)
REMINDER_DAYS: Final = (3, 1)
"""Days before a close at which those who did not finish are reminded, earliest first."""
APPEAL_PERIOD: Final = 14 * DAY
"""How long a count may be appealed when the cycle has no results stage that says so."""
FRESH: Final = 30 * DAY
"""How long a finished cycle is shown among what goes on now, and its results are news."""
STALE: Final = 7 * DAY
"""A close older than this is no news any more."""
LEAST_LEFT: Final = DAY
"""What must remain of a stage whose opening is pushed back by an extension before it."""

_MOMENT: Final = timedelta(microseconds=1)


class Phase(StrEnum):
    """Where a cycle as a whole stands."""

    AHEAD = "ahead"
    """Nothing of it has opened yet."""
    OPEN = "open"
    """A stage is open."""
    BETWEEN = "between"
    """One stage is over, the next has not opened."""
    OVER = "over"
    """Every stage is over."""


class Doing(StrEnum):
    """The one thing that makes most sense in a cycle now."""

    WRITE_IDEA = "write_idea"
    READ_IDEAS = "read_ideas"
    COMMENT = "comment"
    READ_BUDGET = "read_budget"
    VOTE = "vote"
    READ_RESULTS = "read_results"
    READ_ABOUT = "read_about"


_DOING: Final = {
    StageKind.IDEAS: Doing.WRITE_IDEA,
    StageKind.REVIEW: Doing.READ_IDEAS,
    StageKind.VOTING: Doing.VOTE,
    StageKind.RESULTS: Doing.READ_RESULTS,
    StageKind.BUILDING: Doing.READ_RESULTS,
    StageKind.CONSULTATION: Doing.COMMENT,
    StageKind.ANSWERS: Doing.READ_BUDGET,
}


def phase(cycle: Cycle, now: datetime) -> Phase:
    """Tell where the cycle stands by its dates."""
    if cycle.current(now) is not None:
        return Phase.OPEN
    if cycle.following(now) is None:
        return Phase.OVER
    return Phase.AHEAD if cycle.stages[0].opens_at > now else Phase.BETWEEN


def doing(cycle: Cycle, now: datetime) -> Doing:
    """Tell what makes most sense to do in the cycle now."""
    stage = cycle.current(now)
    if stage is not None:
        return _DOING[stage.kind]
    voting = cycle.stage(StageKind.VOTING)
    if voting is not None and voting.closes_at <= now:
        return Doing.READ_RESULTS
    consultation = cycle.stage(StageKind.CONSULTATION)
    if consultation is not None and consultation.closes_at <= now:
        return Doing.READ_BUDGET
    return Doing.READ_ABOUT


def is_on_show(cycle: Cycle, now: datetime) -> bool:
    """Tell whether the cycle belongs among what goes on now: not over, or over only recently."""
    return cycle.stages[-1].closes_at + FRESH > now


def days_in(stage: Stage) -> int:
    """Return how many days the stage lasts, a begun day counted as one."""
    return max(1, math.ceil((stage.closes_at - stage.opens_at) / DAY))


def day_number(stage: Stage, now: datetime, zone: ZoneInfo) -> int:
    """Return which day of an open stage it is in the town, from 1 to `days_in(stage)`."""
    passed = now.astimezone(zone).date() - stage.opens_at.astimezone(zone).date()
    return min(days_in(stage), passed.days + 1)


def days_left(stage: Stage, now: datetime, zone: ZoneInfo) -> int:
    """Return how many midnights of the town are left before the close; 0 on the last day."""
    # A close at midnight belongs to the day that ends with it.
    last = (stage.closes_at - _MOMENT).astimezone(zone).date()
    return max(0, (last - now.astimezone(zone).date()).days)
