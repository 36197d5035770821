"""Writing, publishing, changing and supporting remarks on a draft budget."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from civic.actions.delete_comment import DeleteComment
from civic.actions.publish_comment import PublishComment, Published
from civic.actions.read_comments import ReadComment, ReadComments, ReadMyComments
from civic.actions.report_comment import ReportComment
from civic.actions.support_comment import SupportComment
from civic.actions.write_comment import (
    BeginComment,
    DiscardComment,
    EditComment,
    ReadCommentDraft,
    WriteComment,
)
from civic.model.comment import MAX_LENGTH, CommentKind, CommentOrder
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Work
from tests.conftest import TOWN, Meet
from tests.consultation import discuss, ids_of
from tests.fakes import FrozenClock


@dataclass(frozen=True)
class Hall:
    """A consultation with everything that can be done in it."""

    work: Work
    clock: FrozenClock
    cycle: Cycle
    ids: dict[str, int]
    author: Resident
    reader: Resident

    @property
    def begin(self) -> BeginComment:
        return BeginComment(self.work, self.clock)

    @property
    def edit(self) -> EditComment:
        return EditComment(self.work, self.clock)

    @property
    def write(self) -> WriteComment:
        return WriteComment(self.work, self.clock)

    @property
    def publish(self) -> PublishComment:
        return PublishComment(self.work, self.clock)

    @property
    def delete(self) -> DeleteComment:
        return DeleteComment(self.work, self.clock)

    @property
    def support(self) -> SupportComment:
        return SupportComment(self.work, self.clock)

    @property
    def report(self) -> ReportComment:
        return ReportComment(self.work, self.clock)

    @property
    def read(self) -> ReadComment:
        return ReadComment(self.work, self.clock)

    async def say(self, text: str, code: str | None = None) -> Published:
        """Publish a comment by the author."""
        view = await self.begin(self.author, self.cycle.id, self.ids[code] if code else None)
        await self.write(self.author, view.draft.id, kind=CommentKind.COMMENT, text=text)
        return await self.publish(self.author, view.draft.id)

    async def has_finished(self) -> bool | None:
        """Tell whether the author finished; None when not even begun."""
        stage = self.cycle.stages[0]
        async with self.work.read() as unit:
            return (await unit.engagements.of_resident(self.author.id, [stage.id])).get(stage.id)


@pytest.fixture
async def hall(work: Work, town: Community, clock: FrozenClock, resident: Meet) -> Hall:
    """An open consultation, an author and a reader."""
    cycle = await discuss(work, town, clock)
    return Hall(work, clock, cycle, await ids_of(work, cycle), await resident(), await resident())


async def refused(doing: Awaitable[Any]) -> Refused:
    """Return how it was refused."""
    with pytest.raises(Refused) as caught:
        await doing
    return caught.value


async def test_a_remark_is_written_step_by_step_and_published_with_a_number(hall: Hall) -> None:
    view = await hall.begin(hall.author, hall.cycle.id, hall.ids["04"])
    assert view.section is not None
    assert view.section.code == "04"
    assert await hall.has_finished() is False
    await hall.write(hall.author, view.draft.id, kind=CommentKind.PROPOSAL)
    draft = await hall.write(hall.author, view.draft.id, text="  Ауыл мектептеріне\tкөбірек ")
    assert (draft.kind, draft.text) == (CommentKind.PROPOSAL, "Ауыл мектептеріне көбірек")
    published = await hall.publish(hall.author, view.draft.id)
    assert published.comment.text == "Ауыл мектептеріне көбірек"
    assert published.comment.section_id == hall.ids["04"]
    assert published.discussion.answers is not None
    assert await hall.has_finished() is True
    assert await ReadCommentDraft(hall.work)(hall.author, hall.cycle.id) is None


async def test_publishing_twice_gives_one_remark(hall: Hall) -> None:
    view = await hall.begin(hall.author, hall.cycle.id, None)
    await hall.write(hall.author, view.draft.id, kind=CommentKind.QUESTION, text="Неге?")
    first = await hall.publish(hall.author, view.draft.id)
    hall.clock.move(timedelta(days=40))
    again = await hall.publish(hall.author, view.draft.id)
    assert again.comment == first.comment
    assert len(await ReadMyComments(hall.work)(hall.author)) == 1


async def test_nobody_publishes_or_writes_for_somebody_else(hall: Hall) -> None:
    view = await hall.begin(hall.author, hall.cycle.id, None)
    await hall.write(hall.author, view.draft.id, kind=CommentKind.QUESTION, text="Неге?")
    for doing in (
        hall.publish(hall.reader, view.draft.id),
        hall.write(hall.reader, view.draft.id, text="Бөтен сөз"),
        DiscardComment(hall.work)(hall.reader, view.draft.id),
    ):
        assert (await refused(doing)).reason is Reason.NOT_YOURS
    await hall.publish(hall.author, view.draft.id)
    again = await refused(hall.publish(hall.reader, view.draft.id))
    assert again.reason is Reason.NOT_YOURS


async def test_an_unfinished_draft_is_not_published(hall: Hall) -> None:
    view = await hall.begin(hall.author, hall.cycle.id, None)
    first = await refused(hall.publish(hall.author, view.draft.id))
    assert (first.reason, first.facts) == (Reason.DRAFT_INCOMPLETE, {"field": "kind"})
    await hall.write(hall.author, view.draft.id, kind=CommentKind.COMMENT)
    second = await refused(hall.publish(hall.author, view.draft.id))
    assert (second.reason, second.facts) == (Reason.DRAFT_INCOMPLETE, {"field": "text"})


async def test_words_that_do_not_fit_are_refused_and_the_earlier_ones_stay(hall: Hall) -> None:
    view = await hall.begin(hall.author, hall.cycle.id, None)
    await hall.write(hall.author, view.draft.id, text="Қысқа әрі нұсқа")
    for text, reason in (
        ("ә" * (MAX_LENGTH + 340), Reason.TEXT_TOO_LONG),
        ("\u202e \n", Reason.TEXT_EMPTY),
        ("ә", Reason.TEXT_TOO_SHORT),
    ):
        refusal = await refused(hall.write(hall.author, view.draft.id, text=text))
        assert refusal.reason is reason
    kept = await ReadCommentDraft(hall.work)(hall.author, hall.cycle.id)
    assert kept is not None
    assert kept.draft.text == "Қысқа әрі нұсқа"
    exact = await hall.write(hall.author, view.draft.id, text="ә" * MAX_LENGTH)
    assert len(exact.text) == MAX_LENGTH


async def test_the_refusal_of_a_long_text_says_how_long_it_is(hall: Hall) -> None:
    view = await hall.begin(hall.author, hall.cycle.id, None)
    refusal = await refused(hall.write(hall.author, view.draft.id, text="ә" * 1340))
    assert refusal.facts == {"length": 1340, "limit": 1000}


async def test_coming_back_to_the_same_line_goes_on_with_the_draft(hall: Hall) -> None:
    first = await hall.begin(hall.author, hall.cycle.id, hall.ids["04"])
    await hall.write(hall.author, first.draft.id, text="Жарты сөз")
    again = await hall.begin(hall.author, hall.cycle.id, hall.ids["04"])
    assert again.draft.id == first.draft.id
    assert again.draft.text == "Жарты сөз"
    assert not again.is_other


async def test_words_on_another_line_are_offered_first_and_never_lost(hall: Hall) -> None:
    first = await hall.begin(hall.author, hall.cycle.id, hall.ids["04"])
    await hall.write(hall.author, first.draft.id, text="Жарты сөз")
    other = await hall.begin(hall.author, hall.cycle.id, hall.ids["01"])
    assert other.is_other
    assert other.draft.text == "Жарты сөз"
    assert other.section is not None
    assert other.section.code == "04"
    await DiscardComment(hall.work)(hall.author, other.draft.id)
    await DiscardComment(hall.work)(hall.author, other.draft.id)
    anew = await hall.begin(hall.author, hall.cycle.id, hall.ids["01"])
    assert not anew.is_other
    assert anew.draft.section_id == hall.ids["01"]


async def test_a_draft_without_words_gives_way(hall: Hall) -> None:
    first = await hall.begin(hall.author, hall.cycle.id, hall.ids["04"])
    second = await hall.begin(hall.author, hall.cycle.id, None)
    assert second.draft.id != first.draft.id
    assert not second.is_other
    assert (await refused(hall.publish(hall.author, first.draft.id))).reason is Reason.NOT_FOUND


async def test_outside_the_window_nothing_is_written_but_everything_is_read(hall: Hall) -> None:
    published = await hall.say("Уақытында")
    begun = await hall.begin(hall.author, hall.cycle.id, None)
    stage = hall.cycle.stages[0]
    for moment, reason in (
        (stage.opens_at - timedelta(seconds=1), Reason.NOT_OPEN_YET),
        (stage.closes_at, Reason.CLOSED),
    ):
        hall.clock.set(moment)
        for doing in (
            hall.begin(hall.author, hall.cycle.id, None),
            hall.edit(hall.author, published.comment.id),
            hall.write(hall.author, begun.draft.id, text="Кеш"),
            hall.publish(hall.author, begun.draft.id),
            hall.support(hall.reader, published.comment.id, on=True),
        ):
            refusal = await refused(doing)
            assert refusal.reason is reason
            assert refusal.facts == {"opens_at": stage.opens_at, "closes_at": stage.closes_at}
    view = await hall.read(hall.reader, published.comment.id)
    assert view.comment.text == "Уақытында"
    assert not view.is_open
    listed = await ReadComments(hall.work, hall.clock)(
        hall.reader, hall.cycle.id, None, CommentOrder.NEWEST, page=0, size=5
    )
    assert not listed.is_open
    assert listed.total == 1


async def test_the_author_changes_a_remark_within_fifteen_minutes(hall: Hall) -> None:
    published = await hall.say("Қатемен", "04")
    hall.clock.move(timedelta(minutes=14, seconds=59))
    view = await hall.edit(hall.author, published.comment.id)
    assert (view.draft.text, view.draft.kind) == ("Қатемен", CommentKind.COMMENT)
    assert view.draft.section_id == hall.ids["04"]
    await hall.write(hall.author, view.draft.id, text="Қатесіз")
    same = await hall.edit(hall.author, published.comment.id)
    assert same.draft.text == "Қатесіз"
    assert not same.is_other
    assert (await hall.read(hall.reader, published.comment.id)).comment.text == "Қатемен"
    changed = await hall.publish(hall.author, view.draft.id)
    assert changed.comment.id == published.comment.id
    assert changed.comment.text == "Қатесіз"
    assert changed.comment.edited_at == hall.clock.now()
    again = await hall.publish(hall.author, view.draft.id)
    assert again.comment == changed.comment


async def test_after_fifteen_minutes_a_remark_stays_as_it_is(hall: Hall) -> None:
    published = await hall.say("Солай")
    view = await hall.edit(hall.author, published.comment.id)
    hall.clock.move(timedelta(minutes=15))
    for doing in (
        hall.edit(hall.author, published.comment.id),
        hall.delete(hall.author, published.comment.id),
        hall.publish(hall.author, view.draft.id),
    ):
        refusal = await refused(doing)
        assert (refusal.reason, refusal.facts) == (Reason.EDIT_TIME_OVER, {"minutes": 15})
    assert (await hall.read(hall.author, published.comment.id)).editable_until is None


async def test_only_the_author_sees_until_when_a_remark_can_be_changed(hall: Hall) -> None:
    published = await hall.say("Солай")
    own = await hall.read(hall.author, published.comment.id)
    others = await hall.read(hall.reader, published.comment.id)
    assert own.editable_until == hall.clock.now() + timedelta(minutes=15)
    assert own.is_own
    assert others.editable_until is None
    assert not others.is_own


async def test_a_new_draft_with_words_comes_before_a_change(hall: Hall) -> None:
    published = await hall.say("Шықты", "04")
    draft = (await hall.begin(hall.author, hall.cycle.id, None)).draft
    await hall.write(hall.author, draft.id, text="Басқа ой")
    view = await hall.edit(hall.author, published.comment.id)
    assert view.is_other
    assert view.draft.text == "Басқа ой"
    assert view.section is None


async def test_only_the_author_changes_or_deletes(hall: Hall) -> None:
    published = await hall.say("Менікі")
    for doing in (
        hall.edit(hall.reader, published.comment.id),
        hall.delete(hall.reader, published.comment.id),
    ):
        assert (await refused(doing)).reason is Reason.NOT_YOURS


async def test_deleting_the_last_remark_takes_participation_back(hall: Hall) -> None:
    first, second = await hall.say("Бірінші"), await hall.say("Екінші")
    await hall.delete(hall.author, first.comment.id)
    assert await hall.has_finished() is True
    await hall.delete(hall.author, second.comment.id)
    await hall.delete(hall.author, second.comment.id)
    assert await hall.has_finished() is None
    assert (await refused(hall.read(hall.reader, first.comment.id))).reason is Reason.NOT_FOUND


async def test_who_throws_the_draft_away_has_not_begun(hall: Hall) -> None:
    view = await hall.begin(hall.author, hall.cycle.id, None)
    await hall.write(hall.author, view.draft.id, text="Жарты сөз")
    await DiscardComment(hall.work)(hall.author, view.draft.id)
    assert await hall.has_finished() is None


async def test_what_is_still_being_written_counts_as_begun(hall: Hall) -> None:
    published = await hall.say("Шықты")
    await hall.begin(hall.author, hall.cycle.id, None)
    await hall.delete(hall.author, published.comment.id)
    assert await hall.has_finished() is False


async def test_throwing_a_draft_away_leaves_what_was_published(hall: Hall) -> None:
    await hall.say("Шықты")
    view = await hall.begin(hall.author, hall.cycle.id, None)
    await DiscardComment(hall.work)(hall.author, view.draft.id)
    assert await hall.has_finished() is True


async def test_a_remark_deleted_meanwhile_is_not_changed(hall: Hall) -> None:
    published = await hall.say("Шықты")
    view = await hall.edit(hall.author, published.comment.id)
    await hall.delete(hall.author, published.comment.id)
    assert (await refused(hall.publish(hall.author, view.draft.id))).reason is Reason.NOT_FOUND


async def test_others_support_a_remark_once(hall: Hall) -> None:
    published = await hall.say("Дұрыс")
    await hall.support(hall.reader, published.comment.id, on=True)
    await hall.support(hall.reader, published.comment.id, on=True)
    view = await hall.read(hall.reader, published.comment.id)
    assert (view.comment.supports, view.is_supported) == (1, True)
    await hall.support(hall.reader, published.comment.id, on=False)
    view = await hall.read(hall.reader, published.comment.id)
    assert (view.comment.supports, view.is_supported) == (0, False)


async def test_nobody_supports_or_reports_their_own_remark(hall: Hall) -> None:
    published = await hall.say("Менікі")
    for doing in (
        hall.support(hall.author, published.comment.id, on=True),
        hall.report(hall.author, published.comment.id),
    ):
        assert (await refused(doing)).reason is Reason.OWN_COMMENT


async def test_a_remark_can_be_reported_at_any_time(hall: Hall) -> None:
    published = await hall.say("Дөрекі сөз")
    hall.clock.move(timedelta(days=60))
    await hall.report(hall.reader, published.comment.id)
    await hall.report(hall.reader, published.comment.id)


async def test_remarks_are_read_in_pages_and_a_page_too_far_is_the_last(hall: Hall) -> None:
    for number in range(7):
        await hall.say(f"Пікір {number}", "04")
    read = ReadComments(hall.work, hall.clock)
    view = await read(
        hall.reader, hall.cycle.id, hall.ids["04"], CommentOrder.NEWEST, page=9, size=5
    )
    assert (view.page, view.pages, view.total) == (1, 2, 7)
    assert [comment.text for comment in view.comments] == ["Пікір 1", "Пікір 0"]
    assert view.section is not None
    empty = await read(hall.reader, hall.cycle.id, None, CommentOrder.SUPPORTED, page=0, size=5)
    assert (empty.page, empty.pages, empty.total, empty.comments) == (0, 1, 0, ())


async def test_another_town_sees_and_does_nothing(hall: Hall, resident: Meet) -> None:
    published = await hall.say("Біздің қала")
    async with hall.work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="elsewhere"))
        await unit.commit()
    stranger = await resident(community_id=elsewhere)
    number = published.comment.id
    for doing in (
        hall.read(stranger, number),
        hall.begin(stranger, hall.cycle.id, None),
        hall.edit(stranger, number),
        hall.delete(stranger, number),
        hall.support(stranger, number, on=True),
        hall.report(stranger, number),
        ReadCommentDraft(hall.work)(stranger, hall.cycle.id),
        ReadComments(hall.work, hall.clock)(
            stranger, hall.cycle.id, None, CommentOrder.NEWEST, page=0, size=5
        ),
    ):
        assert (await refused(doing)).reason is Reason.NOT_FOUND


async def test_the_draft_is_read_with_what_it_is_about(hall: Hall) -> None:
    await hall.begin(hall.author, hall.cycle.id, hall.ids["04.2"])
    view = await ReadCommentDraft(hall.work)(hall.author, hall.cycle.id)
    assert view is not None
    assert view.section is not None
    assert view.section.code == "04.2"
