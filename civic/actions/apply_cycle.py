"""Set a cycle up, or bring it to what its changed file says."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from civic.actions.apply_community import Applied
from civic.actions.change_stage import NEWS, change_parameters, reason_of, store_change
from civic.actions.transitions import bring_up_to_date, find_cycle, tell
from civic.exchange.cycle_file import CycleToApply
from civic.exchange.cycle_in_town import misfits
from civic.exchange.cycle_version import CalendarChange, CycleVersion, state_at
from civic.exchange.problems import InvalidFile
from civic.model.community import Community
from civic.model.cycle import Cycle, Rules, Stage, StageKind, StageState
from civic.model.project import Project
from civic.model.refusal import Reason, Refused
from civic.model.results import ProjectResult, ResultsProtocol
from civic.ports import Clock, PhotoReader, UnitOfWork, Work
from civic.rules.fingerprint import ballot_face, rules_hash
from civic.rules.protocols import sealed
from civic.rules.rescheduling import Rescheduled, differences


@dataclass(frozen=True, slots=True)
class ApplyCycle:
    """Bring the cycle with the file's slug to what the file says.

    Only what changed in the file since it was last applied is changed, so that dates moved by an
    organiser in the chat stay. Dates counted in days keep the day of the first time as day 0.
    """

    work: Work
    clock: Clock
    photos: PhotoReader

    async def __call__(self, file: CycleToApply, reason: str = "") -> Applied:
        """Store the cycle; everyone is told of dates that change, and reads the `reason`.

        Raises `InvalidFile` when the file does not go with its town or with what has already
        happened, and `Refused` with `RULES_FROZEN` when it changes a vote that has opened or with
        `REASON_NEEDED` when it changes dates and does not say why.
        """
        photos = {name: await self._clean(file, name) for name in file.photos}
        async with self.work.write() as work:
            community = await _community(work, file)
            stored = _Applying(work, file, reason, community, photos, self.clock.now())
            existing = await work.cycles.by_slug(community.id, file.content.slug)
            if existing is None:
                await stored.create()
                applied = Applied.CREATED
            else:
                applied = await stored.update(existing.id)
            await work.commit()
        return applied

    async def _clean(self, file: CycleToApply, name: str) -> bytes:
        try:
            return await self.photos.clean(file.photos[name])
        except Refused as refused:
            raise InvalidFile(
                [file.problem(name, "a readable photo", "something else")]
            ) from refused


async def _community(work: UnitOfWork, file: CycleToApply) -> Community:
    community = await work.communities.by_slug(file.content.community)
    problems = [*misfits(file, community)]
    if community is None or problems:
        raise InvalidFile(problems)
    return community


@dataclass(frozen=True, slots=True)
class _Applying:
    """One file being applied inside one unit of work."""

    work: UnitOfWork
    file: CycleToApply
    reason: str
    community: Community
    photos: Mapping[str, bytes]
    now: datetime

    async def create(self) -> None:
        """Add the cycle; stages that are past or running start out so, and nobody is told."""
        content = self.file.content
        anchor = self.now.astimezone(self.community.zone).date()
        version = CycleVersion.of(self.file, self.community.zone, anchor)
        stages = tuple(
            Stage(
                id=0,
                cycle_id=0,
                kind=kind,
                opens_at=opens_at,
                closes_at=closes_at,
                state=state_at(opens_at, closes_at, self.now),
                texts=version.texts[kind],
            )
            for kind, (opens_at, closes_at) in version.calendar.items()
        )
        cycle = self._with_content(
            Cycle(0, self.community.id, content.slug, content.kind, {}, {}, Rules(), "", stages)
        )
        voting = cycle.stage(StageKind.VOTING)
        is_over = voting is not None and voting.state is StageState.CLOSED
        if is_over and content.published_results is None:
            expected = "the results, because voting is over already"
            raise InvalidFile([self.file.problem("published_results", expected, "nothing")])
        self._refuse_early_results(cycle)
        cycle = await self.work.cycles.add(cycle)
        projects = await self._save_projects(cycle)
        if voting is not None and voting.state is not StageState.PLANNED:
            cycle = replace(cycle, rules_hash=rules_hash(cycle, projects))
            await self.work.cycles.save(cycle)
        if (protocol := self._published(cycle, projects, anchor)) is not None:
            await self.work.protocols.add(protocol)
        await self.work.cycles.save_source(cycle.id, version.source)

    async def update(self, cycle_id: int) -> Applied:
        """Bring an existing cycle to the file."""
        cycle = await find_cycle(self.work, cycle_id, lock=True)
        source = await self.work.cycles.source(cycle_id)
        if source is None:
            raise Refused(Reason.NOT_FOUND)
        applied = CycleVersion.stored(source)
        wanted = CycleVersion.of(self.file, self.community.zone, applied.anchor)
        if wanted.source == applied.source:
            return Applied.UNCHANGED
        cycle = await bring_up_to_date(self.work, cycle, self.now)
        await self._check(cycle, applied, wanted)
        change = self._calendar_change(cycle, applied, wanted)
        cycle = self._with_content(cycle)
        await self.work.cycles.save(cycle)
        cycle = await self._save_stages(cycle, change)
        await self._save_projects(cycle)
        await self._remove_projects(cycle, set(applied.projects) - set(wanted.projects))
        await self.work.cycles.save_source(cycle.id, wanted.source)
        return Applied.UPDATED

    async def _check(self, cycle: Cycle, applied: CycleVersion, wanted: CycleVersion) -> None:
        kind = self.file.content.kind
        if kind is not cycle.kind:
            expected = f"{cycle.kind}, as the cycle «{cycle.slug}» is"
            raise InvalidFile([self.file.problem("kind", expected, kind)])
        if problems := [*self._calendar_change(cycle, applied, wanted).problems()]:
            raise InvalidFile(problems)
        self._refuse_early_results(cycle)
        voting = cycle.stage(StageKind.VOTING)
        if voting is not None and voting.state is not StageState.PLANNED:
            changed = await self._changes_of_vote(cycle, applied)
            if changed:
                raise Refused(Reason.RULES_FROZEN, changed=", ".join(changed))

    async def _changes_of_vote(self, cycle: Cycle, applied: CycleVersion) -> list[str]:
        stored = await self.work.projects.in_cycle(cycle.id)
        on_ballot = {entry.code: entry for entry in stored if entry.code in applied.projects}
        content = self.file.content
        changed = [
            *_changed_rules(cycle.rules, content.rules.rules()),
            *_changed_projects(on_ballot, self._projects(cycle.id)),
        ]
        if changed:
            return changed
        kept = await self.work.protocols.get(cycle.id)
        if kept is not None and not kept.published_elsewhere:
            kept = None
        wanted = self._published(cycle, stored, applied.anchor)
        same = (wanted and wanted.digest) == (kept and kept.digest)
        return [] if same else ["published_results"]

    def _refuse_early_results(self, cycle: Cycle) -> None:
        voting = cycle.stage(StageKind.VOTING)
        is_over = voting is not None and voting.state is StageState.CLOSED
        if self.file.content.published_results is not None and not is_over:
            expected = "none before voting is over"
            raise InvalidFile([self.file.problem("published_results", expected, "results")])

    def _calendar_change(
        self, cycle: Cycle, applied: CycleVersion, wanted: CycleVersion
    ) -> CalendarChange:
        return CalendarChange(self.file, cycle, applied, wanted, self.community.zone, self.now)

    def _with_content(self, cycle: Cycle) -> Cycle:
        content = self.file.content
        return replace(
            cycle,
            titles=content.titles.local(),
            about=content.about.local(),
            rules=content.rules.rules(),
        )

    async def _save_stages(self, cycle: Cycle, change: CalendarChange) -> Cycle:
        wanted = change.stages()
        changes = differences(cycle, wanted)
        reason = self._reason(changes)
        for stage in wanted:
            if stage.id == 0:
                await self.work.cycles.add_stage(stage)
            elif stage != cycle.stage(stage.kind):
                await self.work.cycles.save_stage(stage)
        for entry in changes:
            cycle = await store_change(
                *(self.work, cycle, entry.action, entry.changed),
                by=None,
                reason=reason,
                now=self.now,
            )
            facts = change_parameters(reason, entry.before, entry.changed)
            stage, news = entry.changed[0], NEWS[entry.action]
            await tell(self.work, cycle, stage, news, self.now, facts)
        return cycle

    def _reason(self, changes: Sequence[Rescheduled]) -> str:
        if not changes:
            return ""
        try:
            return reason_of(self.reason)
        except Refused as refused:
            kinds = [stage.kind.value for entry in changes for stage in entry.changed]
            raise Refused(refused.reason, **refused.facts, changed=", ".join(kinds)) from None

    def _projects(self, cycle_id: int) -> list[Project]:
        """Return the projects of the file, without ids and photos."""
        return [
            Project(
                id=0,
                cycle_id=cycle_id,
                code=part.code,
                titles=part.titles.local(),
                about=part.about.local(),
                place=part.place.local(),
                district=part.district,
                topic=part.topic,
                cost=part.cost,
                cost_is_sample=part.cost_is_sample,
                photo=None,
                position=position,
            )
            for position, part in enumerate(self.file.content.projects, start=1)
        ]

    async def _save_projects(self, cycle: Cycle) -> list[Project]:
        saved = []
        parts = self.file.content.projects
        for part, project in zip(parts, self._projects(cycle.id), strict=True):
            photo = None
            if part.photo is not None:
                photo = await self.work.pictures.add(
                    self.photos[part.photo], "image/jpeg", self.now
                )
            complete = replace(project, photo=photo)
            saved.append(replace(complete, id=await self.work.projects.save(complete)))
        return saved

    async def _remove_projects(self, cycle: Cycle, codes: Collection[str]) -> None:
        for project in await self.work.projects.in_cycle(cycle.id):
            if project.code in codes:
                await self.work.projects.remove(project.id)

    def _published(
        self, cycle: Cycle, projects: Sequence[Project], anchor: date
    ) -> ResultsProtocol | None:
        """Return the protocol of a round that was held elsewhere; None when the file has none."""
        published, voting = self.file.content.published_results, self.file.content.rules.voting
        if published is None or voting is None:
            return None
        by_code = {project.code: project for project in projects}
        in_order = sorted(published.projects, key=lambda part: -part.votes)
        return sealed(
            ResultsProtocol(
                cycle_id=cycle.id,
                ballots=published.ballots,
                votes=published.votes,
                fund=voting.fund,
                spent=published.spent,
                results=tuple(
                    ProjectResult(
                        project_id=by_code[part.code].id,
                        votes=part.votes,
                        cost=by_code[part.code].cost,
                        outcome=part.outcome,
                        rank=rank,
                        left_before=None,
                        needed=voting.more_than + 1,
                    )
                    for rank, part in enumerate(in_order, start=1)
                ),
                rules_hash=cycle.rules_hash,
                digest="",
                counted_at=published.published.moment(self.community.zone, anchor),
                published_elsewhere=True,
            )
        )


def _changed_rules(before: Rules, after: Rules) -> Iterator[str]:
    old, new = asdict(before)["voting"], asdict(after)["voting"]
    for name, value in new.items():
        if old[name] != value:
            yield f"rules.voting.{name}"


def _changed_projects(before: Mapping[str, Project], after: Sequence[Project]) -> Iterator[str]:
    for project in after:
        known = before.get(project.code)
        if known is None:
            yield f"project «{project.code}» added"
            continue
        old, new = ballot_face(known), ballot_face(project)
        for name, value in new.items():
            if old[name] != value:
                yield f"{name} of project «{project.code}»"
    for code in before.keys() - {project.code for project in after}:
        yield f"project «{code}» removed"
    kept = [project.code for project in after if project.code in before]
    if kept != [code for code in before if code in kept]:
        yield "order of projects"
