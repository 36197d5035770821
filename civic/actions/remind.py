"""Tell those who have not finished how much time is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from civic.actions.destinations import told_of_stages
from civic.actions.transitions import find_cycle, told_by
from civic.model.announcement import NoticeKind
from civic.model.audience import Audience, Trait
from civic.model.cycle import Cycle, Stage, StageAction
from civic.ports import Clock, UnitOfWork, Work
from civic.rules.news import Mark, mark_due
from civic.rules.quiet_hours import next_allowed

_MOVES: Final = {StageAction.EXTENDED, StageAction.SHORTENED, StageAction.MOVED}
"""Changes that were announced to everyone and so make the marks before them void."""


@dataclass(frozen=True, slots=True)
class RemindUnfinished:
    """Write the notices of a cycle about the time that is left, each once.

    At a mark nobody gets two of them: who began is reminded of that, everyone else is told in
    general, and who finished is left in peace. Groups and channels are told in general.
    """

    work: Work
    clock: Clock

    async def __call__(self, cycle_id: int) -> bool:
        """Tell whether a mark was due of which nobody had written before.

        Raises `Refused` with `NOT_FOUND`.
        """
        now = self.clock.now()
        async with self.work.read() as work:
            cycle = await find_cycle(work, cycle_id)
            found = await _due(work, cycle, now)
        if found is None:
            return False
        async with self.work.write() as work:
            # Whoever moves the stage makes the mark void, or comes after it.
            cycle = await find_cycle(work, cycle_id, lock=True)
            found = await _due(work, cycle, now)
            if found is None:
                return False
            stage, mark, send_from = found
            chats = await told_of_stages(work, cycle.community_id, reminding=True)
            for kind, people in audiences(stage, mark):
                # Everybody reads there: what concerns single people is no news for it.
                in_general = kind is not NoticeKind.REMINDER
                audience = people.also_to(*chats) if in_general else people
                planned = await work.announcements.plan(
                    _key(stage, kind, mark),
                    cycle.community_id,
                    cycle.id,
                    stage.id,
                    kind,
                    {"days": mark.days, "closes_at": stage.closes_at.isoformat()},
                    now,
                    audience=audience,
                    send_from=send_from,
                    send_until=stage.closes_at,
                )
                if planned is None:
                    return False
            await work.commit()
        return True


def audiences(stage: Stage, mark: Mark) -> Iterator[tuple[NoticeKind, Audience]]:
    """Give the notices of a mark, and whom each is for: nobody is in two of them."""
    if mark.kind is NoticeKind.HALF_WAY:
        yield mark.kind, audience_of(mark.kind, stage)
        return
    # In this order, so that whoever begins in between is told nothing rather than both.
    yield NoticeKind.REMINDER, audience_of(NoticeKind.REMINDER, stage)
    yield NoticeKind.LAST_DAYS, audience_of(NoticeKind.LAST_DAYS, stage)


def audience_of(kind: NoticeKind, stage: Stage) -> Audience:
    """Return whom such a notice about the stage is for."""
    traits = {
        NoticeKind.HALF_WAY: Trait.NOT_FINISHED,
        NoticeKind.REMINDER: Trait.UNFINISHED,
        NoticeKind.LAST_DAYS: Trait.NOT_BEGUN,
    }
    everyone = told_by(stage, kind)
    return everyone.those(traits[kind], stage.id) if kind in traits else everyone


async def _due(
    work: UnitOfWork, cycle: Cycle, now: datetime
) -> tuple[Stage, Mark, datetime] | None:
    """Return what is due, and from when on people are told; until then nobody is chosen."""
    stage = cycle.current(now)
    community = await work.communities.get(cycle.community_id)
    if stage is None or community is None:
        return None
    moved = [
        change.at
        for change in await work.cycles.changes(cycle.id)
        if change.stage_id == stage.id and change.action in _MOVES
    ]
    mark = mark_due(stage, max([*moved, stage.opens_at]), now, community.zone)
    if mark is None:
        return None
    first, _audience = next(audiences(stage, mark))
    planned = await work.announcements.is_planned(_key(stage, first, mark))
    return None if planned else (stage, mark, next_allowed(now, community.zone))


def _key(stage: Stage, kind: NoticeKind, mark: Mark) -> str:
    return f"stage:{stage.id}:{kind.value}:{stage.closes_at:%Y%m%dT%H%M%S}:{mark.days}"
