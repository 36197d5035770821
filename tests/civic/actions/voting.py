"""A vote in the database, and people who take part in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from civic.actions.cast_ballot import CastBallot
from civic.actions.declare_residence import DeclareResidence
from civic.model.cycle import Cycle, Stage, StageKind, VotingRules
from civic.model.project import Project
from civic.model.resident import Resident
from civic.ports import Clock, Randomness, Work
from tests.civic.rules.votes import RULES, cycle, project, voting_stage


@dataclass(frozen=True)
class Vote:
    """A cycle in voting with its projects."""

    cycle: Cycle
    projects: tuple[Project, ...]

    @property
    def id(self) -> int:
        """Id of the cycle."""
        return self.cycle.id

    @property
    def stage(self) -> Stage:
        """The stage of voting."""
        stage = self.cycle.stage(StageKind.VOTING)
        assert stage is not None
        return stage


async def hold_vote(
    work: Work,
    community_id: int,
    *stages: Stage,
    rules: VotingRules = RULES,
    costs: Sequence[int] = (10, 10, 10),
    slug: str = "park",
) -> Vote:
    """Put a vote into the database; without `stages` it is open."""
    async with work.write() as unit:
        added = await unit.cycles.add(
            cycle(
                *(stages or (voting_stage(),)), rules=rules, community_id=community_id, slug=slug
            )
        )
        projects = [
            replace(project(number, cost, added.id), id=0)
            for number, cost in enumerate(costs, start=1)
        ]
        stored = tuple([replace(one, id=await unit.projects.save(one)) for one in projects])
        await unit.commit()
    return Vote(added, stored)


@dataclass(frozen=True)
class Booth:
    """Lets people declare and vote in one line."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def declared(self, resident: Resident, vote: Vote) -> Resident:
        """Return the person after the declaration."""
        return await DeclareResidence(self.work, self.clock)(resident, vote.id)

    async def cast(
        self, resident: Resident, vote: Vote, *places: int, chosen: bool = True
    ) -> None:
        """Tick (or untick) the projects at `places`, from 0."""
        cast = CastBallot(self.work, self.clock, self.randomness)
        for place in places:
            await cast(resident, vote.id, vote.projects[place].id, chosen=chosen)
