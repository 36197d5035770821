"""Where the town wants it so, what one organiser announces is approved by another."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from civic.actions.approve_broadcast import (
    ApproveBroadcast,
    HandInBroadcast,
    ReadWaitingBroadcast,
    ReadWaitingBroadcasts,
    SendBroadcastBack,
    TakeBroadcastBack,
)
from civic.actions.draft_broadcast import DiscardBroadcast, Target, WriteBroadcast
from civic.actions.send_broadcast import LATENESS, ReviseBroadcast, SendBroadcast
from civic.actions.steer_sending import PauseSending, ReadSending, ResumeSending, StopSending
from civic.model.announcement import Announcement, AnnouncementState, NoticeKind
from civic.model.audience import EVERYONE, Trait
from civic.model.broadcast import Broadcast, BroadcastDraft, Order
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from civic.rules.broadcasts import Worded
from storage.database import Database
from storage.tables.people import roles
from tests.broadcasts import drafted
from tests.civic.cycles import cycle, stored
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import FrozenClock, Steady
from tests.storage.ledger import claim, fill, plan, send, told

BOTH = Broadcast({"kk": "Су болмайды", "ru": "Воды не будет"})
ORDER = Order(BOTH)


class Bell:
    """Counts how often it was rung."""

    rung = 0

    def wake(self) -> None:
        """Note that it was rung."""
        self.rung += 1


Meeting = Callable[[], Awaitable[Resident]]


@pytest.fixture
def meet_organiser(work: Work, resident: Meet) -> Meeting:
    """Give a function that takes an organiser in."""

    async def meet() -> Resident:
        person = await resident()
        async with work.write() as unit:
            await unit.residents.grant(person.id, Role.ORGANISER)
            await unit.commit()
        return person.with_role(Role.ORGANISER)

    return meet


@pytest.fixture
async def strict(work: Work, town: Community) -> Community:
    """A town where a second organiser approves."""
    changed = replace(town, broadcasts_need_second_organiser=True)
    async with work.write() as unit:
        await unit.communities.save(changed)
        await unit.commit()
    return changed


@pytest.fixture
async def author(strict: Community, meet_organiser: Meeting) -> Resident:
    """The organiser who writes."""
    assert strict.broadcasts_need_second_organiser
    return await meet_organiser()


@pytest.fixture
async def second(author: Resident, meet_organiser: Meeting) -> Resident:
    """Another organiser."""
    assert author.id
    return await meet_organiser()


@pytest.fixture
def bell() -> Bell:
    return Bell()


class Office:
    """Every action that has to do with approval, by short names."""

    def __init__(self, work: Work, clock: FrozenClock, bell: Bell) -> None:
        """Act on `work` at the time of `clock`."""
        self.work = work
        self.clock = clock
        self.write = WriteBroadcast(work, clock)
        self.send = SendBroadcast(work, clock, bell)
        self.hand_in = HandInBroadcast(work, clock, bell)
        self.take_back = TakeBroadcastBack(work)
        self.approve = ApproveBroadcast(work, clock, bell)
        self.send_back = SendBroadcastBack(work, clock, bell)
        self.revise = ReviseBroadcast(work, clock)
        self.discard = DiscardBroadcast(work, clock)

    async def handed_in(
        self, author: Resident, order: Order = ORDER, key: str = "draft"
    ) -> BroadcastDraft:
        """Return a draft that waits."""
        draft = await drafted(self.work, author, order, key)
        return await self.hand_in(author, draft)

    async def announcement(self, number: int = 1) -> Announcement:
        """Return what the town knows by that number."""
        async with self.work.read() as unit:
            town = await unit.communities.first()
            assert town is not None
            found = await unit.announcements.by_number(town.id, number)
        assert found is not None
        return found


@pytest.fixture
def office(work: Work, clock: FrozenClock, bell: Bell) -> Office:
    return Office(work, clock, bell)


async def _refusal(doing: Awaitable[Any]) -> Reason:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.reason


async def test_what_one_hands_in_goes_out_once_another_has_approved_it(
    office: Office, author: Resident, second: Resident, work: Work, clock: FrozenClock, bell: Bell
) -> None:
    draft = await office.handed_in(author)
    assert draft.handed_in_at == clock.now()
    (waiting,) = await ReadWaitingBroadcasts(work)(second)
    assert (waiting.draft, waiting.author.id) == (draft, author.id)
    assert await ReadWaitingBroadcasts(work)(author) == []
    (asked,) = await told(work, second)
    assert (asked.kind, asked.parameters["draft"]) == (NoticeKind.BROADCAST_HANDED_IN, draft.id)
    assert await told(work, author) == []
    clock.set(clock.now() + timedelta(minutes=5))
    approved = await office.approve(second, draft.id, draft.version)
    assert approved == await office.announcement()
    assert (approved.by, approved.approved_by) == (author.id, second.id)
    assert approved.approved_at == clock.now()
    assert Broadcast.read(approved.parameters) == BOTH
    kinds = [entry.kind for entry in await told(work, author)]
    assert kinds == [NoticeKind.BROADCAST, NoticeKind.BROADCAST_APPROVED]
    assert await ReadWaitingBroadcasts(work)(second) == []
    assert bell.rung == 2


async def test_who_approved_it_is_shown_to_organisers(
    office: Office, author: Resident, second: Resident, work: Work, clock: FrozenClock
) -> None:
    draft = await office.handed_in(author)
    approved = await office.approve(second, draft.id, draft.version)
    found = await ReadSending(work, clock, Steady(30.0))(author, approved.id)
    assert found.approved_by is not None
    assert found.approved_by.id == second.id
    await fill(work, clock.now())
    found = await ReadSending(work, clock, Steady(30.0))(author, approved.id)
    assert found.approved_by is not None


async def test_nothing_goes_out_without_approval(
    office: Office, author: Resident, second: Resident, work: Work
) -> None:
    draft = await drafted(work, author, ORDER)
    assert await _refusal(office.send(author, draft)) is Reason.APPROVAL_NEEDED
    waiting = await office.hand_in(author, draft)
    assert await _refusal(office.send(author, draft)) is Reason.APPROVAL_NEEDED
    own = office.approve(author, draft, waiting.version)
    assert await _refusal(own) is Reason.OWN_BROADCAST
    own_back = office.send_back(author, draft, waiting.version, "Not so.")
    assert await _refusal(own_back) is Reason.OWN_BROADCAST
    assert await told(work, author) == []
    assert second.id


async def test_handing_in_twice_tells_the_others_once(
    office: Office, author: Resident, second: Resident, work: Work
) -> None:
    draft = await office.handed_in(author)
    assert await office.hand_in(author, draft.id) == draft
    assert len(await told(work, second)) == 1


async def test_where_there_is_no_second_organiser_it_is_refused_and_kept(
    office: Office, author: Resident, work: Work, resident: Meet
) -> None:
    await resident()
    draft = await drafted(work, author, ORDER)
    assert await _refusal(office.hand_in(author, draft)) is Reason.SECOND_ORGANISER_NEEDED
    async with work.read() as unit:
        kept = await unit.broadcasts.draft(draft)
    assert kept is not None
    assert kept.handed_in_at is None


async def test_it_is_handed_in_only_when_it_could_be_sent(
    office: Office, author: Resident, second: Resident, work: Work, clock: FrozenClock
) -> None:
    assert second.id
    one = await drafted(work, author, Broadcast({"kk": "Су"}), "one language")
    assert await _refusal(office.hand_in(author, one)) is Reason.ONE_LANGUAGE
    assert (await office.hand_in(author, one, one_language=True)).one_language
    none = await drafted(work, author, Broadcast(), "nothing")
    assert await _refusal(office.hand_in(author, none)) is Reason.TEXT_EMPTY
    late = replace(ORDER, send_from=clock.now() - LATENESS - timedelta(seconds=1))
    past = await drafted(work, author, late, "late")
    assert await _refusal(office.hand_in(author, past)) is Reason.DATE_IN_PAST


async def test_approving_twice_announces_once_and_a_third_comes_too_late(
    office: Office,
    author: Resident,
    second: Resident,
    meet_organiser: Meeting,
    work: Work,
) -> None:
    third = await meet_organiser()
    draft = await office.handed_in(author)
    first = await office.approve(second, draft.id, draft.version)
    assert await office.approve(second, draft.id, draft.version) == first
    late = office.approve(third, draft.id, draft.version)
    assert await _refusal(late) is Reason.NOT_WAITING
    back = office.send_back(third, draft.id, draft.version, "Not so.")
    assert await _refusal(back) is Reason.NOT_WAITING
    assert len([entry for entry in await told(work, author) if entry.number]) == 1


@ON_POSTGRES
async def test_of_two_who_approve_at_the_same_moment_one_does(
    office: Office,
    author: Resident,
    second: Resident,
    meet_organiser: Meeting,
    work: Work,
) -> None:
    third = await meet_organiser()
    draft = await office.handed_in(author)
    done = await asyncio.gather(
        *(office.approve(person, draft.id, draft.version) for person in (second, third)),
        return_exceptions=True,
    )
    refused = [one for one in done if isinstance(one, Refused)]
    assert [one.reason for one in refused] == [Reason.NOT_WAITING]
    announced = await office.announcement()
    (approved,) = [one for one in done if isinstance(one, Announcement)]
    assert approved == announced
    assert len([entry for entry in await told(work, author) if entry.number]) == 1


@ON_POSTGRES
async def test_an_author_who_changes_it_meanwhile_is_not_announced_with_other_words(
    office: Office, author: Resident, second: Resident, work: Work
) -> None:
    draft = await office.handed_in(author)
    approving, changing = await asyncio.gather(
        office.approve(second, draft.id, draft.version),
        office.write(author, Target(draft.id), Worded("ru", "Иначе")),
        return_exceptions=True,
    )
    async with work.read() as unit:
        left = await unit.broadcasts.draft(draft.id)
    if isinstance(approving, Announcement):
        assert Broadcast.read(approving.parameters) == BOTH
        assert isinstance(changing, Refused)
        assert left is None
    else:
        assert isinstance(approving, Refused)
        assert left is not None
        assert left.handed_in_at is None


async def test_only_what_was_read_is_approved_or_sent_back(
    office: Office, author: Resident, second: Resident
) -> None:
    read = await office.handed_in(author)
    await office.write(author, Target(read.id), Worded("ru", "Воды не будет вовсе"))
    assert await _refusal(office.approve(second, read.id, read.version)) is Reason.NOT_WAITING
    again = await office.hand_in(author, read.id)
    for doing in (
        office.approve(second, read.id, read.version),
        office.send_back(second, read.id, read.version, "Not so."),
    ):
        assert await _refusal(doing) is Reason.CHANGED_MEANWHILE
    approved = await office.approve(second, read.id, again.version)
    assert Broadcast.read(approved.parameters).texts["ru"] == "Воды не будет вовсе"


async def test_its_author_takes_it_back_and_nobody_can_approve_it_then(
    office: Office, author: Resident, second: Resident, work: Work
) -> None:
    draft = await office.handed_in(author)
    taken = await office.take_back(author, draft.id)
    assert taken.handed_in_at is None
    assert await office.take_back(author, draft.id) == taken
    assert await _refusal(office.approve(second, draft.id, draft.version)) is Reason.NOT_WAITING
    reading = ReadWaitingBroadcast(work)(second, draft.id)
    assert await _refusal(reading) is Reason.NOT_WAITING
    assert await _refusal(office.take_back(second, draft.id)) is Reason.NOT_YOURS


async def test_it_is_sent_back_with_a_sentence_and_handed_in_again(
    office: Office, author: Resident, second: Resident, work: Work
) -> None:
    draft = await office.handed_in(author)
    for words in ("", "x" * 501):
        back = office.send_back(second, draft.id, draft.version, words)
        assert await _refusal(back) is Reason.REASON_NEEDED
    returned = await office.send_back(second, draft.id, draft.version, " The date is wrong. ")
    assert (returned.handed_in_at, returned.sent_back) == (None, "The date is wrong.")
    (news,) = await told(work, author)
    assert (news.kind, news.parameters["why"]) == (
        NoticeKind.BROADCAST_SENT_BACK,
        "The date is wrong.",
    )
    again = await office.hand_in(author, draft.id)
    assert again.sent_back == ""
    assert len(await told(work, second)) == 2
    assert (await office.approve(second, draft.id, again.version)).number == 1


async def test_approved_after_its_moment_it_goes_out_at_once(
    office: Office, author: Resident, second: Resident, clock: FrozenClock
) -> None:
    later = clock.now() + timedelta(hours=1)
    draft = await office.handed_in(author, replace(ORDER, send_from=later))
    clock.set(later + timedelta(hours=2))
    approved = await office.approve(second, draft.id, draft.version)
    assert approved.send_from == clock.now()


async def test_approved_before_its_moment_it_waits_for_it(
    office: Office, author: Resident, second: Resident, clock: FrozenClock
) -> None:
    later = clock.now() + timedelta(hours=1)
    draft = await office.handed_in(author, replace(ORDER, send_from=later))
    assert (await office.approve(second, draft.id, draft.version)).send_from == later


async def test_a_correction_goes_to_those_who_got_the_first_whoever_approves_it(
    office: Office, author: Resident, second: Resident, work: Work, clock: FrozenClock
) -> None:
    made = await stored(work, author.community_id, cycle())
    first = await plan(work, made, clock.now(), public=True)
    await fill(work, clock.now())
    await send(work, clock.now())
    draft = await office.handed_in(author, Order(replace(BOTH, corrects=1)))
    approved = await office.approve(second, draft.id, draft.version)
    assert approved.audience == EVERYONE.those(Trait.RECIPIENT, first)


async def test_another_town_neither_sees_nor_approves_it(
    office: Office, author: Resident, second: Resident, work: Work, town: Community, resident: Meet
) -> None:
    assert second.id
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(town, slug="elsewhere"))
        await unit.commit()
    stranger = (await resident(community_id=elsewhere)).with_role(Role.ORGANISER)
    draft = await office.handed_in(author)
    assert await ReadWaitingBroadcasts(work)(stranger) == []
    for doing in (
        ReadWaitingBroadcast(work)(stranger, draft.id),
        office.approve(stranger, draft.id, draft.version),
    ):
        assert await _refusal(doing) is Reason.NOT_WAITING


async def test_only_organisers_approve(
    office: Office, author: Resident, second: Resident, work: Work, resident: Meet
) -> None:
    assert second.id
    draft, person = await office.handed_in(author), await resident()
    for doing in (
        office.hand_in(person, draft.id),
        office.take_back(person, draft.id),
        office.approve(person, draft.id, draft.version),
        office.send_back(person, draft.id, draft.version, "Not so."),
        office.revise(person, 1),
        ReadWaitingBroadcasts(work)(person),
        ReadWaitingBroadcast(work)(person, draft.id),
    ):
        assert await _refusal(doing) is Reason.NOT_ORGANISER


async def test_who_organises_no_more_announces_nothing(
    office: Office, author: Resident, second: Resident, work: Work, database: Database
) -> None:
    """Two organisers have to stand by it when it goes out."""
    draft = await office.handed_in(author)
    async with database.write() as connection:
        await connection.execute(sa.delete(roles).where(roles.c.resident_id == author.id))
        await connection.commit()
    assert await ReadWaitingBroadcasts(work)(second) == []
    for doing in (
        ReadWaitingBroadcast(work)(second, draft.id),
        office.approve(second, draft.id, draft.version),
        office.send_back(second, draft.id, draft.version, "Not so."),
    ):
        assert await _refusal(doing) is Reason.NOT_WAITING


async def _scheduled(office: Office, author: Resident, second: Resident) -> Announcement:
    later = office.clock.now() + timedelta(days=1)
    draft = await office.handed_in(author, replace(ORDER, send_from=later))
    return await office.approve(second, draft.id, draft.version)


async def test_changing_it_after_approval_takes_the_approval_back_and_keeps_its_number(
    office: Office, author: Resident, second: Resident, work: Work, clock: FrozenClock
) -> None:
    approved = await _scheduled(office, author, second)
    draft = await office.revise(author, approved.id)
    assert draft.revises == approved.id
    assert draft.order == replace(ORDER, send_from=approved.send_from)
    assert await office.revise(author, approved.id) == draft
    taken = await office.announcement()
    assert (taken.state, taken.approved_by) == (AnnouncementState.TAKEN_BACK, None)
    # The two notices go out, and nothing else.
    assert await fill(work, clock.now() + timedelta(days=2)) == [1, 1]
    assert (await office.announcement()).recipients == 0
    await office.write(author, Target(draft.id), Worded("ru", "Воды не будет два дня"))
    assert await _refusal(office.send(author, draft.id)) is Reason.APPROVAL_NEEDED
    waiting = await office.hand_in(author, draft.id)
    again = await office.approve(second, draft.id, waiting.version)
    assert (again.id, again.number, again.state) == (
        approved.id,
        1,
        AnnouncementState.PLANNING,
    )
    assert again == await office.announcement()
    assert Broadcast.read(again.parameters).texts["ru"] == "Воды не будет два дня"
    assert again.send_from == approved.send_from
    twice = await office.revise(author, approved.id)
    assert twice.id != draft.id


async def test_what_was_taken_back_is_neither_resumed_nor_paused_but_can_be_stopped(
    office: Office, author: Resident, second: Resident, work: Work, clock: FrozenClock, bell: Bell
) -> None:
    approved = await _scheduled(office, author, second)
    draft = await office.revise(author, approved.id)
    for steering in (PauseSending(work, clock), ResumeSending(work, clock, bell)):
        assert await _refusal(steering(second, approved.id)) is Reason.TAKEN_BACK
    stopped = await StopSending(work, clock)(second, approved.id)
    assert stopped.state is AnnouncementState.STOPPED
    waiting = await office.hand_in(author, draft.id)
    late = office.approve(second, draft.id, waiting.version)
    assert await _refusal(late) is Reason.SENDING_OVER
    await office.discard(author, draft.id)
    assert (await office.announcement()).state is AnnouncementState.STOPPED


@ON_POSTGRES
async def test_pausing_waits_for_whoever_is_taking_it_back(
    office: Office,
    author: Resident,
    second: Resident,
    work: Work,
    clock: FrozenClock,
    database: Database,
) -> None:
    """Else the pause would undo it, and a resumption send the old words, without approval."""
    approved = await _scheduled(office, author, second)
    held = asyncio.Event()

    async def take_back() -> None:
        async with work.write() as unit:
            await unit.announcements.get(approved.id, lock=True)
            held.set()
            await _blocked(database)
            await unit.announcements.steer(approved.id, AnnouncementState.TAKEN_BACK, clock.now())
            await unit.commit()

    async def pause() -> Reason:
        await held.wait()
        return await _refusal(PauseSending(work, clock)(second, approved.id))

    _nothing, reason = await asyncio.gather(take_back(), pause())
    assert reason is Reason.TAKEN_BACK
    assert (await office.announcement()).state is AnnouncementState.TAKEN_BACK


async def _blocked(database: Database) -> None:
    """Wait until somebody waits for a row that somebody else holds."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(60), database.read() as connection:
        while not await connection.scalar(waiting):
            continue


async def test_throwing_the_new_wording_away_leaves_it_unsent(
    office: Office, author: Resident, second: Resident
) -> None:
    approved = await _scheduled(office, author, second)
    draft = await office.revise(author, approved.id)
    await office.discard(author, draft.id)
    assert (await office.announcement()).state is AnnouncementState.STOPPED
    assert await _refusal(office.revise(author, approved.id)) is Reason.SENDING_OVER


async def test_a_paused_one_whose_moment_has_passed_is_revised_to_go_out_at_once(
    office: Office, author: Resident, second: Resident, work: Work, clock: FrozenClock
) -> None:
    approved = await _scheduled(office, author, second)
    await PauseSending(work, clock)(author, approved.id)
    clock.set(clock.now() + timedelta(days=2))
    draft = await office.revise(author, approved.id)
    assert draft.order.send_from is None
    waiting = await office.hand_in(author, draft.id)
    assert (await office.approve(second, draft.id, waiting.version)).send_from == clock.now()


async def test_only_its_author_revises_only_words_and_only_before_it_goes_out(
    office: Office, author: Resident, second: Resident, work: Work, clock: FrozenClock
) -> None:
    approved = await _scheduled(office, author, second)
    assert await _refusal(office.revise(second, approved.id)) is Reason.NOT_YOURS
    assert await _refusal(office.revise(author, 999)) is Reason.NOT_FOUND
    made = await stored(work, author.community_id, cycle())
    about_cycle = await plan(work, made, clock.now())
    assert await _refusal(office.revise(author, about_cycle)) is Reason.NOT_FOUND
    clock.set(clock.now() + timedelta(days=2))
    await fill(work, clock.now())
    assert await claim(work, clock.now())
    assert await _refusal(office.revise(author, approved.id)) is Reason.SENDING_OVER
    async with work.read() as unit:
        assert await unit.broadcasts.drafts_of(author.id) == []


async def test_where_one_organiser_is_enough_a_scheduled_one_is_changed_and_sent_again(
    work: Work, clock: FrozenClock, town: Community, meet_organiser: Meeting, office: Office
) -> None:
    author = await meet_organiser()
    assert not town.broadcasts_need_second_organiser
    later = clock.now() + timedelta(days=1)
    sent = await office.send(author, await drafted(work, author, replace(ORDER, send_from=later)))
    draft = await office.revise(author, sent.id)
    await office.write(author, Target(draft.id), Worded("en", "No water"))
    again = await office.send(author, draft.id)
    assert (again.id, again.number) == (sent.id, 1)
    assert await office.send(author, draft.id) == again
