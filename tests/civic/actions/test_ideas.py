"""Putting ideas forward, changing, withdrawing, supporting and reading them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from civic.actions.draft_idea import (
    BeginIdea,
    DiscardIdeaDraft,
    KeepPhoto,
    ReadIdeaDraft,
    WriteIdea,
)
from civic.actions.edit_idea import EditIdea
from civic.actions.find_similar_ideas import FindSimilarIdeas
from civic.actions.idea_drafts import Target, note_taken_back
from civic.actions.read_ideas import PAGE_SIZE, IdeaQuery, ReadIdea, ReadIdeas
from civic.actions.read_my_ideas import ReadMyIdeas
from civic.actions.submit_idea import SubmitIdea
from civic.actions.support_idea import SupportIdea
from civic.actions.withdraw_idea import WithdrawIdea
from civic.model.community import Community
from civic.model.cycle import Cycle, IdeaRules, Rules, StageKind
from civic.model.idea import Idea, IdeaContent, IdeaStatus
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Work
from civic.rules.ideas import About, Costing, Field, InDistrict, Words
from storage.database import Database
from storage.tables.cycles import engagements
from tests.civic import cycles
from tests.conftest import TOWN, Meet
from tests.fakes import CountingRandomness, FrozenClock
from tests.idea_cycles import DAY, collecting, stored

BENCHES = IdeaContent(
    title="Скамейки у поликлиники",
    problem="Пожилым людям негде присесть",
    proposal="Поставить пять скамеек вдоль дороги",
    topic="parks",
    place="улица Абая, 5",
)


class _PlainPhotos:
    """A reader of photos that finds nothing to clean."""

    async def clean(self, content: bytes) -> bytes:
        return content


@pytest.fixture
async def author(resident: Meet) -> Resident:
    """Somebody who writes ideas."""
    return await resident()


@pytest.fixture
async def reader(resident: Meet) -> Resident:
    """Somebody else of the same town."""
    return await resident()


@pytest.fixture
async def stranger(resident: Meet, work: Work) -> Resident:
    """Somebody of another town."""
    async with work.write() as unit:
        other = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    return await resident(community_id=other)


@pytest.fixture
async def cycle(work: Work, author: Resident) -> Cycle:
    """A cycle of the author's town with its ideas stage open."""
    return await stored(work, collecting(author.community_id))


@pytest.fixture
def over(clock: FrozenClock) -> Callable[[], None]:
    """A function that lets the ideas stage end."""
    return lambda: clock.move(timedelta(days=11))


@pytest.fixture
def write(work: Work, clock: FrozenClock) -> WriteIdea:
    """The action that keeps a part of a draft."""
    return WriteIdea(work, clock)


Submit = Callable[..., Awaitable[Idea]]


@pytest.fixture
def submit(work: Work, clock: FrozenClock, cycle: Cycle) -> Submit:
    """A function that puts an idea forward at once."""

    async def put(author: Resident, content: IdeaContent = BENCHES) -> Idea:
        async with work.write() as unit:
            draft = await unit.ideas.add_draft(author.id, cycle.id, None, content, clock.now())
            await unit.commit()
        return await SubmitIdea(work, clock)(author, draft.id)

    return put


async def _reason(action: Awaitable[object]) -> Reason:
    with pytest.raises(Refused) as caught:
        await action
    return caught.value.reason


async def _engagement(database: Database, resident: Resident) -> list[bool]:
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(engagements.c.finished).where(engagements.c.resident_id == resident.id)
        )
        return [bool(row.finished) for row in rows]


async def _draft(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock, content: IdeaContent = BENCHES
) -> int:
    async with work.write() as unit:
        draft = await unit.ideas.add_draft(author.id, cycle.id, None, content, clock.now())
        await unit.commit()
    return draft.id


# Drafts


async def test_a_draft_is_kept_part_by_part(
    write: WriteIdea, work: Work, author: Resident, cycle: Cycle, clock: FrozenClock
) -> None:
    target = Target(cycle.id)
    await write(author, target, Words(Field.TITLE, BENCHES.title))
    clock.move(DAY)
    shown = await write(author, target, Words(Field.PROBLEM, BENCHES.problem))
    assert shown.missing is Field.PROPOSAL
    read = await ReadIdeaDraft(work)(author, target)
    assert read == shown
    assert read.content == IdeaContent(title=BENCHES.title, problem=BENCHES.problem)
    assert read.draft is not None
    assert read.draft.updated_at == clock.now()


async def test_nothing_is_kept_before_the_first_word(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock, database: Database
) -> None:
    shown = await BeginIdea(work, clock)(author, Target(cycle.id))
    assert shown.draft is None
    assert shown.missing is Field.TITLE
    assert await _engagement(database, author) == []


async def test_refused_words_leave_what_was_written_before(
    write: WriteIdea, work: Work, author: Resident, cycle: Cycle
) -> None:
    target = Target(cycle.id)
    await write(author, target, Words(Field.TITLE, BENCHES.title))
    assert await _reason(write(author, target, Words(Field.TITLE, "x"))) is Reason.TEXT_TOO_SHORT
    assert (await ReadIdeaDraft(work)(author, target)).content.title == BENCHES.title


async def test_whoever_writes_has_begun_and_whoever_submits_has_finished(
    write: WriteIdea,
    submit: Submit,
    author: Resident,
    cycle: Cycle,
    database: Database,
) -> None:
    await write(author, Target(cycle.id), Words(Field.TITLE, BENCHES.title))
    assert await _engagement(database, author) == [False]
    await write(author, Target(cycle.id), About("parks"))
    await write(author, Target(cycle.id), Words(Field.PROBLEM, BENCHES.problem))
    await write(author, Target(cycle.id), Words(Field.PROPOSAL, BENCHES.proposal))
    await write(author, Target(cycle.id), InDistrict("east"))
    await write(author, Target(cycle.id), Costing("1,5 млн"))
    idea = await submit(author)
    assert idea.content.cost == 1_500_000
    assert await _engagement(database, author) == [True]


async def test_another_draft_does_not_undo_what_was_finished(
    write: WriteIdea, submit: Submit, author: Resident, cycle: Cycle, database: Database
) -> None:
    await submit(author)
    await write(author, Target(cycle.id), Words(Field.TITLE, "Ещё одна идея"))
    assert await _engagement(database, author) == [True]


async def test_nothing_is_written_outside_the_stage(
    write: WriteIdea,
    work: Work,
    author: Resident,
    cycle: Cycle,
    clock: FrozenClock,
    over: Callable[[], None],
) -> None:
    target, title = Target(cycle.id), Words(Field.TITLE, BENCHES.title)
    clock.move(-10 * DAY)
    assert await _reason(BeginIdea(work, clock)(author, target)) is Reason.NOT_OPEN_YET
    assert await _reason(write(author, target, title)) is Reason.NOT_OPEN_YET
    clock.move(10 * DAY)
    over()
    assert await _reason(BeginIdea(work, clock)(author, target)) is Reason.CLOSED
    assert await _reason(write(author, target, title)) is Reason.CLOSED


async def test_an_unsent_draft_can_still_be_read_when_the_stage_is_over(
    write: WriteIdea, work: Work, author: Resident, cycle: Cycle, over: Callable[[], None]
) -> None:
    await write(author, Target(cycle.id), Words(Field.TITLE, BENCHES.title))
    over()
    shown = await ReadIdeaDraft(work)(author, Target(cycle.id))
    assert shown.content.title == BENCHES.title


async def test_a_cycle_that_collects_no_ideas_takes_none(
    write: WriteIdea, work: Work, author: Resident
) -> None:
    without_rules = await stored(
        work, replace(collecting(author.community_id, slug="a"), rules=Rules())
    )
    whole = collecting(author.community_id, slug="b")
    without_stage = await stored(
        work,
        replace(
            whole, stages=tuple(one for one in whole.stages if one.kind is not StageKind.IDEAS)
        ),
    )
    for cycle in (without_rules, without_stage):
        asked = write(author, Target(cycle.id), Words(Field.TITLE, BENCHES.title))
        assert await _reason(asked) is Reason.NO_SUCH_STAGE


async def test_people_of_another_town_find_nothing(
    write: WriteIdea,
    work: Work,
    submit: Submit,
    author: Resident,
    stranger: Resident,
    cycle: Cycle,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    idea = await submit(author)
    title = Words(Field.TITLE, BENCHES.title)
    asked = [
        write(stranger, Target(cycle.id), title),
        BeginIdea(work, clock)(stranger, Target(cycle.id)),
        ReadIdeas(work, clock, randomness)(stranger, cycle.id, IdeaQuery(), 0),
        ReadIdea(work, clock)(stranger, idea.id),
        SupportIdea(work, clock)(stranger, idea.id, on=True),
        WithdrawIdea(work, clock)(stranger, idea.id),
        EditIdea(work, clock)(stranger, idea.id),
    ]
    assert [await _reason(one) for one in asked] == [Reason.NOT_FOUND] * len(asked)
    assert await ReadMyIdeas(work)(stranger) == await ReadMyIdeas(work)(
        replace(stranger, id=12345)
    )


async def test_a_person_whose_town_is_gone_finds_nothing(
    write: WriteIdea, work: Work, author: Resident, cycle: Cycle
) -> None:
    nowhere = replace(author, community_id=999)
    title = Words(Field.TITLE, BENCHES.title)
    assert await _reason(write(nowhere, Target(cycle.id), title)) is Reason.NOT_FOUND
    mine = await ReadMyIdeas(work)(nowhere)
    assert (mine.ideas, mine.drafts) == ((), ())


async def test_a_discarded_draft_is_gone_and_stays_gone(
    work: Work, author: Resident, reader: Resident, cycle: Cycle, clock: FrozenClock
) -> None:
    draft_id = await _draft(work, author, cycle, clock)
    discard = DiscardIdeaDraft(work)
    assert await _reason(discard(reader, draft_id)) is Reason.NOT_YOURS
    await discard(author, draft_id)
    await discard(author, draft_id)
    assert (await ReadIdeaDraft(work)(author, Target(cycle.id))).draft is None


async def test_who_throws_the_only_draft_away_has_not_begun(
    work: Work, write: WriteIdea, author: Resident, cycle: Cycle, database: Database
) -> None:
    shown = await write(author, Target(cycle.id), Words(Field.TITLE, BENCHES.title))
    assert shown.draft is not None
    await DiscardIdeaDraft(work)(author, shown.draft.id)
    assert await _engagement(database, author) == []


# Photos


async def test_a_photo_sent_twice_is_kept_once(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock
) -> None:
    keep = KeepPhoto(work, clock, _PlainPhotos())
    first = await keep(author, Target(cycle.id), b"\xff\xd8one")
    again = await keep(author, Target(cycle.id), b"\xff\xd8one")
    assert first.content.photos == again.content.photos
    assert len(first.content.photos) == 1


async def test_more_photos_than_the_rules_allow_are_refused(
    work: Work, author: Resident, clock: FrozenClock
) -> None:
    strict = await stored(
        work, collecting(author.community_id, IdeaRules(max_cost=None, max_photos=1))
    )
    keep = KeepPhoto(work, clock, _PlainPhotos())
    await keep(author, Target(strict.id), b"\xff\xd8one")
    more = keep(author, Target(strict.id), b"\xff\xd8two")
    assert await _reason(more) is Reason.TOO_MANY_PHOTOS


# Submitting


async def test_submitting_twice_makes_one_idea(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock
) -> None:
    draft_id = await _draft(work, author, cycle, clock)
    submit = SubmitIdea(work, clock)
    first, again = await submit(author, draft_id), await submit(author, draft_id)
    assert first == again
    assert (await ReadIdeaDraft(work)(author, Target(cycle.id))).draft is None
    assert len((await ReadMyIdeas(work)(author)).ideas) == 1


async def test_two_devices_submitting_at_once_make_one_idea(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock
) -> None:
    draft_id = await _draft(work, author, cycle, clock)
    submit = SubmitIdea(work, clock)
    first, again = await asyncio.gather(submit(author, draft_id), submit(author, draft_id))
    assert first == again
    assert len((await ReadMyIdeas(work)(author)).ideas) == 1


async def test_two_devices_writing_at_once_lose_nothing(
    write: WriteIdea, work: Work, author: Resident, cycle: Cycle
) -> None:
    target = Target(cycle.id)
    await write(author, target, Words(Field.TITLE, BENCHES.title))
    await asyncio.gather(
        write(author, target, Words(Field.PROBLEM, BENCHES.problem)),
        write(author, target, Words(Field.PROPOSAL, BENCHES.proposal)),
        write(author, target, About("parks")),
        write(author, target, Words(Field.PLACE, BENCHES.place)),
    )
    assert (await ReadIdeaDraft(work)(author, target)).content == BENCHES


async def test_a_repeat_finds_the_idea_even_when_the_stage_is_over(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock, over: Callable[[], None]
) -> None:
    draft_id = await _draft(work, author, cycle, clock)
    submit = SubmitIdea(work, clock)
    first = await submit(author, draft_id)
    over()
    assert await submit(author, draft_id) == first


async def test_a_draft_is_not_submitted_when_the_stage_is_over(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock, over: Callable[[], None]
) -> None:
    draft_id = await _draft(work, author, cycle, clock)
    over()
    assert await _reason(SubmitIdea(work, clock)(author, draft_id)) is Reason.CLOSED


async def test_an_incomplete_draft_names_what_is_missing(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock
) -> None:
    draft_id = await _draft(work, author, cycle, clock, replace(BENCHES, topic=None))
    with pytest.raises(Refused) as caught:
        await SubmitIdea(work, clock)(author, draft_id)
    assert caught.value.reason is Reason.DRAFT_INCOMPLETE
    assert caught.value.facts == {"field": "topic"}


async def test_somebody_elses_draft_cannot_be_submitted(
    work: Work, author: Resident, reader: Resident, cycle: Cycle, clock: FrozenClock
) -> None:
    draft_id = await _draft(work, author, cycle, clock)
    submit = SubmitIdea(work, clock)
    assert await _reason(submit(reader, draft_id)) is Reason.NOT_YOURS
    await submit(author, draft_id)
    assert await _reason(submit(reader, draft_id)) is Reason.NOT_YOURS


async def test_an_unknown_draft_cannot_be_submitted(
    work: Work, author: Resident, cycle: Cycle, clock: FrozenClock
) -> None:
    assert cycle.id
    assert await _reason(SubmitIdea(work, clock)(author, 999)) is Reason.NOT_FOUND


# Editing and withdrawing


async def test_changes_are_drafted_first_and_then_saved(
    write: WriteIdea, work: Work, submit: Submit, author: Resident, clock: FrozenClock
) -> None:
    idea = await submit(author)
    target = Target(idea.cycle_id, idea.id)
    begun = await BeginIdea(work, clock)(author, target)
    assert begun.content == BENCHES
    assert begun.draft is None
    await write(author, target, Words(Field.TITLE, "Десять скамеек у поликлиники"))
    assert (await ReadIdea(work, clock)(author, idea.id)).idea.content == BENCHES
    edit = EditIdea(work, clock)
    changed = await edit(author, idea.id)
    assert changed.content == replace(BENCHES, title="Десять скамеек у поликлиники")
    assert await edit(author, idea.id) == changed
    assert (await ReadMyIdeas(work)(author)).drafts == ()


async def test_drafted_changes_are_no_new_idea(
    write: WriteIdea, work: Work, submit: Submit, author: Resident, clock: FrozenClock
) -> None:
    idea = await submit(author)
    shown = await write(author, Target(idea.cycle_id, idea.id), Costing("5 млн"))
    assert shown.draft is not None
    assert await _reason(SubmitIdea(work, clock)(author, shown.draft.id)) is Reason.NOT_FOUND


async def test_only_its_author_may_change_or_withdraw_an_idea(
    write: WriteIdea,
    work: Work,
    submit: Submit,
    author: Resident,
    reader: Resident,
    clock: FrozenClock,
) -> None:
    idea = await submit(author)
    target = Target(idea.cycle_id, idea.id)
    asked = [
        write(reader, target, Costing("5 млн")),
        EditIdea(work, clock)(reader, idea.id),
        WithdrawIdea(work, clock)(reader, idea.id),
    ]
    assert [await _reason(one) for one in asked] == [Reason.NOT_YOURS] * 3


async def test_an_idea_is_only_read_once_the_stage_is_over(
    write: WriteIdea,
    work: Work,
    submit: Submit,
    author: Resident,
    clock: FrozenClock,
    over: Callable[[], None],
) -> None:
    idea = await submit(author)
    target = Target(idea.cycle_id, idea.id)
    await write(author, target, Costing("5 млн"))
    over()
    asked = [
        write(author, target, Costing("6 млн")),
        EditIdea(work, clock)(author, idea.id),
        WithdrawIdea(work, clock)(author, idea.id),
    ]
    assert [await _reason(one) for one in asked] == [Reason.CLOSED] * 3
    card = await ReadIdea(work, clock)(author, idea.id)
    assert not card.is_open
    assert card.idea.content == BENCHES


async def test_changes_must_leave_the_idea_complete(
    work: Work, submit: Submit, author: Resident, clock: FrozenClock
) -> None:
    idea = await submit(author)
    async with work.write() as unit:
        await unit.ideas.add_draft(
            author.id, idea.cycle_id, idea.id, replace(BENCHES, topic="given-up"), clock.now()
        )
        await unit.commit()
    assert await _reason(EditIdea(work, clock)(author, idea.id)) is Reason.DRAFT_INCOMPLETE


async def test_withdrawing_the_last_idea_takes_the_participation_back(
    work: Work, submit: Submit, author: Resident, clock: FrozenClock, database: Database
) -> None:
    first, second = await submit(author), await submit(author)
    withdraw = WithdrawIdea(work, clock)
    await withdraw(author, first.id)
    assert await _engagement(database, author) == [True]
    await withdraw(author, second.id)
    await withdraw(author, second.id)
    assert await _engagement(database, author) == []


async def test_who_withdraws_an_idea_and_writes_another_has_begun(
    work: Work,
    write: WriteIdea,
    submit: Submit,
    author: Resident,
    cycle: Cycle,
    clock: FrozenClock,
    database: Database,
) -> None:
    idea = await submit(author)
    await write(author, Target(cycle.id), Words(Field.TITLE, "Ещё одна идея"))
    await WithdrawIdea(work, clock)(author, idea.id)
    assert await _engagement(database, author) == [False]


async def test_a_withdrawn_idea_is_seen_by_its_author_only(
    write: WriteIdea,
    work: Work,
    submit: Submit,
    author: Resident,
    reader: Resident,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    idea = await submit(author)
    target = Target(idea.cycle_id, idea.id)
    await write(author, target, Costing("5 млн"))
    await WithdrawIdea(work, clock)(author, idea.id)
    read = ReadIdea(work, clock)
    assert (await read(author, idea.id)).idea.status is IdeaStatus.WITHDRAWN
    assert await _reason(read(reader, idea.id)) is Reason.IDEA_WITHDRAWN
    support = SupportIdea(work, clock)
    assert await _reason(support(reader, idea.id, on=True)) is Reason.IDEA_WITHDRAWN
    assert await _reason(write(author, target, Costing("6 млн"))) is Reason.IDEA_WITHDRAWN
    page = await ReadIdeas(work, clock, randomness)(reader, idea.cycle_id, IdeaQuery(), 0)
    assert (page.found, page.pages, page.lines) == (0, 1, ())


# Supporting


async def test_support_is_set_and_taken_back_however_often_it_is_said(
    work: Work, submit: Submit, author: Resident, reader: Resident, clock: FrozenClock
) -> None:
    idea = await submit(author)
    support, read = SupportIdea(work, clock), ReadIdea(work, clock)
    await support(reader, idea.id, on=True)
    await support(reader, idea.id, on=True)
    card = await read(reader, idea.id)
    assert (card.idea.supports, card.supported, card.own) == (1, True, False)
    await support(reader, idea.id, on=False)
    await support(reader, idea.id, on=False)
    card = await read(reader, idea.id)
    assert (card.idea.supports, card.supported) == (0, False)


async def test_an_own_idea_cannot_be_supported(
    work: Work, submit: Submit, author: Resident, clock: FrozenClock
) -> None:
    idea = await submit(author)
    asked = SupportIdea(work, clock)(author, idea.id, on=True)
    assert await _reason(asked) is Reason.OWN_IDEA


async def test_support_ends_with_the_stage(
    work: Work,
    submit: Submit,
    author: Resident,
    reader: Resident,
    clock: FrozenClock,
    over: Callable[[], None],
) -> None:
    idea = await submit(author)
    over()
    asked = SupportIdea(work, clock)(reader, idea.id, on=True)
    assert await _reason(asked) is Reason.CLOSED


async def test_an_unknown_idea_is_not_found(
    work: Work, author: Resident, clock: FrozenClock
) -> None:
    assert await _reason(ReadIdea(work, clock)(author, 10**14)) is Reason.NOT_FOUND


# Reading


async def test_everyone_reads_in_an_order_of_their_own_through_all_pages(
    work: Work,
    submit: Submit,
    author: Resident,
    reader: Resident,
    cycle: Cycle,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    ideas = [await submit(author) for _ in range(2 * PAGE_SIZE + 1)]
    read = ReadIdeas(work, clock, randomness)

    async def order(person: Resident) -> list[int]:
        pages = [await read(person, cycle.id, IdeaQuery(), page) for page in range(3)]
        assert {page.pages for page in pages} == {3}
        return [line.idea.id for page in pages for line in page.lines]

    mine, theirs = await order(reader), await order(author)
    assert sorted(mine) == sorted(theirs) == [idea.id for idea in ideas]
    assert mine != theirs
    assert await order(reader) == mine
    added = await submit(author)
    assert [one for one in await order(reader) if one != added.id] == mine


async def test_a_page_that_is_no_longer_there_is_the_nearest_one(
    work: Work,
    submit: Submit,
    author: Resident,
    cycle: Cycle,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    await submit(author)
    read = ReadIdeas(work, clock, randomness)
    assert (await read(author, cycle.id, IdeaQuery(), 7)).page == 0
    assert (await read(author, cycle.id, IdeaQuery(), -7)).page == 0


async def test_ideas_are_found_by_topic_district_and_words(
    work: Work,
    submit: Submit,
    author: Resident,
    reader: Resident,
    cycle: Cycle,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    benches = await submit(author, replace(BENCHES, district="east"))
    lamps = await submit(
        author, replace(BENCHES, title="Мектеп жанындағы көше шамдары", topic="sport")
    )
    await SupportIdea(work, clock)(reader, benches.id, on=True)
    read = ReadIdeas(work, clock, randomness)

    async def found(query: IdeaQuery) -> list[int]:
        return [line.idea.id for line in (await read(reader, cycle.id, query, 0)).lines]

    assert await found(IdeaQuery(topic="sport")) == [lamps.id]
    assert await found(IdeaQuery(district="east")) == [benches.id]
    assert await found(IdeaQuery(words="шам")) == [lamps.id]
    assert (await found(IdeaQuery(words="скамейка поликлиника")))[0] == benches.id
    assert await found(IdeaQuery(words="вертолёт")) == []
    (line,) = (await read(reader, cycle.id, IdeaQuery(district="east"), 0)).lines
    assert (line.own, line.supported) == (False, True)
    (line,) = (await read(author, cycle.id, IdeaQuery(district="east"), 0)).lines
    assert (line.own, line.supported) == (True, False)


async def test_a_list_says_whether_an_idea_can_be_added(
    work: Work,
    author: Resident,
    cycle: Cycle,
    clock: FrozenClock,
    randomness: CountingRandomness,
    over: Callable[[], None],
) -> None:
    read = ReadIdeas(work, clock, randomness)
    assert (await read(author, cycle.id, IdeaQuery(), 0)).can_write
    over()
    assert not (await read(author, cycle.id, IdeaQuery(), 0)).can_write


async def test_my_ideas_are_all_of_mine_with_the_drafts_of_new_ones(
    write: WriteIdea,
    work: Work,
    submit: Submit,
    author: Resident,
    reader: Resident,
    cycle: Cycle,
    clock: FrozenClock,
) -> None:
    first, second = await submit(author), await submit(author)
    await submit(reader)
    await WithdrawIdea(work, clock)(author, first.id)
    await write(author, Target(cycle.id), Words(Field.TITLE, "Ещё одна идея"))
    await write(author, Target(cycle.id, second.id), Costing("5 млн"))
    mine = await ReadMyIdeas(work)(author)
    assert [(idea.id, of.id) for idea, of in mine.ideas] == [
        (second.id, cycle.id),
        (first.id, cycle.id),
    ]
    assert [(draft.content.title, of.id) for draft, of in mine.drafts] == [
        ("Ещё одна идея", cycle.id)
    ]


# Similar ideas

PUT_FORWARD = {
    "benches": ("Скамейки у поликлиники", "Поставить пять скамеек вдоль дороги к поликлинике"),
    "playground": (
        "Детская площадка на улице Абая",
        "Построить во дворе детскую площадку с качелями и песочницей",
    ),
    "lights": (
        "Мектепке баратын жолға жарық",
        "№ 3 мектепке апаратын көшеге жарық шамдарын орнату керек",
    ),
    "dogs": ("Қаңғыбас иттер мәселесі", "Қаңғыбас иттерге арналған баспана салу"),
    "football": ("Футбольное поле с покрытием", "Положить искусственное покрытие на поле"),
}


@pytest.fixture
async def known(submit: Submit, reader: Resident) -> dict[int, str]:
    """Names in `PUT_FORWARD` of the ideas that somebody else has put forward."""
    found = {}
    for name, (title, proposal) in PUT_FORWARD.items():
        found[(await submit(reader, replace(BENCHES, title=title, proposal=proposal))).id] = name
    return found


@pytest.mark.parametrize(
    ("title", "proposal", "like"),
    [
        ("Новые скамейки возле поликлиники", "Поставить скамейки и урны у дороги", "benches"),
        (
            "Площадка для детей во дворе на Абая",
            "Сделать детскую площадку: качели, горка, песочница",
            "playground",
        ),
        (
            "Мектеп жолын жарықтандыру",
            "Мектепке баратын көшеге шамдар орнатып, жарық беру",
            "lights",
        ),
        ("Қаңғыбас иттерге баспана", "Қаладағы қаңғыбас иттерге баспана ашу керек", "dogs"),
        ("Искусственное поле для футбола", "Покрытие для футбольного поля у школы", "football"),
        ("Мәдениет үйінің жанына гүл егу", "Мәдениет үйінің алдына гүлзар жасау", None),
        ("Курсы казахского языка для всех", "Открыть вечерние курсы в библиотеке", None),
        ("Отремонтировать крышу больницы", "Заменить кровлю, она протекает весной", None),
    ],
)
async def test_ideas_that_say_much_the_same_are_shown_and_others_are_not(
    work: Work,
    known: dict[int, str],
    author: Resident,
    cycle: Cycle,
    clock: FrozenClock,
    title: str,
    proposal: str,
    like: str | None,
) -> None:
    await _draft(work, author, cycle, clock, replace(BENCHES, title=title, proposal=proposal))
    found = await FindSimilarIdeas(work)(author, Target(cycle.id))
    assert [known[line.idea.id] for line in found] == ([] if like is None else [like])


async def test_own_and_withdrawn_ideas_are_not_held_against_the_author(
    work: Work,
    submit: Submit,
    author: Resident,
    reader: Resident,
    cycle: Cycle,
    clock: FrozenClock,
) -> None:
    await submit(author)
    withdrawn, other = await submit(reader), await submit(reader)
    await WithdrawIdea(work, clock)(reader, withdrawn.id)
    await SupportIdea(work, clock)(author, other.id, on=True)
    find = FindSimilarIdeas(work)
    assert await find(author, Target(cycle.id)) == ()
    await _draft(work, author, cycle, clock)
    (line,) = await find(author, Target(cycle.id))
    assert (line.idea.id, line.supported, line.own) == (other.id, True, False)


async def test_where_no_ideas_are_put_forward_nothing_is_taken_back(
    work: Work, town: Community, resident: Meet, database: Database
) -> None:
    author = await resident()
    made = await cycles.stored(work, town.id, cycles.consultation())
    async with work.write() as unit:
        await note_taken_back(unit, author, made.id)
        await unit.commit()
    async with database.read() as connection:
        assert (await connection.execute(sa.select(engagements))).all() == []
