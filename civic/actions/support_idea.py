"""A resident says: I want this too."""

from dataclasses import dataclass

from civic.actions.idea_drafts import find_idea
from civic.model.idea import IdeaStatus
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.stages import Permission, require


@dataclass(frozen=True, slots=True)
class SupportIdea:
    """Set or take back a resident's support for an idea of somebody else."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, idea_id: int, *, on: bool) -> None:
        """Support the idea, or no longer; repeating changes nothing.

        Raises `Refused` with `NOT_FOUND`, `IDEA_WITHDRAWN`, `OWN_IDEA`, or while the stage is not
        open.
        """
        async with self.work.write() as work:
            idea, cycle = await find_idea(work, resident, idea_id)
            if idea.status is IdeaStatus.WITHDRAWN:
                raise Refused(Reason.IDEA_WITHDRAWN)
            if idea.author_id == resident.id:
                raise Refused(Reason.OWN_IDEA)
            require(cycle, Permission.SUPPORT_IDEA, self.clock.now())
            await work.ideas.support(idea_id, resident.id, on=on)
            await work.commit()
