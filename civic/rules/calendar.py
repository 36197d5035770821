"""What the dates of a cycle mean: where it stands, and what is due."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from civic.model.cycle import Cycle, Stage, StageAction, StageKind, StageState

DAY: Final = timedelta(days=1)
APPEAL_PERIOD: Final = 14 * DAY
"""How long a count may be appealed when the cycle has no results stage that says so."""
FRESH: Final = 30 * DAY
"""How long a finished cycle is shown among what goes on now, and its results are news."""
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
    return bool(cycle.stages) and cycle.stages[-1].closes_at + FRESH > now


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


def state_at(stage: Stage, now: datetime) -> StageState:
    """Return the state that the dates of the stage ask for."""
    if now < stage.opens_at:
        return StageState.PLANNED
    return StageState.OPEN if now < stage.closes_at else StageState.CLOSED


@dataclass(frozen=True, slots=True)
class Transition:
    """An opening or a close that its date has made due."""

    at: datetime
    stage: Stage
    action: StageAction
    """OPENED or CLOSED."""


def due(cycle: Cycle, now: datetime) -> tuple[Transition, ...]:
    """Return the transitions whose moment has come and that are not carried out yet, in order."""
    found = []
    for position, stage in enumerate(cycle.stages):
        if stage.state is StageState.PLANNED and stage.opens_at <= now:
            found.append((position, Transition(stage.opens_at, stage, StageAction.OPENED)))
        if stage.state is not StageState.CLOSED and stage.closes_at <= now:
            found.append((position, Transition(stage.closes_at, stage, StageAction.CLOSED)))
    # Where one stage closes as the next opens, the close comes first.
    found.sort(key=lambda entry: (entry[1].at, entry[0], entry[1].action is StageAction.CLOSED))
    return tuple(transition for _, transition in found)


def appeal_ends(cycle: Cycle) -> datetime | None:
    """Return when the count can no longer be appealed; None without a vote.

    That is the close of the results stage, or else `APPEAL_PERIOD` after the vote closed.
    """
    voting, results = cycle.stage(StageKind.VOTING), cycle.stage(StageKind.RESULTS)
    if voting is None:
        return None
    return voting.closes_at + APPEAL_PERIOD if results is None else results.closes_at


def vote_beyond_appeal(cycle: Cycle, now: datetime) -> Stage | None:
    """Return the vote whose appeal period is over, or None."""
    ends = appeal_ends(cycle)
    return cycle.stage(StageKind.VOTING) if ends is not None and ends <= now else None
