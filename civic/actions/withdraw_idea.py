"""An author takes an idea back."""

from dataclasses import dataclass

from civic.actions.idea_drafts import find_own_idea, note_taken_back
from civic.model.idea import IdeaStatus
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.stages import Permission, require


@dataclass(frozen=True, slots=True)
class WithdrawIdea:
    """Withdraw an own idea for good; nobody else sees it any more."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, idea_id: int) -> None:
        """Withdraw; doing it twice changes nothing.

        Raises `Refused` with `NOT_FOUND`, `NOT_YOURS`, or while the stage is not open.
        """
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            idea, cycle = await find_own_idea(work, resident, idea_id)
            if idea.status is IdeaStatus.WITHDRAWN:
                return
            require(cycle, Permission.WRITE_IDEA, self.clock.now())
            await work.ideas.set_status(idea_id, IdeaStatus.WITHDRAWN)
            changes = await work.ideas.draft_of(resident.id, cycle.id, idea_id)
            if changes is not None:
                await work.ideas.remove_draft(changes.id)
            await note_taken_back(work, resident, cycle.id)
            await work.commit()
