"""What the dates of a cycle mean: what is due, what is news, where dates may move."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from civic.model.announcement import NoticeKind
from civic.model.cycle import Cycle, Stage, StageAction, StageKind, StageState
from civic.model.refusal import Reason, Refused
from civic.rules.stages import PERMITS

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
FARTHEST: Final = 366 * DAY
"""By how much a close can be moved at once: a stage is never made shorter again, so a mistyped
year would stay for good."""

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


def next_moment(cycle: Cycle, now: datetime) -> datetime | None:
    """Return the next moment at which something may fall due; None when nothing is left."""
    moments = [moment for stage in cycle.stages for moment in (stage.opens_at, stage.closes_at)]
    moments += [stage.closes_at - days * DAY for stage in cycle.stages for days in REMINDER_DAYS]
    if (ends := appeal_ends(cycle)) is not None:
        moments.append(ends)
    return min((moment for moment in moments if moment > now), default=None)


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened and is worth telling."""

    kind: NoticeKind
    stage: Stage


_OF_ONE_PERSON: Final = frozenset({NoticeKind.COMMENT_HIDDEN, NoticeKind.COMMENT_SHOWN})


def matters(kind: NoticeKind, stage: Stage, now: datetime) -> bool:
    """Tell whether news of that kind about the stage still has its sense at `now`."""
    if kind in _OF_ONE_PERSON:
        return True
    lasting = {NoticeKind.STAGE_CLOSED: STALE, NoticeKind.RESULTS: FRESH}
    return now < stage.closes_at + lasting.get(kind, timedelta())


def news(cycle: Cycle, carried_out: Sequence[Transition], now: datetime) -> tuple[News, ...]:
    """Return what to tell after these transitions of the cycle, so that no stale news is told.

    An opening is told while the stage is open. A close is told when residents could take part in
    the stage, heard of its opening before, and nothing is open now. The close of a vote is told as
    its results, to which the opening of the results stage adds nothing.
    """
    opened = {entry.stage.id for entry in carried_out if entry.action is StageAction.OPENED}
    told = []
    for entry in carried_out:
        if entry.action is StageAction.OPENED:
            kind = NoticeKind.STAGE_OPENED
            wanted = not (entry.stage.kind is StageKind.RESULTS and cycle.stage(StageKind.VOTING))
        elif entry.stage.kind is StageKind.VOTING:
            kind, wanted = NoticeKind.RESULTS, True
        else:
            kind = NoticeKind.STAGE_CLOSED
            wanted = (
                bool(PERMITS[entry.stage.kind])
                and entry.stage.id not in opened
                and cycle.current(now) is None
            )
        if wanted and matters(kind, entry.stage, now):
            told.append(News(kind, entry.stage))
    return tuple(told)


def reminder(stage: Stage, since: datetime, now: datetime) -> int | None:
    """Return the reminder that is due: days before the close, or None.

    Only the latest mark that has passed counts, and only marks after `since`: the opening of the
    stage, or the moment its dates were last moved, because that was announced to everyone.
    """
    if not PERMITS[stage.kind] or not stage.is_open(now):
        return None
    passed = [days for days in REMINDER_DAYS if since < stage.closes_at - days * DAY <= now]
    return min(passed, default=None)


def opened_now(cycle: Cycle, stage: Stage, now: datetime) -> Stage:
    """Return the stage as it is when an organiser opens it now.

    Raises `Refused` with `ALREADY_OPEN`, `ALREADY_CLOSED`, or with `EARLIER_OPEN` while a stage
    before it is not over.
    """
    if stage.closes_at <= now:
        raise Refused(Reason.ALREADY_CLOSED)
    if stage.opens_at <= now:
        raise Refused(Reason.ALREADY_OPEN)
    for earlier in cycle.stages[: cycle.stages.index(stage)]:
        if earlier.closes_at > now:
            raise Refused(Reason.EARLIER_OPEN, closes_at=earlier.closes_at)
    return replace(stage, opens_at=now)


def closed_now(stage: Stage, now: datetime) -> Stage:
    """Return the stage as it is when an organiser closes it now.

    Raises `Refused` with `NOT_OPEN_YET` or `ALREADY_CLOSED`.
    """
    if stage.closes_at <= now:
        raise Refused(Reason.ALREADY_CLOSED)
    if stage.opens_at > now:
        raise Refused(Reason.NOT_OPEN_YET, opens_at=stage.opens_at, closes_at=stage.closes_at)
    return replace(stage, closes_at=now)


def extended(cycle: Cycle, stage: Stage, closes_at: datetime, now: datetime) -> tuple[Stage, ...]:
    """Return the stages that change when the close of `stage` moves to `closes_at`.

    The next stage opens later where it must, as long as `LEAST_LEFT` of it remains. Raises
    `Refused` with `ALREADY_CLOSED`, `DATE_IN_PAST`, `NOT_LATER`, `TOO_FAR` or
    `WOULD_OVERLAP`.
    """
    if stage.closes_at <= now:
        raise Refused(Reason.ALREADY_CLOSED)
    if closes_at <= now:
        raise Refused(Reason.DATE_IN_PAST)
    if closes_at <= stage.closes_at:
        raise Refused(Reason.NOT_LATER, closes_at=stage.closes_at)
    changed = replace(stage, closes_at=closes_at)
    following = cycle.stages[cycle.stages.index(stage) + 1 :]
    pushed = [entry for entry in following[:1] if entry.opens_at < closes_at]
    for entry in pushed:
        limit = max(entry.opens_at, entry.closes_at - LEAST_LEFT)
        if closes_at > limit:
            raise Refused(Reason.WOULD_OVERLAP, limit=limit)
    if closes_at - stage.closes_at > FARTHEST:
        raise Refused(Reason.TOO_FAR, days=FARTHEST.days)
    return changed, *(replace(entry, opens_at=closes_at) for entry in pushed)
