"""What happens when a stage opens or closes, whether the clock or an organiser does it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from civic.actions.count_votes import count_votes
from civic.actions.destinations import told_of_stages
from civic.model.announcement import NoticeKind, Parameter
from civic.model.audience import EVERYONE, Audience
from civic.model.cycle import Cycle, Stage, StageAction, StageKind, StageState
from civic.model.refusal import Reason, Refused
from civic.model.topics import topic_of
from civic.ports import UnitOfWork
from civic.rules.calendar import due, vote_beyond_appeal
from civic.rules.fingerprint import rules_hash
from civic.rules.news import news

_SHORT: Final = "%Y%m%dT%H%M%S"


async def find_cycle(work: UnitOfWork, cycle_id: int, *, lock: bool = False) -> Cycle:
    """Return the cycle, locked if asked for; raises `Refused` with `NOT_FOUND`."""
    cycle = await work.cycles.get(cycle_id, lock=lock)
    if cycle is None:
        raise Refused(Reason.NOT_FOUND)
    return cycle


async def bring_up_to_date(work: UnitOfWork, cycle: Cycle, now: datetime) -> Cycle:
    """Carry out and log what is due in a locked cycle, write the news; return the cycle."""
    carried_out = due(cycle, now)
    for transition in carried_out:
        stage = transition.stage
        if transition.action is StageAction.OPENED:
            cycle = await open_stage(work, cycle, stage)
        else:
            cycle = await close_stage(work, cycle, stage, now)
        await work.cycles.log(
            stage.id,
            transition.action,
            transition.at,
            by=None,
            reason="",
            before=None,
            after=None,
        )
    for entry in news(cycle, carried_out, now):
        since = {} if entry.since is None else {"since": entry.since.isoformat()}
        await tell(work, cycle, entry.stage, entry.kind, now, since)
    if (voting := await linked_beyond_appeal(work, cycle, now)) is not None:
        await work.ballots.destroy_links(voting.id)
        await work.cycles.log(
            voting.id, StageAction.UNLINKED, now, by=None, reason="", before=None, after=None
        )
    return cycle


async def open_stage(work: UnitOfWork, cycle: Cycle, stage: Stage) -> Cycle:
    """Store that the stage has opened; the rules of a vote are frozen from here on."""
    if stage.kind is StageKind.VOTING:
        projects = await work.projects.in_cycle(cycle.id)
        cycle = replace(cycle, rules_hash=rules_hash(cycle, projects))
        await work.cycles.save(cycle)
    return await _store(work, cycle, replace(stage, state=StageState.OPEN))


async def close_stage(work: UnitOfWork, cycle: Cycle, stage: Stage, now: datetime) -> Cycle:
    """Store that the stage has closed; a vote is counted in the same transaction."""
    cycle = await _store(work, cycle, replace(stage, state=StageState.CLOSED))
    if stage.kind is StageKind.VOTING:
        await count_votes(work, cycle, now)
    return cycle


async def tell(
    work: UnitOfWork,
    cycle: Cycle,
    stage: Stage,
    kind: NoticeKind,
    now: datetime,
    parameters: Mapping[str, Parameter] | None = None,
) -> None:
    """Write the news for everyone in the town who wants any; the same news is written once."""
    frozen = dict(parameters or {})
    if kind is NoticeKind.RESULTS or _holds_results(cycle, frozen):
        protocol = await work.protocols.get(cycle.id)
        counted_here = protocol is not None and not protocol.published_elsewhere
        if protocol is not None and counted_here:
            frozen["funded"] = sum(entry.outcome.is_funded for entry in protocol.results)
            frozen["ballots"] = protocol.ballots
        elif kind is NoticeKind.RESULTS:
            return
    await work.announcements.plan(
        _key(stage, kind, now, frozen),
        cycle.community_id,
        cycle.id,
        stage.id,
        kind,
        frozen,
        now,
        audience=told_by(stage, kind).also_to(*await told_of_stages(work, cycle.community_id)),
        public=True,
    )


def told_by(stage: Stage, kind: NoticeKind) -> Audience:
    """Return for whom news of a stage is: for everyone who has not muted what it is about.

    What sums up many things is about none of them alone.
    """
    if kind is NoticeKind.WHILE_AWAY:
        return EVERYONE
    # Who voted is owed what came of it.
    owed = stage.id if kind is NoticeKind.RESULTS else None
    return EVERYONE.about(topic_of(stage.kind), owed=owed)


def _holds_results(cycle: Cycle, parameters: Mapping[str, Parameter]) -> bool:
    """Tell whether a vote was closed in the time that news sums up."""
    since, voting = parameters.get("since"), cycle.stage(StageKind.VOTING)
    return (
        since is not None
        and voting is not None
        and voting.state is StageState.CLOSED
        and voting.closes_at >= datetime.fromisoformat(str(since))
    )


def _key(
    stage: Stage, kind: NoticeKind, now: datetime, parameters: Mapping[str, Parameter]
) -> str:
    """Return what is the same for the same news: a stage opens once, its dates change often."""
    mark = ""
    if "closes_at" in parameters and kind not in {
        NoticeKind.STAGE_OPENED,
        NoticeKind.STAGE_CLOSED,
        NoticeKind.RESULTS,
    }:
        dates = f"{stage.opens_at:{_SHORT}}-{stage.closes_at:{_SHORT}}"
        mark = f":{dates}:{now:{_SHORT}}"
    if "since" in parameters:
        mark = f":{parameters['since']}"
    return f"stage:{stage.id}:{kind.value}{mark}"


async def linked_beyond_appeal(work: UnitOfWork, cycle: Cycle, now: datetime) -> Stage | None:
    """Return the vote whose links between voters and ballots have to go, or None."""
    voting = vote_beyond_appeal(cycle, now)
    return voting if voting is not None and await work.ballots.has_links(voting.id) else None


async def _store(work: UnitOfWork, cycle: Cycle, stage: Stage) -> Cycle:
    await work.cycles.save_stage(stage)
    return with_stage(cycle, stage)


def with_stage(cycle: Cycle, stage: Stage) -> Cycle:
    """Return the cycle with `stage` in the place of the one with the same id."""
    kept = [stage if entry.id == stage.id else entry for entry in cycle.stages]
    gone = [entry for entry in kept if entry.state is StageState.CANCELLED]
    return replace(
        cycle,
        stages=tuple(entry for entry in kept if entry not in gone),
        cancelled=(*cycle.cancelled, *gone),
    )
