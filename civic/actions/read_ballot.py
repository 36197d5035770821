"""Read the vote and one's own ballot."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from civic.actions.cast_ballot import receipt_of, voter_key_of
from civic.actions.own_order import seed_of
from civic.model.cycle import Cycle, Stage, VotingRules
from civic.model.project import Project
from civic.model.resident import Resident
from civic.ports import Clock, Randomness, UnitOfWork, Work
from civic.rules.eligibility import in_town, vote_of
from civic.rules.order import shuffled


class VotePhase(StrEnum):
    """Where a vote stands."""

    AHEAD = "ahead"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class BallotView:
    """A vote as one person sees it; nothing in it depends on what others chose."""

    cycle: Cycle
    stage: Stage
    rules: VotingRules
    phase: VotePhase
    projects: tuple[Project, ...]
    """In this person's own order."""
    choices: frozenset[int]
    """Empty also when the link to the ballot has been destroyed."""
    receipt: str
    """Empty when the person has no ballot in."""
    counted: bool
    """True when the results can be read."""

    @property
    def chosen(self) -> tuple[Project, ...]:
        """The projects on the ballot, in this person's order."""
        return tuple(project for project in self.projects if project.id in self.choices)


@dataclass(frozen=True, slots=True)
class ReadBallot:
    """Read what is voted on, by which rule, and how one's own ballot stands."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident, cycle_id: int) -> BallotView:
        """Return the vote. Raises `Refused` with `NOT_FOUND` or `NO_SUCH_STAGE`."""
        async with self.work.read() as work:
            cycle = in_town(await work.cycles.get(cycle_id), resident)
            return await view_ballot(work, self.randomness, resident, cycle, self.clock.now())


async def view_ballot(
    work: UnitOfWork, randomness: Randomness, resident: Resident, cycle: Cycle, now: datetime
) -> BallotView:
    """Return the vote of a cycle of the person's town; raises `Refused(NO_SUCH_STAGE)`."""
    stage, rules = vote_of(cycle)
    voter_key = voter_key_of(randomness, stage, resident)
    ballot = await work.ballots.find(stage.id, voter_key)
    taken_part = ballot is not None or await work.ballots.has_taken_part(stage.id, voter_key)
    projects = {project.id: project for project in await work.projects.in_cycle(cycle.id)}
    order = shuffled(projects, seed_of(randomness, resident.id, cycle.id))
    phase = _phase(stage, now)
    return BallotView(
        cycle=cycle,
        stage=stage,
        rules=rules,
        phase=phase,
        projects=tuple(projects[project_id] for project_id in order),
        choices=frozenset() if ballot is None else ballot.choices,
        receipt=receipt_of(randomness, voter_key) if taken_part else "",
        counted=phase is VotePhase.OVER and await work.protocols.get(cycle.id) is not None,
    )


def _phase(stage: Stage, now: datetime) -> VotePhase:
    if now < stage.opens_at:
        return VotePhase.AHEAD
    return VotePhase.OPEN if now < stage.closes_at else VotePhase.OVER
