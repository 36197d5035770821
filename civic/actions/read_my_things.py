"""What a person has put forward, said and voted on."""

from dataclasses import dataclass

from civic.model.resident import Resident
from civic.model.text import LocalText
from civic.ports import Clock, Work
from civic.rules.stages import Permission, stage_for


@dataclass(frozen=True, slots=True)
class Begun:
    """Something that waits to be finished."""

    cycle_id: int
    titles: LocalText


@dataclass(frozen=True, slots=True)
class Voting:
    """An open vote of the person's town."""

    cycle_id: int
    titles: LocalText
    has_voted: bool


@dataclass(frozen=True, slots=True)
class MyThings:
    """Everything of one person, in numbers."""

    ideas: int
    comments: int
    idea_drafts: tuple[Begun, ...]
    comment_drafts: tuple[Begun, ...]
    votings: tuple[Voting, ...]


@dataclass(frozen=True, slots=True)
class ReadMyThings:
    """Read what a person has put forward, said and voted on."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident) -> MyThings:
        """Return the numbers, the unfinished drafts, and the votes open now."""
        now = self.clock.now()
        async with self.work.read() as work:
            cycles = {cycle.id: cycle for cycle in await work.cycles.all(resident.community_id)}
            idea_drafts = await work.ideas.drafts_of(resident.id)
            comment_drafts = [
                draft
                for cycle_id in cycles
                if (draft := await work.comments.draft_of(resident.id, cycle_id)) is not None
            ]
            ideas = await work.ideas.of_author(resident.id)
            comments = await work.comments.of_author(resident.id)
            open_votes = [
                (cycle, stage)
                for cycle in cycles.values()
                if (stage := stage_for(cycle, Permission.VOTE)) is not None and stage.is_open(now)
            ]
            finished = await work.engagements.of_resident(
                resident.id, [stage.id for _, stage in open_votes]
            )
        return MyThings(
            ideas=len(ideas),
            comments=len(comments),
            idea_drafts=tuple(
                Begun(draft.cycle_id, cycles[draft.cycle_id].titles)
                for draft in idea_drafts
                if draft.cycle_id in cycles
            ),
            comment_drafts=tuple(
                Begun(draft.cycle_id, cycles[draft.cycle_id].titles) for draft in comment_drafts
            ),
            votings=tuple(
                Voting(cycle.id, cycle.titles, finished.get(stage.id, False))
                for cycle, stage in open_votes
            ),
        )
