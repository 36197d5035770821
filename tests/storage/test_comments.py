"""Remarks, their drafts and support are kept as the port says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from civic.model.comment import Comment, CommentKind, CommentOrder
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.model.resident import Resident
from civic.ports import Work
from tests.conftest import Meet
from tests.consultation import discuss, ids_of
from tests.fakes import FrozenClock


async def publish(
    work: Work,
    author: Resident,
    cycle: Cycle,
    section_id: int | None,
    text: str,
    clock: FrozenClock,
) -> Comment:
    """Publish a remark."""
    async with work.write() as unit:
        draft = await unit.comments.add_draft(author.id, cycle.id, section_id, None)
        draft = replace(draft, kind=CommentKind.PROPOSAL, text=text)
        comment = await unit.comments.publish(draft, clock.now())
        await unit.comments.remove_draft(draft.id)
        await unit.commit()
    return comment


async def test_a_person_has_one_draft_per_cycle_and_a_new_one_is_another(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    ids = await ids_of(work, cycle)
    author = await resident()
    async with work.write() as unit:
        first = await unit.comments.add_draft(author.id, cycle.id, ids["04"], None)
        await unit.comments.save_draft(
            replace(first, kind=CommentKind.QUESTION, text="Неге өсті?")
        )
        await unit.commit()
    async with work.write() as unit:
        kept = await unit.comments.draft_of(author.id, cycle.id)
        assert kept == replace(first, kind=CommentKind.QUESTION, text="Неге өсті?")
        second = await unit.comments.add_draft(author.id, cycle.id, None, 7)
        assert second.id != first.id
        assert (second.kind, second.text, second.comment_id) == (None, "", 7)
        await unit.comments.save_draft(second)
        assert await unit.comments.draft(first.id) is None
        assert await unit.comments.draft(second.id) == second
        await unit.comments.remove_draft(second.id)
        assert await unit.comments.draft_of(author.id, cycle.id) is None


async def test_one_draft_gives_one_remark_however_often_it_is_published(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    author = await resident()
    async with work.write() as unit:
        draft = await unit.comments.add_draft(author.id, cycle.id, None, None)
        draft = replace(draft, kind=CommentKind.COMMENT, text="Бірінші")
        first = await unit.comments.publish(draft, clock.now())
        again = await unit.comments.publish(replace(draft, text="Екінші"), clock.now())
        assert first == again
        assert await unit.comments.by_draft(draft.id) == first
        assert await unit.comments.count(cycle.id) == 1
        assert first.published_at == clock.now()
        assert first.edited_at is None


async def test_a_draft_without_kind_or_words_cannot_be_published(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    author = await resident()
    async with work.write() as unit:
        draft = await unit.comments.add_draft(author.id, cycle.id, None, None)
        with pytest.raises(ValueError, match="without kind or text"):
            await unit.comments.publish(draft, clock.now())
        with pytest.raises(ValueError, match="without kind or text"):
            await unit.comments.edit(replace(draft, kind=CommentKind.COMMENT), clock.now())


async def test_a_deleted_remark_is_gone_but_its_number_stays_used(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    author = await resident()
    async with work.write() as unit:
        draft = await unit.comments.add_draft(author.id, cycle.id, None, None)
        draft = replace(draft, kind=CommentKind.COMMENT, text="Артық сөз")
        comment = await unit.comments.publish(draft, clock.now())
        await unit.comments.delete(comment.id)
        assert await unit.comments.get(comment.id) is None
        assert await unit.comments.by_draft(draft.id) is None
        assert await unit.comments.count(cycle.id) == 0
        assert await unit.comments.of_author(author.id) == []
        with pytest.raises(LookupError, match="deleted"):
            await unit.comments.publish(draft, clock.now())
        await unit.commit()
    following = await publish(work, author, cycle, None, "Келесі", clock)
    assert following.id > comment.id


async def test_changed_words_replace_the_old_ones_and_say_when(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    author = await resident()
    comment = await publish(work, author, cycle, None, "Бұрынғы", clock)
    clock.move(timedelta(minutes=5))
    async with work.write() as unit:
        draft = await unit.comments.add_draft(author.id, cycle.id, None, comment.id)
        draft = replace(draft, kind=CommentKind.QUESTION, text="Жаңа")
        await unit.comments.edit(draft, clock.now())
        changed = await unit.comments.get(comment.id)
        assert changed is not None
        assert (changed.kind, changed.text) == (CommentKind.QUESTION, "Жаңа")
        assert changed.edited_at == clock.now()
        assert changed.published_at == comment.published_at
        assert await unit.comments.by_draft(draft.id) == changed


async def test_remarks_are_listed_newest_or_most_supported_first_in_pages(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    ids = await ids_of(work, cycle)
    author, reader, other = await resident(), await resident(), await resident()
    remarks = [
        await publish(work, author, cycle, ids["04"], f"Пікір {number}", clock)
        for number in range(4)
    ]
    await publish(work, author, cycle, None, "Бүкіл жоба туралы", clock)
    async with work.write() as unit:
        await unit.comments.support(remarks[1].id, reader.id, on=True)
        await unit.comments.support(remarks[1].id, reader.id, on=True)
        await unit.comments.support(remarks[1].id, other.id, on=True)
        await unit.comments.support(remarks[2].id, reader.id, on=True)
        await unit.comments.support(remarks[0].id, reader.id, on=True)
        await unit.comments.support(remarks[0].id, reader.id, on=False)
        await unit.comments.support(remarks[0].id, reader.id, on=False)
        await unit.commit()
    async with work.read() as unit:
        newest = await unit.comments.on_section(
            cycle.id, ids["04"], CommentOrder.NEWEST, offset=1, limit=2
        )
        supported = await unit.comments.on_section(
            cycle.id, ids["04"], CommentOrder.SUPPORTED, offset=0, limit=9
        )
        assert [comment.id for comment in newest] == [remarks[2].id, remarks[1].id]
        assert [(comment.id, comment.supports) for comment in supported] == [
            (remarks[1].id, 2),
            (remarks[2].id, 1),
            (remarks[3].id, 0),
            (remarks[0].id, 0),
        ]
        assert await unit.comments.is_supported(remarks[1].id, reader.id)
        assert not await unit.comments.is_supported(remarks[0].id, reader.id)
        assert await unit.comments.count_on_section(cycle.id, ids["04"]) == 4
        assert await unit.comments.count_on_section(cycle.id, None) == 1
        assert await unit.comments.count(cycle.id) == 5
        assert len(await unit.comments.of_author(author.id)) == 5


async def test_a_remark_carries_the_name_its_author_has_now(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    author = await resident()
    comment = await publish(work, author, cycle, None, "Пікір", clock)
    assert comment.author_name == ""
    async with work.write() as unit:
        await unit.residents.save(replace(author, display_name="Айгүл"))
        await unit.commit()
    async with work.read() as unit:
        renamed = await unit.comments.get(comment.id)
    assert renamed is not None
    assert renamed.author_name == "Айгүл"


async def test_reporting_twice_keeps_one_complaint(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    author, reader = await resident(), await resident()
    comment = await publish(work, author, cycle, None, "Пікір", clock)
    async with work.write() as unit:
        await unit.comments.report(comment.id, reader.id, clock.now())
        await unit.comments.report(comment.id, reader.id, clock.now() + timedelta(days=1))
        await unit.commit()
