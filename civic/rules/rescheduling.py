"""What may happen to the dates of a cycle, and which later stages move along.

What holds for dates holds for an organiser in the chat and for the cycle's file alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from civic.model.cycle import Cycle, Stage, StageAction, StageKind, StageState
from civic.model.refusal import Reason, Refused

LEAST_NOTICE: Final = timedelta(days=1)
"""What must remain of a stage that becomes shorter, so that everyone hears of it in time."""
FARTHEST: Final = timedelta(days=366)
"""By how much a date can be moved at once, against mistyped years."""
_NEEDS: Final[Mapping[StageKind, StageKind]] = {
    StageKind.RESULTS: StageKind.VOTING,
    StageKind.ANSWERS: StageKind.CONSULTATION,
}
"""Stages that have nothing to show without another."""


def opened_now(cycle: Cycle, stage: Stage, now: datetime) -> Stage:
    """Return the stage as it is when an organiser opens it now.

    Raises `Refused` with `ALREADY_OPEN`, `ALREADY_CLOSED`, or with `EARLIER_OPEN` while a stage
    before it is not over.
    """
    _require_ahead(stage, now)
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
    """Return the stages that change when the close of `stage` moves to the later `closes_at`.

    Raises `Refused` with `ALREADY_CLOSED`, `DATE_IN_PAST`, `NOT_LATER` or `TOO_FAR`.
    """
    if stage.closes_at <= now:
        raise Refused(Reason.ALREADY_CLOSED)
    if now < closes_at <= stage.closes_at:
        raise Refused(Reason.NOT_LATER, closes_at=stage.closes_at)
    longer = replace(stage, closes_at=closes_at)
    require_closing(stage, longer, now)
    return _with_later(cycle, longer)


def shortened(stage: Stage, closes_at: datetime, now: datetime) -> tuple[Stage, ...]:
    """Return the stage that closes at the earlier `closes_at`; those after it stay where they are.

    Raises `Refused` with `ALREADY_CLOSED`, `DATE_IN_PAST`, `NOT_EARLIER` or, where less than
    `LEAST_NOTICE` would be left, `TOO_SOON`.
    """
    if stage.closes_at <= now:
        raise Refused(Reason.ALREADY_CLOSED)
    if closes_at >= stage.closes_at:
        raise Refused(Reason.NOT_EARLIER, closes_at=stage.closes_at)
    shorter = replace(stage, closes_at=closes_at)
    require_closing(stage, shorter, now)
    return (shorter,)


def moved(cycle: Cycle, stage: Stage, opens_at: datetime, now: datetime) -> tuple[Stage, ...]:
    """Return the stages that change when `stage` opens at `opens_at` and lasts as long as before.

    Raises `Refused` with `ALREADY_OPEN`, `ALREADY_CLOSED`, `DATE_IN_PAST`, `SAME_DATE`, `TOO_FAR`,
    or with `WOULD_OVERLAP` where the stage before is still open then.
    """
    _require_ahead(stage, now)
    if opens_at == stage.opens_at:
        raise Refused(Reason.SAME_DATE)
    require_opening(stage, opens_at, now)
    for earlier in cycle.stages[: cycle.stages.index(stage)]:
        if earlier.closes_at > opens_at:
            raise Refused(Reason.WOULD_OVERLAP, limit=earlier.closes_at)
    return _with_later(cycle, _shifted(stage, opens_at))


def require_opening(before: Stage | None, opens_at: datetime, now: datetime) -> None:
    """Refuse an opening at which a stage that has not opened cannot open; None is a new one.

    Raises `Refused` with `DATE_IN_PAST` or `TOO_FAR`.
    """
    if opens_at <= now:
        raise Refused(Reason.DATE_IN_PAST)
    if before is not None and abs(opens_at - before.opens_at) > FARTHEST:
        raise Refused(Reason.TOO_FAR, days=FARTHEST.days)


def require_closing(before: Stage | None, after: Stage, now: datetime) -> None:
    """Refuse dates by which a stage that is not over cannot close; None is a new one.

    Raises `Refused` with `DATE_IN_PAST`, `TOO_FAR` or, where the stage becomes shorter and less
    than `LEAST_NOTICE` would be left of it, `TOO_SOON`.
    """
    if after.closes_at <= now:
        raise Refused(Reason.DATE_IN_PAST)
    if before is None:
        return
    if after.closes_at - before.closes_at > FARTHEST:
        raise Refused(Reason.TOO_FAR, days=FARTHEST.days)
    soonest = max(now, after.opens_at) + LEAST_NOTICE
    is_shorter = after.closes_at - after.opens_at < before.closes_at - before.opens_at
    if is_shorter and after.closes_at < soonest:
        raise Refused(Reason.TOO_SOON, limit=soonest)


def cancelled(cycle: Cycle, stage: Stage, now: datetime) -> tuple[Stage, ...]:
    """Return the stage, and those that make no sense without it, as ones that will not take place.

    Raises `Refused` with `ALREADY_OPEN` or `ALREADY_CLOSED`.
    """
    _require_ahead(stage, now)
    gone = [stage, *(entry for entry in cycle.stages if _NEEDS.get(entry.kind) is stage.kind)]
    return tuple(replace(entry, state=StageState.CANCELLED) for entry in gone)


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """One thing that happened to a calendar, as everyone is told of it."""

    action: StageAction
    """MOVED, EXTENDED, SHORTENED or CANCELLED."""
    before: Stage
    changed: tuple[Stage, ...]
    """The stage and those that go along with it, as they are now."""


def differences(cycle: Cycle, wanted: Sequence[Stage]) -> tuple[Rescheduled, ...]:
    """Return what happens to the stages of the cycle when `wanted` take their places.

    Those that are not among them do not take place; new ones are no news.
    """
    after = {stage.id: stage for stage in wanted}
    found: list[Rescheduled] = []
    for stage in cycle.stages:
        new = after.get(stage.id, replace(stage, state=StageState.CANCELLED))
        action = _difference(stage, new)
        if action is None:
            continue
        if found and _goes_along(found[-1], action, stage, new):
            found[-1] = replace(found[-1], changed=(*found[-1].changed, new))
        else:
            found.append(Rescheduled(action, stage, (new,)))
    return tuple(found)


def _difference(before: Stage, after: Stage) -> StageAction | None:
    if after.state is StageState.CANCELLED:
        return StageAction.CANCELLED
    if after.opens_at != before.opens_at:
        return StageAction.MOVED
    if after.closes_at == before.closes_at:
        return None
    is_longer = after.closes_at > before.closes_at
    return StageAction.EXTENDED if is_longer else StageAction.SHORTENED


def _goes_along(head: Rescheduled, action: StageAction, before: Stage, after: Stage) -> bool:
    """Tell whether the change of a stage is said with that of an earlier one."""
    if action is StageAction.CANCELLED:
        return head.action is action
    later = after.opens_at - before.opens_at
    return (
        action is StageAction.MOVED
        and later > timedelta()
        and after.closes_at - before.closes_at == later
        and head.action in {StageAction.MOVED, StageAction.EXTENDED}
        and head.changed[0].closes_at > head.before.closes_at
    )


def _require_ahead(stage: Stage, now: datetime) -> None:
    if stage.closes_at <= now:
        raise Refused(Reason.ALREADY_CLOSED)
    if stage.opens_at <= now:
        raise Refused(Reason.ALREADY_OPEN)


def _shifted(stage: Stage, opens_at: datetime) -> Stage:
    return replace(
        stage, opens_at=opens_at, closes_at=stage.closes_at + (opens_at - stage.opens_at)
    )


def _with_later(cycle: Cycle, changed: Stage) -> tuple[Stage, ...]:
    """Return `changed` and the later stages that it pushes along; each lasts as long as before."""
    pushed = [changed]
    position = [stage.id for stage in cycle.stages].index(changed.id)
    for later in cycle.stages[position + 1 :]:
        free_from = pushed[-1].closes_at
        if later.opens_at >= free_from:
            break
        pushed.append(_shifted(later, free_from))
    return tuple(pushed)
