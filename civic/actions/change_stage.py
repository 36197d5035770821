"""What an organiser may do to the calendar, each for a reason that everyone can read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from civic.actions.destinations import told_of_stages
from civic.actions.transitions import (
    bring_up_to_date,
    close_stage,
    find_cycle,
    open_stage,
    tell,
    told_by,
    with_stage,
)
from civic.model.announcement import Announcement, NoticeKind, Parameter
from civic.model.cycle import Cycle, Stage, StageAction, StageChange, StageKind
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Alarm, Clock, UnitOfWork, Work
from civic.rules.rescheduling import (
    cancelled,
    closed_now,
    extended,
    moved,
    opened_now,
    shortened,
)
from civic.rules.texts import clean

REASON_LEAST = 5
"""Characters; shorter is no reason."""
REASON_LIMIT = 500
"""Characters."""
NEWS: Final = {
    StageAction.OPENED_EARLY: NoticeKind.STAGE_OPENED,
    StageAction.CLOSED_EARLY: NoticeKind.STAGE_CLOSED,
    StageAction.EXTENDED: NoticeKind.STAGE_EXTENDED,
    StageAction.SHORTENED: NoticeKind.STAGE_SHORTENED,
    StageAction.MOVED: NoticeKind.STAGE_MOVED,
    StageAction.CANCELLED: NoticeKind.STAGE_CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an organiser wants done to a stage."""

    stage_id: int
    action: StageAction
    """OPENED_EARLY, CLOSED_EARLY, EXTENDED, SHORTENED, MOVED or CANCELLED."""
    reason: str
    """Words that everyone will read; cleaned and measured by the action."""
    at: datetime | None = None
    """The new close, for EXTENDED and SHORTENED; the new opening, for MOVED."""


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What everyone would be told."""

    announcement: Announcement
    cycle: Cycle
    """As it would be."""
    stage: Stage
    changed: tuple[Stage, ...]
    """The stage and those that go along with it, as they would be."""
    told: int
    """How many people would get it."""
    chats: int
    """How many groups and channels besides."""


@dataclass(frozen=True, slots=True)
class ChangeStage:
    """Open or close a stage now, move its dates or cancel it; everyone is told why."""

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(self, organiser: Resident, wish: Wish) -> Cycle:
        """Return the cycle after the change; asking for the same again changes nothing.

        Raises `Refused` with `NOT_FOUND`, `NOT_ORGANISER`, `REASON_NEEDED`, or with what
        `civic.rules.rescheduling` says.
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
            changed = _changed(cycle, wish, now)
            kind = _news(wish, changed[0])
            audience = told_by(changed[0], kind)
            told = await work.announcements.reach(cycle.community_id, audience, cycle.id)
            chats = await told_of_stages(work, cycle.community_id)
        before = _stage(cycle, wish)
        for stage in changed:
            cycle = with_stage(cycle, stage)
        announcement = Announcement(
            id=0,
            community_id=cycle.community_id,
            cycle_id=cycle.id,
            stage_id=wish.stage_id,
            kind=kind,
            parameters=change_parameters(reason, before, changed),
            created_at=now,
        )
        count = sum(told.values())
        return ChangePreview(announcement, cycle, changed[0], changed, count, len(chats))


def reason_of(words: str) -> str:
    """Return the cleaned reason; raises `Refused` with `REASON_NEEDED`."""
    reason = clean(words)
    if not REASON_LEAST <= len(reason) <= REASON_LIMIT:
        raise Refused(Reason.REASON_NEEDED, least=REASON_LEAST, limit=REASON_LIMIT)
    return reason


def change_parameters(
    reason: str, before: Stage, changed: Sequence[Stage]
) -> Mapping[str, Parameter]:
    """Return what the news of a change says: why, what was before, and which stages moved along.

    `changed` begins with the stage itself; the dates that it has now tell later whether this is
    still news.
    """
    stage, *along = changed
    return {
        "reason": reason,
        "opened_before": before.opens_at.isoformat(),
        "closed_before": before.closes_at.isoformat(),
        "closes_at": stage.closes_at.isoformat(),
        "along": {entry.kind.value: entry.opens_at.isoformat() for entry in along},
    }


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
    before = _stage(cycle, wish)
    changed = _changed(cycle, wish, now)
    cycle = await store_change(
        work, cycle, wish.action, changed, by=organiser.id, reason=reason, now=now
    )
    stage = changed[0]
    if wish.action is StageAction.OPENED_EARLY:
        cycle = await open_stage(work, cycle, stage)
    elif wish.action is StageAction.CLOSED_EARLY:
        cycle = await close_stage(work, cycle, stage, now)
    parameters = change_parameters(reason, before, changed)
    await tell(work, cycle, stage, _news(wish, stage), now, parameters)
    return cycle


async def store_change(
    work: UnitOfWork,
    cycle: Cycle,
    action: StageAction,
    changed: Sequence[Stage],
    *,
    by: int | None,
    reason: str,
    now: datetime,
) -> Cycle:
    """Store what becomes of a stage and of those that go along with it, and log it for everyone.

    Returns the cycle as it is then.
    """
    before = {stage.id: stage for stage in cycle.stages}
    for new in changed:
        await work.cycles.save_stage(new)
        cycle = with_stage(cycle, new)
        of_this = action if new is changed[0] else _along(action)
        sides = _sides(of_this, before[new.id], new)
        await work.cycles.log(
            new.id, of_this, now, by=by, reason=reason, before=sides[0], after=sides[1]
        )
    return cycle


def _along(action: StageAction) -> StageAction:
    return StageAction.CANCELLED if action is StageAction.CANCELLED else StageAction.MOVED


def _sides(
    action: StageAction, before: Stage, after: Stage
) -> tuple[datetime | None, datetime | None]:
    """Return the date that the public log names: what it was and what it became."""
    if action is StageAction.CANCELLED:
        return before.opens_at, None
    if before.opens_at != after.opens_at:
        return before.opens_at, after.opens_at
    return before.closes_at, after.closes_at


def _stage(cycle: Cycle, wish: Wish) -> Stage:
    for stage in cycle.stages:
        if stage.id == wish.stage_id:
            return stage
    raise Refused(Reason.NOT_FOUND)


def _changed(cycle: Cycle, wish: Wish, now: datetime) -> tuple[Stage, ...]:
    stage = _stage(cycle, wish)
    if wish.action is StageAction.OPENED_EARLY:
        return (opened_now(cycle, stage, now),)
    if wish.action is StageAction.CLOSED_EARLY:
        return (closed_now(stage, now),)
    if wish.action is StageAction.CANCELLED:
        return cancelled(cycle, stage, now)
    if wish.at is None:
        raise Refused(Reason.DATE_UNREADABLE)
    if wish.action is StageAction.MOVED:
        return moved(cycle, stage, wish.at, now)
    if wish.action is StageAction.SHORTENED:
        return shortened(stage, wish.at, now)
    return extended(cycle, stage, wish.at, now)


def _is_done(wish: Wish, reason: str, changes: Sequence[StageChange]) -> bool:
    last = next((change for change in changes if change.stage_id == wish.stage_id), None)
    return (
        last is not None
        and last.action is wish.action
        and last.reason == reason
        and wish.at in {None, last.after}
    )


def _news(wish: Wish, stage: Stage) -> NoticeKind:
    if wish.action is StageAction.CLOSED_EARLY and stage.kind is StageKind.VOTING:
        return NoticeKind.RESULTS
    return NEWS[wish.action]
