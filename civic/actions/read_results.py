"""Read the results of votes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from civic.model.cycle import Cycle, Stage, StageKind, VotingRules
from civic.model.project import Project
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.model.results import ResultsProtocol
from civic.ports import Clock, Work
from civic.rules.eligibility import in_town, vote_of


@dataclass(frozen=True, slots=True)
class ResultsView:
    """The stored protocol of a vote and what it is about."""

    cycle: Cycle
    stage: Stage
    """The vote."""
    rules: VotingRules
    protocol: ResultsProtocol
    projects: Mapping[int, Project]
    """By id."""


@dataclass(frozen=True, slots=True)
class VoteView:
    """A vote in the list of results."""

    cycle: Cycle
    stage: Stage
    protocol: ResultsProtocol | None
    """None until the votes are counted."""


@dataclass(frozen=True, slots=True)
class ReadResults:
    """Read the results of one vote."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, cycle_id: int) -> ResultsView:
        """Return the results.

        Raises `Refused` with `NOT_FOUND`, `NO_SUCH_STAGE`, or `RESULTS_NOT_READY` until the vote
        is over and counted.
        """
        async with self.work.read() as work:
            cycle = in_town(await work.cycles.get(cycle_id), resident)
            stage, rules = vote_of(cycle)
            protocol = await work.protocols.get(cycle_id)
            if protocol is None or not _is_over(stage, self.clock.now()):
                raise Refused(Reason.RESULTS_NOT_READY, closes_at=stage.closes_at)
            projects = {project.id: project for project in await work.projects.in_cycle(cycle_id)}
        return ResultsView(cycle, stage, rules, protocol, projects)


@dataclass(frozen=True, slots=True)
class ReadVotes:
    """Read which votes the town has held and which are to come."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident) -> tuple[VoteView, ...]:
        """Return the counted votes, newest first, then the others, soonest close first."""
        now = self.clock.now()
        async with self.work.read() as work:
            cycles = await work.cycles.all(resident.community_id)
            protocols = {
                protocol.cycle_id: protocol
                for protocol in await work.protocols.of_community(resident.community_id)
            }
        votes = [
            VoteView(cycle, stage, protocols.get(cycle.id) if _is_over(stage, now) else None)
            for cycle in cycles
            if (stage := cycle.stage(StageKind.VOTING)) is not None
        ]
        votes.sort(key=lambda vote: vote.stage.closes_at)
        counted = [vote for vote in reversed(votes) if vote.protocol is not None]
        return (*counted, *(vote for vote in votes if vote.protocol is None))


def _is_over(stage: Stage, now: datetime) -> bool:
    return stage.closes_at <= now
