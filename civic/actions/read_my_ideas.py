"""A person's own ideas, submitted and being written."""

from dataclasses import dataclass

from civic.model.cycle import Cycle
from civic.model.idea import Idea, IdeaDraft
from civic.model.resident import Resident
from civic.ports import Work


@dataclass(frozen=True, slots=True)
class MyIdeas:
    """Own ideas and drafts of new ones with the cycles they belong to, newest first."""

    ideas: tuple[tuple[Idea, Cycle], ...]
    drafts: tuple[tuple[IdeaDraft, Cycle], ...]


@dataclass(frozen=True, slots=True)
class ReadMyIdeas:
    """Read everything the person put forward or began to write."""

    work: Work

    async def __call__(self, resident: Resident) -> MyIdeas:
        """Return ideas of every status, and drafts except those that change a submitted idea."""
        async with self.work.read() as work:
            cycles = {cycle.id: cycle for cycle in await work.cycles.all(resident.community_id)}
            ideas = await work.ideas.of_author(resident.id)
            drafts = await work.ideas.drafts_of(resident.id)
        return MyIdeas(
            ideas=tuple(
                (idea, cycles[idea.cycle_id]) for idea in ideas if idea.cycle_id in cycles
            ),
            drafts=tuple(
                (draft, cycles[draft.cycle_id])
                for draft in drafts
                if draft.idea_id is None and draft.cycle_id in cycles
            ),
        )
