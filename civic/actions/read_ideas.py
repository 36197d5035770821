"""Ideas as residents read them: a list in a fair order, and one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from civic.actions.idea_drafts import find_idea
from civic.actions.own_order import seed_of
from civic.model.cycle import Cycle, Stage
from civic.model.idea import Idea, IdeaStatus
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, Randomness, Work
from civic.rules.eligibility import in_town
from civic.rules.likeness import Entry, search
from civic.rules.order import shuffled
from civic.rules.stages import Permission, stage_for

PAGE_SIZE = 6
"""Ideas on one page of a list."""


@dataclass(frozen=True, slots=True)
class IdeaQuery:
    """Which ideas are wanted; everything left out means «any»."""

    topic: str | None = None
    district: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class IdeaLine:
    """An idea in a list."""

    idea: Idea
    own: bool
    supported: bool


@dataclass(frozen=True, slots=True)
class IdeaPage:
    """A page of a list of ideas."""

    cycle: Cycle
    lines: tuple[IdeaLine, ...]
    page: int
    """From 0; the last one when a later page was asked for."""
    pages: int
    """At least 1."""
    found: int
    """Ideas on all pages."""
    can_write: bool
    """True while ideas are collected."""


@dataclass(frozen=True, slots=True)
class ReadIdeas:
    """Read the ideas of a cycle in the reader's own order; found by words, best match first."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(
        self, resident: Resident, cycle_id: int, query: IdeaQuery, page: int
    ) -> IdeaPage:
        """Return a page of the ideas that fit; raises `Refused` with `NOT_FOUND`."""
        async with self.work.read() as work:
            cycle = in_town(await work.cycles.get(cycle_id), resident)
            ideas = await work.ideas.in_cycle(cycle_id, topic=query.topic, district=query.district)
            supported = await work.ideas.supported_by(resident.id, cycle_id)
        by_id = {idea.id: idea for idea in ideas}
        order = shuffled(by_id, seed_of(self.randomness, resident.id, cycle_id))
        if query.words:
            order = _matching(query.words, [by_id[one] for one in order])
        pages = max(1, -(-len(order) // PAGE_SIZE))
        page = min(max(page, 0), pages - 1)
        on_page = [by_id[one] for one in order[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]]
        stage = stage_for(cycle, Permission.WRITE_IDEA)
        return IdeaPage(
            cycle=cycle,
            lines=tuple(
                IdeaLine(idea, idea.author_id == resident.id, idea.id in supported)
                for idea in on_page
            ),
            page=page,
            pages=pages,
            found=len(order),
            can_write=stage is not None and stage.is_open(self.clock.now()),
        )


def _matching(words: str, ideas: Sequence[Idea]) -> list[int]:
    entries = [
        Entry(
            idea.id,
            (
                idea.content.title,
                idea.content.problem,
                idea.content.proposal,
                idea.content.place,
            ),
        )
        for idea in ideas
    ]
    return [match.id for match in search(words, entries, len(entries))]


@dataclass(frozen=True, slots=True)
class IdeaCard:
    """One idea with all that its reader may do."""

    idea: Idea
    cycle: Cycle
    stage: Stage | None
    """The stage that collects ideas; None when the calendar no longer has it."""
    is_open: bool
    """True while the stage lets people support, edit and withdraw."""
    own: bool
    supported: bool


@dataclass(frozen=True, slots=True)
class ReadIdea:
    """Read one idea."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, idea_id: int) -> IdeaCard:
        """Return the idea; a withdrawn one is shown to its author only.

        Raises `Refused` with `NOT_FOUND` or `IDEA_WITHDRAWN`.
        """
        async with self.work.read() as work:
            idea, cycle = await find_idea(work, resident, idea_id)
            own = idea.author_id == resident.id
            if idea.status is IdeaStatus.WITHDRAWN and not own:
                raise Refused(Reason.IDEA_WITHDRAWN)
            supported = await work.ideas.supported_by(resident.id, cycle.id)
        stage = stage_for(cycle, Permission.SUPPORT_IDEA)
        return IdeaCard(
            idea=idea,
            cycle=cycle,
            stage=stage,
            is_open=stage is not None and stage.is_open(self.clock.now()),
            own=own,
            supported=idea.id in supported,
        )
