"""An author puts an idea forward."""

from dataclasses import dataclass

from civic.actions.idea_drafts import Target, find_desk
from civic.model.idea import Idea
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.ideas import missing
from civic.rules.stages import Permission, require


@dataclass(frozen=True, slots=True)
class SubmitIdea:
    """Turn a complete draft into an idea with a number."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, draft_id: int) -> Idea:
        """Return the idea; submitting the same draft again returns the same idea.

        Raises `Refused` with `NOT_FOUND`, `NOT_YOURS`, `DRAFT_INCOMPLETE`, or while the stage is
        not open.
        """
        now = self.clock.now()
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            idea = await work.ideas.by_draft(draft_id)
            if idea is not None:
                return _own(idea, resident)
            draft = await work.ideas.draft(draft_id)
            if draft is None or draft.idea_id is not None:
                raise Refused(Reason.NOT_FOUND)
            if draft.resident_id != resident.id:
                raise Refused(Reason.NOT_YOURS)
            desk = await find_desk(work, resident, Target(draft.cycle_id))
            require(desk.cycle, Permission.WRITE_IDEA, now)
            field = missing(draft.content, desk.town)
            if field is not None:
                raise Refused(Reason.DRAFT_INCOMPLETE, field=field.value)
            idea = await work.ideas.submit(draft, now)
            await work.ideas.remove_draft(draft.id)
            await work.engagements.finish(desk.stage.id, resident.id)
            await work.commit()
            return idea


def _own(idea: Idea, resident: Resident) -> Idea:
    if idea.author_id != resident.id:
        raise Refused(Reason.NOT_YOURS)
    return idea
