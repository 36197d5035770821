"""Read the vote and one's own ballot."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from civic.actions.cast_ballot import receipt_of, voter_key_of
from civic.actions.own_order import seed_of
from civic.model.cycle import Cycle, Stage, StageState, VotingRules
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
    phase = _phase(stage, now)
    if phase is VotePhase.OVER or stage.state is StageState.CLOSED:
        choices, shown = await _over(work, randomness, stage, resident)
    else:
        voter_key = voter_key_of(randomness, stage, resident)
        ballot = await work.ballots.find(stage.id, voter_key)
        choices = frozenset() if ballot is None else ballot.choices
        shown = "" if ballot is None else receipt_of(randomness, voter_key)
    projects = {project.id: project for project in await work.projects.in_cycle(cycle.id)}
    order = shuffled(projects, seed_of(randomness, resident.id, cycle.id))
    return BallotView(
        cycle=cycle,
        stage=stage,
        rules=rules,
        phase=phase,
        projects=tuple(projects[project_id] for project_id in order),
        choices=choices,
        receipt=shown,
        counted=phase is VotePhase.OVER and await work.protocols.get(cycle.id) is not None,
    )


async def _over(
    work: UnitOfWork, randomness: Randomness, stage: Stage, resident: Resident
) -> tuple[frozenset[int], str]:
    """Return what the person chose in a vote that is over, as far as it is known, and receipts."""
    keys = await keys_in(work, randomness, stage, resident)
    ballots = [await work.ballots.find(stage.id, key) for key in keys]
    chosen = next((ballot.choices for ballot in ballots if ballot is not None), frozenset())
    # The link to a ballot is destroyed after the count; that the person took part stays known.
    return chosen, ", ".join(receipt_of(randomness, key) for key in keys)


async def keys_in(
    work: UnitOfWork, randomness: Randomness, stage: Stage, resident: Resident
) -> list[str]:
    """Return the keys under which a person took part in a vote that is over.

    Chats that were joined later took part each for itself, and what is counted is not touched.
    """
    former = await work.joining.former(resident.id)
    people = [resident, *(replace(resident, id=one) for one in former)]
    keys = [voter_key_of(randomness, stage, one) for one in people]
    return [key for key in keys if await work.ballots.has_taken_part(stage.id, key)]


def _phase(stage: Stage, now: datetime) -> VotePhase:
    if now < stage.opens_at:
        return VotePhase.AHEAD
    return VotePhase.OPEN if now < stage.closes_at else VotePhase.OVER
