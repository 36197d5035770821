"""Read one project of a vote."""

from dataclasses import dataclass

from civic.actions.read_ballot import BallotView, view_ballot
from civic.model.project import Project
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.model.results import ProjectResult
from civic.ports import Clock, Randomness, Work
from civic.rules.eligibility import in_town


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project, where it stands in the person's own order, and what became of it."""

    ballot: BallotView
    project: Project
    position: int
    """From 1, in the person's own order."""
    previous: int | None
    """Id of the project before it; None for the first."""
    following: int | None
    """Id of the project after it; None for the last."""
    result: ProjectResult | None
    """None until the votes are counted."""


@dataclass(frozen=True, slots=True)
class ReadProject:
    """Read a project and, once the votes are counted, its result."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident, project_id: int) -> ProjectView:
        """Return the project. Raises `Refused` with `NOT_FOUND` or `NO_SUCH_STAGE`."""
        async with self.work.read() as work:
            project = await work.projects.get(project_id)
            if project is None:
                raise Refused(Reason.NOT_FOUND)
            cycle = in_town(await work.cycles.get(project.cycle_id), resident)
            ballot = await view_ballot(work, self.randomness, resident, cycle, self.clock.now())
            result = await work.protocols.result_of(project_id) if ballot.counted else None
        order = [None, *(one.id for one in ballot.projects), None]
        place = order.index(project_id)
        return ProjectView(
            ballot=ballot,
            project=project,
            position=place,
            previous=order[place - 1],
            following=order[place + 1],
            result=result,
        )
