"""Moderators decide on reported remarks; who may, what follows, and what everyone can read."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from civic.actions.moderate_comments import (
    Case,
    DecideOnComment,
    ReadCase,
    ReadCases,
    ReadModerationLog,
)
from civic.actions.publish_comment import PublishComment
from civic.actions.read_comments import ReadComment, ReadComments, ReadMyComments
from civic.actions.report_comment import ReportComment
from civic.actions.support_comment import SupportComment
from civic.actions.write_comment import BeginComment, EditComment, WriteComment
from civic.model.announcement import NoticeKind
from civic.model.comment import Comment, CommentKind, CommentOrder
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.model.moderation import WORDS_LIMIT, Ground, Verdict, Why
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from tests.conftest import TOWN, Meet
from tests.consultation import discuss
from tests.fakes import FrozenClock
from tests.storage.ledger import told

RUDE = Why(Ground.INSULT)
ROLES = [frozenset({Role.MODERATOR}), frozenset({Role.ORGANISER}), frozenset(Role)]


@dataclass(frozen=True)
class Court:
    """A consultation with a reported remark and somebody to decide on it."""

    work: Work
    clock: FrozenClock
    cycle: Cycle
    author: Resident
    reader: Resident
    moderator: Resident

    @property
    def decide(self) -> DecideOnComment:
        return DecideOnComment(self.work, self.clock)

    async def say(self, author: Resident, text: str) -> Comment:
        """Publish a comment."""
        view = await BeginComment(self.work, self.clock)(author, self.cycle.id, None)
        await WriteComment(self.work, self.clock)(
            author, view.draft.id, kind=CommentKind.COMMENT, text=text
        )
        published = await PublishComment(self.work, self.clock)(author, view.draft.id)
        return published.comment

    async def reported(self, text: str = "Дөрекі сөз") -> Comment:
        """Publish a comment that the reader reports."""
        comment = await self.say(self.author, text)
        await ReportComment(self.work, self.clock)(self.reader, comment.id)
        return comment

    async def waiting(self) -> list[tuple[int, int]]:
        """Return number and complaints of what waits for a decision."""
        cases = await ReadCases(self.work)(self.moderator)
        return [(case.comment.id, case.complaints) for case in cases]

    async def seen_by(self, person: Resident, comment: Comment) -> Comment:
        """Return the comment as the person reads it."""
        return (await ReadComment(self.work, self.clock)(person, comment.id)).comment

    async def log(self) -> list[tuple[int, Verdict, Why | None]]:
        """Return the public log as a stranger reads it."""
        found = await ReadModerationLog(self.work)(self.reader, self.cycle.id)
        return [(entry.comment_id, entry.verdict, entry.why) for entry in found.decisions]

    async def told(self) -> list[NoticeKind]:
        """Return what the author was told, oldest first."""
        return [entry.kind for entry in await told(self.work, self.author)]


@pytest.fixture
async def court(work: Work, town: Community, clock: FrozenClock, resident: Meet) -> Court:
    """An open consultation with an author, a reader and a moderator."""
    moderator = replace(await resident(), roles=frozenset({Role.MODERATOR}))
    cycle = await discuss(work, town, clock)
    return Court(work, clock, cycle, await resident(), await resident(), moderator)


async def refused(doing: Awaitable[Any]) -> Reason:
    """Return why it was refused."""
    with pytest.raises(Refused) as caught:
        await doing
    return caught.value.reason


@pytest.mark.parametrize("roles", ROLES)
async def test_moderators_and_organisers_see_the_queue_and_decide(
    court: Court, roles: frozenset[Role]
) -> None:
    comment = await court.reported()
    person = replace(court.moderator, roles=roles)

    (case,) = await ReadCases(court.work)(person)
    assert case == Case(replace(comment), 1)
    assert (await ReadCase(court.work)(person, comment.id)).case == case
    await court.decide(person, comment.id, Verdict.HIDDEN, RUDE)

    assert await ReadCases(court.work)(person) == ()
    assert (await court.seen_by(court.reader, comment)).hidden == RUDE


async def test_nobody_else_sees_the_queue_or_decides(court: Court) -> None:
    comment = await court.reported()
    for person in (court.reader, court.author):
        for doing in (
            ReadCases(court.work)(person),
            ReadCase(court.work)(person, comment.id),
            court.decide(person, comment.id, Verdict.KEPT),
            court.decide(person, comment.id, Verdict.HIDDEN, RUDE),
        ):
            assert await refused(doing) is Reason.NOT_MODERATOR
    assert (await court.seen_by(court.reader, comment)).hidden is None


async def test_a_moderator_of_another_town_sees_and_does_nothing(
    court: Court, resident: Meet
) -> None:
    comment = await court.reported()
    async with court.work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="elsewhere"))
        await unit.commit()
    stranger = replace(await resident(community_id=elsewhere), roles=frozenset(Role))

    assert await ReadCases(court.work)(stranger) == ()
    for doing in (
        ReadCase(court.work)(stranger, comment.id),
        court.decide(stranger, comment.id, Verdict.HIDDEN, RUDE),
        ReadModerationLog(court.work)(stranger, court.cycle.id),
    ):
        assert await refused(doing) is Reason.NOT_FOUND


async def test_nobody_decides_on_their_own_words(court: Court) -> None:
    comment = await court.say(court.moderator, "Өз сөзім")
    await ReportComment(court.work, court.clock)(court.reader, comment.id)
    for doing in (
        court.decide(court.moderator, comment.id, Verdict.KEPT),
        court.decide(court.moderator, comment.id, Verdict.HIDDEN, RUDE),
    ):
        assert await refused(doing) is Reason.OWN_CASE


async def test_what_waits_longest_comes_first_with_its_number_of_reports(
    court: Court, resident: Meet
) -> None:
    later, earlier = await court.say(court.author, "Кейінгі"), await court.reported()
    report = ReportComment(court.work, court.clock)
    for _person in range(2):
        await report(await resident(), later.id)
    assert await court.waiting() == [(earlier.id, 1), (later.id, 2)] or (
        await court.waiting() == [(later.id, 2), (earlier.id, 1)]
    )


async def test_a_kept_remark_stays_and_comes_back_only_by_a_new_report(
    court: Court, resident: Meet
) -> None:
    comment = await court.reported()
    await court.decide(court.moderator, comment.id, Verdict.KEPT)
    report = ReportComment(court.work, court.clock)
    await report(court.reader, comment.id)
    assert await court.waiting() == []
    assert await court.log() == [(comment.id, Verdict.KEPT, None)]
    assert await court.told() == []

    await report(await resident(), comment.id)

    assert await court.waiting() == [(comment.id, 1)]


async def test_hidden_words_are_read_by_their_author_and_moderators_only(court: Court) -> None:
    comment = await court.reported("Дөрекі сөз")
    await court.decide(court.moderator, comment.id, Verdict.HIDDEN, RUDE)
    listed = await ReadComments(court.work, court.clock)(
        court.reader, court.cycle.id, None, CommentOrder.NEWEST, page=0, size=5
    )

    assert [(one.text, one.hidden) for one in listed.comments] == [("", RUDE)]
    assert (await court.seen_by(court.reader, comment)).text == ""
    assert (await court.seen_by(court.moderator, comment)).text == "Дөрекі сөз"
    assert (await court.seen_by(court.author, comment)).text == "Дөрекі сөз"
    assert [one.text for one in await ReadMyComments(court.work)(court.author)] == ["Дөрекі сөз"]


async def test_nothing_is_done_with_a_hidden_remark(court: Court) -> None:
    comment = await court.reported()
    await court.decide(court.moderator, comment.id, Verdict.HIDDEN, RUDE)
    for doing in (
        SupportComment(court.work, court.clock)(court.reader, comment.id, on=True),
        ReportComment(court.work, court.clock)(court.reader, comment.id),
        EditComment(court.work, court.clock)(court.author, comment.id),
    ):
        assert await refused(doing) is Reason.COMMENT_HIDDEN


async def test_the_author_is_told_once_and_again_when_it_is_shown(court: Court) -> None:
    comment = await court.reported()
    for _tap in range(2):
        await court.decide(court.moderator, comment.id, Verdict.HIDDEN, RUDE)
    assert await court.told() == [NoticeKind.COMMENT_HIDDEN]
    for _tap in range(2):
        await court.decide(court.moderator, comment.id, Verdict.KEPT)

    assert await court.told() == [NoticeKind.COMMENT_HIDDEN, NoticeKind.COMMENT_SHOWN]
    assert (await court.seen_by(court.reader, comment)).text == "Дөрекі сөз"
    assert await court.log() == [
        (comment.id, Verdict.KEPT, None),
        (comment.id, Verdict.HIDDEN, RUDE),
    ]


async def test_a_reason_in_own_words_is_kept_and_has_to_be_said(court: Court) -> None:
    comment = await court.reported()
    for why in (
        None,
        Why(Ground.OTHER),
        Why(Ground.OTHER, "жоқ"),
        Why(Ground.OTHER, "ә" * (WORDS_LIMIT + 1)),
    ):
        doing = court.decide(court.moderator, comment.id, Verdict.HIDDEN, why)
        assert await refused(doing) is Reason.REASON_NEEDED
    said = Why(Ground.OTHER, "  Басқа тақырып туралы ")
    await court.decide(court.moderator, comment.id, Verdict.HIDDEN, said)
    assert await court.log() == [
        (comment.id, Verdict.HIDDEN, Why(Ground.OTHER, "Басқа тақырып туралы"))
    ]
    await court.decide(court.moderator, comment.id, Verdict.HIDDEN, Why(Ground.INSULT, "x"))
    assert (await court.log())[0] == (comment.id, Verdict.HIDDEN, RUDE)
