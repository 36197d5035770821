"""An author changes an idea that was submitted."""

from dataclasses import dataclass

from civic.actions.idea_drafts import Target, find_desk, find_own_idea
from civic.model.idea import Idea
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.ideas import missing
from civic.rules.stages import Permission, require


@dataclass(frozen=True, slots=True)
class EditIdea:
    """Put the changes that were drafted into the submitted idea; its number and supports stay."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, idea_id: int) -> Idea:
        """Return the changed idea; without drafted changes it is returned as it is.

        Raises `Refused` with `NOT_FOUND`, `NOT_YOURS`, `IDEA_WITHDRAWN`, `DRAFT_INCOMPLETE`, or
        while the stage is not open.
        """
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            idea, cycle = await find_own_idea(work, resident, idea_id)
            draft = await work.ideas.draft_of(resident.id, cycle.id, idea_id)
            if draft is None:
                return idea
            desk = await find_desk(work, resident, Target(cycle.id, idea_id))
            require(cycle, Permission.WRITE_IDEA, self.clock.now())
            field = missing(draft.content, desk.town)
            if field is not None:
                raise Refused(Reason.DRAFT_INCOMPLETE, field=field.value)
            await work.ideas.save_content(idea_id, draft.content)
            await work.ideas.remove_draft(draft.id)
            changed, _ = await find_own_idea(work, resident, idea_id)
            await work.commit()
            return changed
