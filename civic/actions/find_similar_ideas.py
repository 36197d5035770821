"""Ideas that say much the same as the one being written."""

from dataclasses import dataclass

from civic.actions.idea_drafts import Target, find_desk
from civic.actions.read_ideas import IdeaLine
from civic.model.idea import IdeaContent
from civic.model.resident import Resident
from civic.ports import Work
from civic.rules.ideas import SIMILAR_SHOWN
from civic.rules.likeness import Entry, alike


@dataclass(frozen=True, slots=True)
class FindSimilarIdeas:
    """Find ideas of others that the author could support instead of putting in one more."""

    work: Work

    async def __call__(self, resident: Resident, target: Target) -> tuple[IdeaLine, ...]:
        """Return at most `SIMILAR_SHOWN` ideas, most alike first; none without a draft."""
        async with self.work.read() as work:
            desk = await find_desk(work, resident, target)
            draft = await work.ideas.draft_of(resident.id, desk.cycle.id, target.idea_id)
            if draft is None:
                return ()
            others = {
                idea.id: idea
                for idea in await work.ideas.in_cycle(desk.cycle.id)
                if idea.author_id != resident.id
            }
            supported = await work.ideas.supported_by(resident.id, desk.cycle.id)
        entries = [Entry(idea.id, (_gist(idea.content),)) for idea in others.values()]
        found = alike(_gist(draft.content), entries, SIMILAR_SHOWN)
        return tuple(
            IdeaLine(others[match.id], own=False, supported=match.id in supported)
            for match in found
        )


def _gist(content: IdeaContent) -> str:
    return f"{content.title} {content.proposal}"
