"""Two devices of one author at the same idea: at every step of one, the other does its part."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
import sqlalchemy as sa

from civic.actions.draft_idea import DiscardIdeaDraft, ReadIdeaDraft, WriteIdea
from civic.actions.edit_idea import EditIdea
from civic.actions.idea_drafts import Target
from civic.actions.read_ideas import ReadIdea
from civic.actions.read_my_ideas import ReadMyIdeas
from civic.actions.submit_idea import SubmitIdea
from civic.actions.withdraw_idea import WithdrawIdea
from civic.model.cycle import Cycle
from civic.model.idea import IdeaContent, IdeaStatus
from civic.model.refusal import Refused
from civic.model.resident import Resident
from civic.ports import Work
from civic.rules.ideas import Costing, Field, Words
from storage.database import Database
from storage.tables.cycles import engagements
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import FrozenClock
from tests.idea_cycles import collecting, stored
from tests.interleaving import Interruption

pytestmark = ON_POSTGRES

BENCHES = IdeaContent(
    title="Скамейки у поликлиники",
    problem="Пожилым людям негде присесть",
    proposal="Поставить пять скамеек вдоль дороги",
    topic="parks",
    place="улица Абая, 5",
)
Interruptions = AsyncIterator[Interruption]


@pytest.fixture
async def author(resident: Meet) -> Resident:
    """Somebody who writes ideas on two devices."""
    return await resident()


@pytest.fixture
async def cycle(work: Work, author: Resident) -> Cycle:
    """A cycle of the author's town with its ideas stage open."""
    return await stored(work, collecting(author.community_id))


class Desk:
    """What the author does."""

    def __init__(self, work: Work, clock: FrozenClock, author: Resident, cycle: Cycle) -> None:
        """Write ideas of `author` in `cycle`."""
        self.new = Target(cycle.id)
        self.write = WriteIdea(work, clock)
        self.submit = SubmitIdea(work, clock)
        self.edit = EditIdea(work, clock)
        self.withdraw = WithdrawIdea(work, clock)
        self.discard = DiscardIdeaDraft(work)
        self.read = ReadIdeaDraft(work)
        self._work, self._clock, self._author = work, clock, author

    async def draft(self, idea_id: int | None = None) -> int:
        """Begin a draft that has everything and return its id."""
        async with self._work.write() as unit:
            draft = await unit.ideas.add_draft(
                self._author.id, self.new.cycle_id, idea_id, BENCHES, self._clock.now()
            )
            await unit.commit()
        return draft.id

    async def submitted(self) -> Target:
        """Put an idea forward; return what names changes of it."""
        idea = await self.submit(self._author, await self.draft())
        return Target(idea.cycle_id, idea.id)


@pytest.fixture
def desk(work: Work, clock: FrozenClock, author: Resident, cycle: Cycle) -> Desk:
    """Where the author writes."""
    return Desk(work, clock, author, cycle)


async def test_submitting_makes_one_idea_of_which_both_are_told(
    interruptions: Interruptions, desk: Desk, author: Resident
) -> None:
    async for moment in interruptions:
        draft_id = await desk.draft()
        first, again = await moment.meet(
            desk.submit(author, draft_id), desk.submit(author, draft_id)
        )
        assert first == again


async def test_no_words_are_lost_while_the_draft_is_submitted(
    interruptions: Interruptions, desk: Desk, author: Resident
) -> None:
    async for moment in interruptions:
        draft_id = await desk.draft()
        idea, shown = await moment.meet(
            desk.submit(author, draft_id), desk.write(author, desk.new, Costing("5 млн"))
        )
        left = (await desk.read(author, desk.new)).draft
        assert shown.content.cost in {idea.content.cost, left and left.content.cost}
        if left is not None:
            await desk.discard(author, left.id)


async def test_no_words_are_lost_while_changes_are_saved(
    interruptions: Interruptions, desk: Desk, author: Resident
) -> None:
    async for moment in interruptions:
        target = await desk.submitted()
        assert target.idea_id is not None
        await desk.write(author, target, Words(Field.TITLE, "Десять скамеек"))
        await moment.meet(
            desk.edit(author, target.idea_id), desk.write(author, target, Costing("5 млн"))
        )
        await desk.edit(author, target.idea_id)
        assert (await desk.read(author, target)).content == replace(
            BENCHES, title="Десять скамеек", cost=5_000_000
        )


async def test_words_written_while_changes_are_saved_go_with_what_was_saved(
    interruptions: Interruptions, desk: Desk, author: Resident
) -> None:
    async for moment in interruptions:
        target = await desk.submitted()
        assert target.idea_id is not None
        await desk.write(author, target, Words(Field.TITLE, "Десять скамеек"))
        await moment.meet(
            desk.write(author, target, Costing("5 млн")), desk.edit(author, target.idea_id)
        )
        await desk.edit(author, target.idea_id)
        assert (await desk.read(author, target)).content == replace(
            BENCHES, title="Десять скамеек", cost=5_000_000
        )


async def test_of_a_withdrawn_idea_no_changes_stay(
    interruptions: Interruptions, desk: Desk, work: Work, author: Resident, clock: FrozenClock
) -> None:
    async for moment in interruptions:
        target = await desk.submitted()
        assert target.idea_id is not None

        async def write(target: Target) -> None:
            with suppress(Refused):
                await desk.write(author, target, Costing("5 млн"))

        await moment.meet(desk.withdraw(author, target.idea_id), write(target))
        card = await ReadIdea(work, clock)(author, target.idea_id)
        assert card.idea.status is IdeaStatus.WITHDRAWN
        assert (await ReadMyIdeas(work)(author)).drafts == ()


async def test_who_withdraws_an_idea_and_submits_another_has_finished(
    interruptions: Interruptions, desk: Desk, author: Resident, database: Database
) -> None:
    async for moment in interruptions:
        idea = await desk.submitted()
        assert idea.idea_id is not None
        draft_id = await desk.draft()
        _, other = await moment.meet(
            desk.withdraw(author, idea.idea_id), desk.submit(author, draft_id)
        )
        async with database.read() as connection:
            found = await connection.scalars(sa.select(engagements.c.finished))
            assert found.all() == [True]
        await desk.withdraw(author, other.id)
