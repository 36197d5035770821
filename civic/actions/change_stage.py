"""What an organiser may do to the calendar: open or close a stage now, or extend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from civic.actions.transitions import (
    bring_up_to_date,
    close_stage,
    find_cycle,
    open_stage,
    tell,
    with_stage,
)
from civic.model.announcement import Announcement, NoticeKind
from civic.model.audience import EVERYONE
from civic.model.cycle import Cycle, Stage, StageAction, StageChange, StageKind
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Alarm, Clock, UnitOfWork, Work
from civic.rules.calendar import closed_now, extended, opened_now
from civic.rules.texts import clean

REASON_LEAST = 5
"""Characters; shorter is no reason."""
REASON_LIMIT = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an organiser wants done to a stage."""

    stage_id: int
    action: StageAction
    """OPENED_EARLY, CLOSED_EARLY or EXTENDED."""
    reason: str
    """Words that everyone will read; cleaned and measured by the action."""
    closes_at: datetime | None = None
    """The new close, for EXTENDED."""


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What everyone would be told."""

    announcement: Announcement
    cycle: Cycle
    stage: Stage
    told: int
    """How many people would get it."""


@dataclass(frozen=True, slots=True)
class ChangeStage:
    """Open a stage now, close it now, or extend it, for a reason that everyone can read."""

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(self, organiser: Resident, wish: Wish) -> Cycle:
        """Return the cycle after the change; asking for the same again changes nothing.

        Raises `Refused` with `NOT_FOUND`, `NOT_ORGANISER`, `REASON_NEEDED`, or with what
        `opened_now`, `closed_now` or `extended` of `civic.rules.calendar` say.
        """
        now = self.clock.now()
        reason = reason_of(wish.reason)
        async with self.work.write() as work:
            cycle = await _cycle_of(work, organiser, wish, lock=True)
            cycle = await bring_up_to_date(work, cycle, now)
            if not _is_done(wish, reason, await work.cycles.changes(cycle.id)):
                cycle = await _carry_out(work, organiser, cycle, wish, reason, now)
            await work.commit()
        self.alarm.wake()
        return cycle


@dataclass(frozen=True, slots=True)
class CheckChange:
    """Tell an organiser at once when a change is not possible, before a reason is written."""

    work: Work
    clock: Clock

    async def __call__(self, organiser: Resident, wish: Wish) -> None:
        """Refuse as `ChangeStage` does, whatever the reason says."""
        async with self.work.read() as work:
            cycle = await _cycle_of(work, organiser, wish)
        _changed(cycle, wish, self.clock.now())


@dataclass(frozen=True, slots=True)
class PreviewChange:
    """Show an organiser what everyone would be told, and how many that is."""

    work: Work
    clock: Clock

    async def __call__(self, organiser: Resident, wish: Wish) -> ChangePreview:
        """Return the news of a change that is not made; refuses as `ChangeStage` does."""
        now = self.clock.now()
        reason = reason_of(wish.reason)
        async with self.work.read() as work:
            cycle = await _cycle_of(work, organiser, wish)
            told = await work.announcements.reach(cycle.community_id, EVERYONE, cycle.id)
        before = _stage(cycle, wish)
        changed = _changed(cycle, wish, now)
        for stage in changed:
            cycle = with_stage(cycle, stage)
        announcement = Announcement(
            id=0,
            community_id=cycle.community_id,
            cycle_id=cycle.id,
            stage_id=wish.stage_id,
            kind=_news(wish, changed[0]),
            parameters=_parameters(reason, before, changed),
            created_at=now,
        )
        return ChangePreview(announcement, cycle, changed[0], sum(told.values()))


def reason_of(words: str) -> str:
    """Return the cleaned reason; raises `Refused` with `REASON_NEEDED`."""
    reason = clean(words)
    if not REASON_LEAST <= len(reason) <= REASON_LIMIT:
        raise Refused(Reason.REASON_NEEDED, least=REASON_LEAST, limit=REASON_LIMIT)
    return reason


async def _cycle_of(
    work: UnitOfWork, organiser: Resident, wish: Wish, *, lock: bool = False
) -> Cycle:
    if not organiser.has(Role.ORGANISER):
        raise Refused(Reason.NOT_ORGANISER)
    found = await work.cycles.of_stage(wish.stage_id)
    if found is None or found.community_id != organiser.community_id:
        raise Refused(Reason.NOT_FOUND)
    return await find_cycle(work, found.id, lock=lock)


async def _carry_out(
    work: UnitOfWork, organiser: Resident, cycle: Cycle, wish: Wish, reason: str, now: datetime
) -> Cycle:
    before = {stage.id: stage for stage in cycle.stages}
    changed = _changed(cycle, wish, now)
    for new in changed:
        old = before[new.id]
        await work.cycles.save_stage(new)
        cycle = with_stage(cycle, new)
        moves_opening = old.opens_at != new.opens_at
        await work.cycles.log(
            new.id,
            wish.action if new.id == wish.stage_id else StageAction.MOVED,
            now,
            by=organiser.id,
            reason=reason,
            before=old.opens_at if moves_opening else old.closes_at,
            after=new.opens_at if moves_opening else new.closes_at,
        )
    stage = changed[0]
    if wish.action is StageAction.OPENED_EARLY:
        cycle = await open_stage(work, cycle, stage)
    elif wish.action is StageAction.CLOSED_EARLY:
        cycle = await close_stage(work, cycle, stage, now)
    parameters = _parameters(reason, before[stage.id], changed)
    await tell(work, cycle, stage, _news(wish, stage), now, parameters)
    return cycle


def _stage(cycle: Cycle, wish: Wish) -> Stage:
    return next(stage for stage in cycle.stages if stage.id == wish.stage_id)


def _changed(cycle: Cycle, wish: Wish, now: datetime) -> tuple[Stage, ...]:
    stage = _stage(cycle, wish)
    if wish.action is StageAction.OPENED_EARLY:
        return (opened_now(cycle, stage, now),)
    if wish.action is StageAction.CLOSED_EARLY:
        return (closed_now(stage, now),)
    if wish.closes_at is None:
        raise Refused(Reason.DATE_UNREADABLE)
    return extended(cycle, stage, wish.closes_at, now)


def _is_done(wish: Wish, reason: str, changes: Sequence[StageChange]) -> bool:
    last = next((change for change in changes if change.stage_id == wish.stage_id), None)
    return (
        last is not None
        and last.action is wish.action
        and last.reason == reason
        and wish.closes_at in {None, last.after}
    )


def _news(wish: Wish, stage: Stage) -> NoticeKind:
    if wish.action is StageAction.OPENED_EARLY:
        return NoticeKind.STAGE_OPENED
    if wish.action is StageAction.EXTENDED:
        return NoticeKind.STAGE_EXTENDED
    return NoticeKind.RESULTS if stage.kind is StageKind.VOTING else NoticeKind.STAGE_CLOSED


def _parameters(
    reason: str, before: Stage, changed: tuple[Stage, ...]
) -> Mapping[str, str | int | None]:
    moved = changed[1] if len(changed) > 1 else None
    return {
        "reason": reason,
        "closed_before": before.closes_at.isoformat(),
        "moved_kind": None if moved is None else moved.kind.value,
        "moved_to": None if moved is None else moved.opens_at.isoformat(),
    }
