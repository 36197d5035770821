"""What a person has put forward, said and voted on."""

from dataclasses import dataclass
from datetime import datetime

from civic.actions.cast_ballot import receipt_of, voter_key_of
from civic.actions.read_ballot import keys_in
from civic.model.cycle import Cycle
from civic.model.resident import Resident
from civic.model.text import LocalText
from civic.ports import Clock, Randomness, UnitOfWork, Work
from civic.rules.stages import Permission, stage_for


@dataclass(frozen=True, slots=True)
class Begun:
    """Something that waits to be finished."""

    cycle_id: int
    titles: LocalText


@dataclass(frozen=True, slots=True)
class Voting:
    """A vote of the person's town: open, or over with the person's ballot in it."""

    cycle_id: int
    titles: LocalText
    receipt: str
    """Empty when the person has no ballot in."""
    is_open: bool
    counted: bool
    """True when the results can be read."""


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
    randomness: Randomness

    async def __call__(self, resident: Resident) -> MyThings:
        """Return the numbers, the unfinished drafts, and the votes open now or taken part in."""
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
            votings = [
                voting
                for cycle in cycles.values()
                if (voting := await self._voting(work, resident, cycle, now)) is not None
            ]
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
            votings=tuple(votings),
        )

    async def _voting(
        self, work: UnitOfWork, resident: Resident, cycle: Cycle, now: datetime
    ) -> Voting | None:
        stage = stage_for(cycle, Permission.VOTE)
        if stage is None or now < stage.opens_at:
            return None
        is_open = stage.is_open(now)
        if is_open:
            key = voter_key_of(self.randomness, stage, resident)
            keys = [key] if await work.ballots.has_taken_part(stage.id, key) else []
        else:
            keys = await keys_in(work, self.randomness, stage, resident)
        if not keys and not is_open:
            return None
        return Voting(
            cycle_id=cycle.id,
            titles=cycle.titles,
            receipt=", ".join(receipt_of(self.randomness, key) for key in keys),
            is_open=is_open,
            counted=not is_open and await work.protocols.get(cycle.id) is not None,
        )
