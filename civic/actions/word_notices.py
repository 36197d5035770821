"""The notices of a stage as organisers see them: when, to how many, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from civic.actions.destinations import told_of_stages
from civic.actions.remind import audience_of
from civic.actions.transitions import find_cycle
from civic.model.announcement import Announcement, NoticeKind
from civic.model.community import Community
from civic.model.cycle import Cycle, Stage
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.model.text import LANGUAGES
from civic.ports import Clock, UnitOfWork, Work
from civic.rules.news import LAST_DAYS, REMINDING, marks, notices_of
from civic.rules.quiet_hours import next_allowed
from civic.rules.templates import read_text


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    """A notice that the calendar will yield, or has yielded."""

    announcement: Announcement
    """As it would be told at the first of its moments."""
    moments: tuple[datetime, ...]
    """When people begin to be told, earliest first."""
    told: int
    """How many people would get it if it were told now."""
    worded: frozenset[str]
    """Languages in which the organisers have put it in their own words."""
    chats: int
    """How many groups and channels would get it besides."""
    latest: int | None = None
    """Id of the announcement by which it was told last."""

    @property
    def kind(self) -> NoticeKind:
        """What it is about."""
        return self.announcement.kind


@dataclass(frozen=True, slots=True)
class Notices:
    """All notices of a stage."""

    cycle: Cycle
    stage: Stage
    planned: tuple[PlannedNotice, ...]

    def of(self, kind: NoticeKind) -> PlannedNotice:
        """Return the notice of that kind; raises `Refused` with `NOT_FOUND`."""
        for entry in self.planned:
            if entry.kind is kind:
                return entry
        raise Refused(Reason.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class ReadNotices:
    """Read which notices a stage will yield."""

    work: Work
    clock: Clock

    async def __call__(self, organiser: Resident, stage_id: int) -> Notices:
        """Return them in order; raises `Refused` with `NOT_ORGANISER` or `NOT_FOUND`."""
        async with self.work.read() as work:
            cycle, stage = await _stage_of(work, organiser, stage_id)
            community = await work.communities.get(cycle.community_id)
            if community is None or stage is None:
                raise Refused(Reason.NOT_FOUND)
            planned = [
                await self._planned(work, cycle, stage, community, kind)
                for kind in notices_of(cycle, stage)
            ]
        return Notices(cycle, stage, tuple(planned))

    async def _planned(
        self, work: UnitOfWork, cycle: Cycle, stage: Stage, community: Community, kind: NoticeKind
    ) -> PlannedNotice:
        moments = _moments(stage, kind, community)
        reached = await work.announcements.reach(community.id, audience_of(kind, stage), cycle.id)
        chats = (
            ()
            if kind is NoticeKind.REMINDER
            else await told_of_stages(work, community.id, reminding=kind in REMINDING)
        )
        announcement = Announcement(
            id=0,
            community_id=community.id,
            cycle_id=cycle.id,
            stage_id=stage.id,
            kind=kind,
            parameters={},
            created_at=moments[0],
        )
        worded = frozenset(stage.texts.get(kind.value, {}))
        told = sum(reached.values())
        latest = await work.announcements.latest_of(stage.id, kind)
        return PlannedNotice(announcement, moments, told, worded, len(chats), latest)


@dataclass(frozen=True, slots=True)
class WordNotice:
    """Put a notice into the organisers' own words, or back into the usual ones."""

    work: Work

    async def __call__(
        self,
        organiser: Resident,
        stage_id: int,
        kind: NoticeKind,
        language: str,
        words: str | None,
    ) -> Stage:
        """Return the changed stage; `words` None brings the usual text back in that language.

        Raises `Refused` with `NOT_ORGANISER`, `NOT_FOUND`, or as `read_text` does.
        """
        text = None if words is None else read_text(words, kind)
        async with self.work.write() as work:
            cycle, stage = await _stage_of(work, organiser, stage_id, lock=True)
            if stage is None or language not in LANGUAGES or kind not in notices_of(cycle, stage):
                raise Refused(Reason.NOT_FOUND)
            changed = replace(stage, texts=_worded(stage.texts, kind, language, text))
            await work.cycles.save_stage(changed)
            await work.commit()
        return changed


async def _stage_of(
    work: UnitOfWork, organiser: Resident, stage_id: int, *, lock: bool = False
) -> tuple[Cycle, Stage | None]:
    """Return the stage and its cycle; None for a stage that was cancelled."""
    if not organiser.has(Role.ORGANISER):
        raise Refused(Reason.NOT_ORGANISER)
    found = await work.cycles.of_stage(stage_id)
    if found is None or found.community_id != organiser.community_id:
        raise Refused(Reason.NOT_FOUND)
    cycle = await find_cycle(work, found.id, lock=lock)
    return cycle, next((stage for stage in cycle.stages if stage.id == stage_id), None)


def _moments(stage: Stage, kind: NoticeKind, community: Community) -> tuple[datetime, ...]:
    zone = community.zone
    if kind is NoticeKind.STAGE_OPENED:
        return (next_allowed(stage.opens_at, zone),)
    if kind in {NoticeKind.STAGE_CLOSED, NoticeKind.RESULTS}:
        return (next_allowed(stage.closes_at, zone),)
    of_days = LAST_DAYS if kind is not NoticeKind.HALF_WAY else (None,)
    return tuple(sorted(mark.at for mark in marks(stage, zone) if mark.days in of_days))


def _worded(
    texts: Mapping[str, Mapping[str, str]], kind: NoticeKind, language: str, text: str | None
) -> Mapping[str, Mapping[str, str]]:
    words = {code: known for code, known in texts.get(kind.value, {}).items() if code != language}
    if text is not None:
        words[language] = text
    others = {name: known for name, known in texts.items() if name != kind.value}
    return {**others, kind.value: words} if words else others
