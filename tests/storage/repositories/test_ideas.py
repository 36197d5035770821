"""Ideas and pictures as the database keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from civic.model.cycle import Cycle
from civic.model.idea import IdeaContent, IdeaStatus
from civic.model.resident import Resident
from civic.ports import Work
from tests.conftest import Meet
from tests.fakes import MORNING
from tests.idea_cycles import collecting, stored

CONTENT = IdeaContent(
    title="Скамейки у поликлиники",
    problem="Пожилым людям негде присесть",
    proposal="Поставить пять скамеек вдоль дороги",
    topic="parks",
    district="east",
    place="улица Абая, 5",
    latitude=50.25,
    longitude=58.43,
    cost=1_500_000,
    photos=(3, 1, 2),
)


@pytest.fixture
async def author(resident: Meet) -> Resident:
    """Somebody who writes ideas."""
    return await resident()


@pytest.fixture
async def cycle(work: Work, author: Resident) -> Cycle:
    """A cycle in the author's town."""
    return await stored(work, collecting(author.community_id))


async def _submit(work: Work, author: Resident, cycle: Cycle, content: IdeaContent) -> int:
    async with work.write() as unit:
        draft = await unit.ideas.add_draft(author.id, cycle.id, None, content, MORNING)
        idea = await unit.ideas.submit(draft, MORNING)
        await unit.ideas.remove_draft(draft.id)
        await unit.commit()
    return idea.id


async def test_a_draft_comes_back_as_it_was_written(
    work: Work, author: Resident, cycle: Cycle
) -> None:
    async with work.write() as unit:
        added = await unit.ideas.add_draft(author.id, cycle.id, None, IdeaContent(), MORNING)
        later = MORNING + timedelta(hours=1)
        written = replace(added, content=CONTENT, updated_at=later)
        await unit.ideas.save_draft(written)
        await unit.commit()
    async with work.read() as unit:
        assert await unit.ideas.draft(added.id) == written
        assert await unit.ideas.draft_of(author.id, cycle.id, None) == written
        assert await unit.ideas.drafts_of(author.id) == [written]


async def test_a_person_has_one_new_draft_in_a_cycle(
    work: Work, author: Resident, cycle: Cycle
) -> None:
    async with work.write() as unit:
        first = await unit.ideas.add_draft(author.id, cycle.id, None, CONTENT, MORNING)
        again = await unit.ideas.add_draft(author.id, cycle.id, None, IdeaContent(), MORNING)
        await unit.commit()
    assert again == first


async def test_a_draft_of_changes_stands_beside_a_new_one(
    work: Work, author: Resident, cycle: Cycle
) -> None:
    idea_id = await _submit(work, author, cycle, CONTENT)
    async with work.write() as unit:
        new = await unit.ideas.add_draft(author.id, cycle.id, None, IdeaContent(), MORNING)
        changes = await unit.ideas.add_draft(author.id, cycle.id, idea_id, CONTENT, MORNING)
        await unit.commit()
    assert (new.idea_id, changes.idea_id) == (None, idea_id)
    assert new.id != changes.id


async def test_a_removed_draft_is_gone(work: Work, author: Resident, cycle: Cycle) -> None:
    async with work.write() as unit:
        draft = await unit.ideas.add_draft(author.id, cycle.id, None, CONTENT, MORNING)
        await unit.ideas.remove_draft(draft.id)
        await unit.commit()
    async with work.read() as unit:
        assert await unit.ideas.draft(draft.id) is None
        assert await unit.ideas.draft_of(author.id, cycle.id, None) is None


async def test_an_idea_comes_back_with_its_author_and_content(
    work: Work, author: Resident, cycle: Cycle
) -> None:
    async with work.write() as unit:
        await unit.residents.save(replace(author, display_name="Айгүл"))
        await unit.commit()
    idea_id = await _submit(work, author, cycle, CONTENT)
    async with work.read() as unit:
        idea = await unit.ideas.get(idea_id)
    assert idea is not None
    assert idea.content == CONTENT
    assert (idea.author_id, idea.author_name) == (author.id, "Айгүл")
    assert (idea.status, idea.supports) == (IdeaStatus.SUBMITTED, 0)
    assert idea.submitted_at == MORNING


async def test_the_same_draft_makes_one_idea(work: Work, author: Resident, cycle: Cycle) -> None:
    async with work.write() as unit:
        draft = await unit.ideas.add_draft(author.id, cycle.id, None, CONTENT, MORNING)
        first = await unit.ideas.submit(draft, MORNING)
        again = await unit.ideas.submit(draft, MORNING + timedelta(hours=1))
        await unit.commit()
    assert again == first
    async with work.read() as unit:
        assert await unit.ideas.by_draft(draft.id) == first
        assert await unit.ideas.count(cycle.id) == 1


async def test_unknown_numbers_find_nothing(work: Work, cycle: Cycle) -> None:
    async with work.read() as unit:
        assert await unit.ideas.get(999) is None
        assert await unit.ideas.by_draft(999) is None
        assert await unit.ideas.draft(999) is None
        assert await unit.ideas.of_author(999) == []
        assert await unit.ideas.in_cycle(cycle.id + 1) == []


async def test_a_cycle_lists_its_ideas_by_number_and_by_topic_and_district(
    work: Work, author: Resident, cycle: Cycle
) -> None:
    other = await stored(work, collecting(author.community_id, slug="other"))
    parks = await _submit(work, author, cycle, CONTENT)
    sport = await _submit(work, author, cycle, replace(CONTENT, topic="sport", district=None))
    await _submit(work, author, other, CONTENT)
    async with work.read() as unit:

        async def found(topic: str | None = None, district: str | None = None) -> list[int]:
            ideas = await unit.ideas.in_cycle(cycle.id, topic=topic, district=district)
            return [idea.id for idea in ideas]

        assert await found() == [parks, sport]
        assert await found(topic="sport") == [sport]
        assert await found(district="east") == [parks]
        assert await found(topic="sport", district="east") == []


async def test_a_withdrawn_idea_is_left_to_its_author(
    work: Work, author: Resident, cycle: Cycle
) -> None:
    first = await _submit(work, author, cycle, CONTENT)
    second = await _submit(work, author, cycle, CONTENT)
    async with work.write() as unit:
        await unit.ideas.set_status(first, IdeaStatus.WITHDRAWN)
        await unit.commit()
    async with work.read() as unit:
        assert [idea.id for idea in await unit.ideas.in_cycle(cycle.id)] == [second]
        assert await unit.ideas.count(cycle.id) == 1
        assert [idea.id for idea in await unit.ideas.of_author(author.id)] == [second, first]


async def test_changed_content_is_also_found_by_its_new_topic(
    work: Work, author: Resident, cycle: Cycle
) -> None:
    idea_id = await _submit(work, author, cycle, CONTENT)
    changed = replace(CONTENT, topic="sport", title="Турники у поликлиники")
    async with work.write() as unit:
        await unit.ideas.save_content(idea_id, changed)
        await unit.commit()
    async with work.read() as unit:
        (found,) = await unit.ideas.in_cycle(cycle.id, topic="sport")
    assert found.content == changed


async def test_support_is_counted_once_for_each_person(
    work: Work, author: Resident, cycle: Cycle, resident: Meet
) -> None:
    reader, another = await resident(), await resident()
    idea_id = await _submit(work, author, cycle, CONTENT)
    async with work.write() as unit:
        for person in (reader, reader, another):
            await unit.ideas.support(idea_id, person.id, on=True)
        idea = await unit.ideas.get(idea_id)
        assert idea is not None
        assert idea.supports == 2
        await unit.ideas.support(idea_id, reader.id, on=False)
        await unit.ideas.support(idea_id, reader.id, on=False)
        await unit.commit()
    async with work.read() as unit:
        (idea,) = await unit.ideas.in_cycle(cycle.id)
        assert idea.supports == 1
        assert await unit.ideas.supported_by(reader.id, cycle.id) == frozenset()
        assert await unit.ideas.supported_by(another.id, cycle.id) == {idea_id}
        assert await unit.ideas.supported_by(another.id, cycle.id + 1) == frozenset()


async def test_a_picture_is_kept_once_by_its_content(work: Work) -> None:
    async with work.write() as unit:
        first = await unit.pictures.add(b"\xff\xd8one", "image/jpeg", MORNING)
        other = await unit.pictures.add(b"\xff\xd8two", "image/jpeg", MORNING)
        again = await unit.pictures.add(b"\xff\xd8one", "image/jpeg", MORNING)
        await unit.commit()
    assert again == first != other
    async with work.read() as unit:
        assert await unit.pictures.get(first) == (b"\xff\xd8one", "image/jpeg")
        assert await unit.pictures.get(999) is None
