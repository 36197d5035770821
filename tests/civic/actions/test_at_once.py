"""Two at the same thing: at every step of what one does, the other does all of theirs."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.approve_broadcast import ApproveBroadcast, HandInBroadcast
from civic.actions.change_stage import ChangeStage, Wish
from civic.actions.declare_residence import DeclareResidence
from civic.actions.delete_comment import DeleteComment
from civic.actions.destinations import Chat, LoseDestination, SetUpDestination, WelcomeDestination
from civic.actions.draft_broadcast import DiscardBroadcast
from civic.actions.introduce_oneself import ChooseHours, ChooseLanguage, ChooseName, ChooseNews
from civic.actions.join_chats import TryJoinCode
from civic.actions.meet_resident import LoseContact, MeetResident, Recognise
from civic.actions.moderate_comments import DecideOnComment
from civic.actions.publish_comment import PublishComment
from civic.actions.remind import RemindUnfinished
from civic.actions.send_broadcast import ReviseBroadcast, SendBroadcast
from civic.actions.submit_idea import SubmitIdea
from civic.actions.write_comment import BeginComment, DiscardComment, EditComment, WriteComment
from civic.model.announcement import Announcement
from civic.model.broadcast import Broadcast, Order
from civic.model.comment import CommentKind
from civic.model.community import Community
from civic.model.cycle import Cycle, StageAction, StageKind
from civic.model.destination import DestinationKind
from civic.model.idea import IdeaContent
from civic.model.moderation import Ground, Verdict, Why
from civic.model.refusal import Reason, Refused
from civic.model.resident import Hours, NewsChoice, Resident, Role
from civic.ports import Work
from civic.rules.joining import MOST_FAILURES
from tests.broadcasts import drafted
from tests.civic.cycles import VOTING, cycle, stage_id, stored
from tests.conftest import ON_POSTGRES, Meet
from tests.consultation import discuss
from tests.fakes import CountingRandomness, FrozenClock, Steady
from tests.idea_cycles import collecting
from tests.idea_cycles import stored as stored_ideas
from tests.interleaving import Interruption
from tests.storage.ledger import told

pytestmark = ON_POSTGRES

Interruptions = AsyncIterator[Interruption]
EVENINGS = Hours(18, 21)
RUDE = Why(Ground.INSULT)


class Silent:
    """An alarm that wakes nobody."""

    def wake(self) -> None:
        """Do nothing."""


async def _outcome(doing: Awaitable[object]) -> Reason | None:
    """Return why it was refused; None when it was done."""
    try:
        await doing
    except Refused as refused:
        return refused.reason
    return None


@pytest.fixture
async def person(resident: Meet) -> Resident:
    """Somebody with two devices."""
    return await resident()


async def _now(work: Work, person: Resident) -> Resident:
    async with work.read() as unit:
        found = await unit.residents.get(person.id)
    assert found is not None
    return found


# People


async def test_a_first_press_that_comes_twice_brings_one_newcomer(
    interruptions: Interruptions, work: Work, town: Community, clock: FrozenClock
) -> None:
    assert town.id
    meet, number = MeetResident(work, clock), 0
    async for moment in interruptions:
        number += 1
        address = f"newcomer-{number}"
        first, again = await moment.meet(
            meet("webchat", address, "kk"), meet("webchat", address, "kk")
        )
        assert first == again


async def test_what_is_changed_on_two_devices_is_changed(
    interruptions: Interruptions, work: Work, person: Resident
) -> None:
    async for moment in interruptions:
        before = await _now(work, person)
        language = "ru" if before.language == "kk" else "kk"
        name = f"{before.display_name}а"
        await moment.meet(ChooseLanguage(work)(person, language), ChooseName(work)(person, name))
        after = await _now(work, person)
        assert (after.language, after.display_name) == (language, name)


async def test_hours_and_a_name_are_changed_on_two_devices(
    interruptions: Interruptions, work: Work, person: Resident, clock: FrozenClock
) -> None:
    async for moment in interruptions:
        name = f"{(await _now(work, person)).display_name}а"
        await moment.meet(
            ChooseHours(work, clock)(person, EVENINGS), ChooseName(work)(person, name)
        )
        after = await _now(work, person)
        assert (after.hours, after.display_name) == (EVENINGS, name)


async def test_a_declaration_keeps_what_another_device_changes(
    interruptions: Interruptions, work: Work, person: Resident, clock: FrozenClock
) -> None:
    vote = await stored(work, person.community_id, cycle(VOTING))
    async for moment in interruptions:
        before = await _now(work, person)
        async with work.write() as unit:
            await unit.residents.save(replace(before, declared_at=None, declared_age=None))
            await unit.commit()
        name = f"{before.display_name}а"
        await moment.meet(
            DeclareResidence(work, clock)(person, vote.id), ChooseName(work)(person, name)
        )
        after = await _now(work, person)
        assert after.declared_at is not None
        assert after.display_name == name


async def test_who_comes_back_keeps_what_another_device_changes(
    interruptions: Interruptions, work: Work, town: Community, clock: FrozenClock
) -> None:
    assert town.id
    person, _contact = await MeetResident(work, clock)("telegram", "7", "kk", 7)
    async for moment in interruptions:
        await ChooseNews(work)(person, NewsChoice.ALL)
        await LoseContact(work)("telegram", 7)
        name = f"{(await _now(work, person)).display_name}а"
        found, _ = await moment.meet(
            Recognise(work, clock, Steady())("telegram", 7), ChooseName(work)(person, name)
        )
        assert found is not None
        after = await _now(work, person)
        assert (after.display_name, after.news, after.came_back) == (name, NewsChoice.NONE, True)


# Remarks


@pytest.fixture
async def consultation(work: Work, town: Community, clock: FrozenClock) -> Cycle:
    """A consultation that is open."""
    return await discuss(work, town, clock)


class Hall:
    """What a person says in a consultation."""

    def __init__(self, work: Work, clock: FrozenClock, person: Resident, about: Cycle) -> None:
        """Let `person` speak."""
        self.begin = BeginComment(work, clock)
        self.write = WriteComment(work, clock)
        self.publish = PublishComment(work, clock)
        self.edit = EditComment(work, clock)
        self.delete = DeleteComment(work, clock)
        self.discard = DiscardComment(work)
        self.work, self.person, self.cycle = work, person, about

    async def draft(self) -> int:
        """Begin a remark that has everything; return its id."""
        view = await self.begin(self.person, self.cycle.id, None)
        await self.write(
            self.person, view.draft.id, kind=CommentKind.COMMENT, text="Мектепке көбірек"
        )
        return view.draft.id

    async def say(self) -> int:
        """Publish a remark; return its number."""
        return (await self.publish(self.person, await self.draft())).comment.id

    async def has_finished(self) -> bool | None:
        """Tell whether the person finished; None when not even begun."""
        stage = self.cycle.stages[0]
        async with self.work.read() as unit:
            return (await unit.engagements.of_resident(self.person.id, [stage.id])).get(stage.id)


@pytest.fixture
def hall(work: Work, clock: FrozenClock, person: Resident, consultation: Cycle) -> Hall:
    """Where the person speaks."""
    return Hall(work, clock, person, consultation)


async def test_two_devices_begin_one_remark(interruptions: Interruptions, hall: Hall) -> None:
    async for moment in interruptions:
        one, other = await moment.meet(
            hall.begin(hall.person, hall.cycle.id, None),
            hall.begin(hall.person, hall.cycle.id, None),
        )
        assert one == other
        await hall.discard(hall.person, one.draft.id)


async def test_two_devices_publish_one_remark_of_which_both_are_told(
    interruptions: Interruptions, hall: Hall
) -> None:
    async for moment in interruptions:
        draft = await hall.draft()
        one, other = await moment.meet(
            hall.publish(hall.person, draft), hall.publish(hall.person, draft)
        )
        assert one == other


async def test_words_that_were_taken_are_published(
    interruptions: Interruptions, hall: Hall
) -> None:
    async for moment in interruptions:
        draft = await hall.draft()
        published, refused = await moment.meet(
            hall.publish(hall.person, draft),
            _outcome(hall.write(hall.person, draft, text="Ауылға көбірек")),
        )
        assert refused or published.comment.text == "Ауылға көбірек"


async def test_who_deletes_one_remark_and_publishes_another_has_finished(
    interruptions: Interruptions, hall: Hall
) -> None:
    async for moment in interruptions:
        old, draft = await hall.say(), await hall.draft()
        _, new = await moment.meet(hall.delete(hall.person, old), hall.publish(hall.person, draft))
        assert await hall.has_finished()
        await hall.delete(hall.person, new.comment.id)


async def test_two_moderators_who_agree_tell_the_author_once(
    interruptions: Interruptions, work: Work, hall: Hall, clock: FrozenClock, resident: Meet
) -> None:
    moderators = [
        replace(await resident(), roles=frozenset({Role.MODERATOR})) for _moderator in range(2)
    ]
    decide, said = DecideOnComment(work, clock), 0
    async for moment in interruptions:
        remark = await hall.say()
        said += 1
        one, other = (decide(moderator, remark, Verdict.HIDDEN, RUDE) for moderator in moderators)
        await moment.meet(one, other)
        assert len(await told(work, hall.person)) == said


async def test_what_a_moderator_has_hidden_is_not_changed_any_more(
    interruptions: Interruptions, work: Work, hall: Hall, clock: FrozenClock, resident: Meet
) -> None:
    moderator = replace(await resident(), roles=frozenset({Role.MODERATOR}))
    decide = DecideOnComment(work, clock)
    async for moment in interruptions:
        remark = await hall.say()
        view = await hall.edit(hall.person, remark)
        draft = view.draft.id
        await hall.write(hall.person, draft, text="Ауылға көбірек")

        async def hide(remark: int = remark) -> str:
            await decide(moderator, remark, Verdict.HIDDEN, RUDE)
            async with work.read() as unit:
                hidden = await unit.comments.get(remark)
            assert hidden is not None
            return hidden.text

        _, text = await moment.meet(_outcome(hall.publish(hall.person, draft)), hide())
        async with work.read() as unit:
            after = await unit.comments.get(remark)
        assert after is not None
        assert (after.text, after.hidden) == (text, RUDE)
        await hall.discard(hall.person, draft)


# Announcements


@pytest.fixture
async def organisers(work: Work, resident: Meet) -> tuple[Resident, Resident]:
    """Two who may announce."""
    people = [await resident() for _organiser in range(2)]
    async with work.write() as unit:
        for one in people:
            await unit.residents.grant(one.id, Role.ORGANISER)
        await unit.commit()
    author, other = (one.with_role(Role.ORGANISER) for one in people)
    return author, other


ORDER = Order(Broadcast({"kk": "Су болмайды", "ru": "Воды не будет"}))


async def test_a_draft_sent_on_two_devices_is_announced_once_and_both_are_told(
    interruptions: Interruptions,
    work: Work,
    clock: FrozenClock,
    organisers: tuple[Resident, Resident],
) -> None:
    author, _ = organisers
    send = SendBroadcast(work, clock, Silent())
    async for moment in interruptions:
        draft = await drafted(work, author, ORDER)
        one, other = await moment.meet(send(author, draft), send(author, draft))
        assert one == other


async def test_a_draft_is_approved_on_two_devices_once(
    interruptions: Interruptions,
    work: Work,
    town: Community,
    clock: FrozenClock,
    organisers: tuple[Resident, Resident],
) -> None:
    async with work.write() as unit:
        await unit.communities.save(replace(town, broadcasts_need_second_organiser=True))
        await unit.commit()
    author, other = organisers
    approve = ApproveBroadcast(work, clock, Silent())
    async for moment in interruptions:
        draft = await drafted(work, author, ORDER)
        waiting = await HandInBroadcast(work, clock, Silent())(author, draft)
        one, again = await moment.meet(
            approve(other, draft, waiting.version), approve(other, draft, waiting.version)
        )
        assert one == again


async def test_a_draft_is_thrown_away_on_two_devices(
    interruptions: Interruptions,
    work: Work,
    clock: FrozenClock,
    organisers: tuple[Resident, Resident],
) -> None:
    author, _ = organisers
    discard = DiscardBroadcast(work, clock)
    async for moment in interruptions:
        draft = await drafted(work, author, ORDER)
        await moment.meet(discard(author, draft), discard(author, draft))
        async with work.read() as unit:
            assert await unit.broadcasts.draft(draft) is None


async def test_an_announcement_is_taken_back_in_the_words_in_which_it_was_sent_last(
    interruptions: Interruptions,
    work: Work,
    clock: FrozenClock,
    organisers: tuple[Resident, Resident],
) -> None:
    author, _ = organisers
    send, revise = SendBroadcast(work, clock, Silent()), ReviseBroadcast(work, clock)
    words = Broadcast({"kk": "Су ертең болмайды", "ru": "Воды не будет завтра"})

    async def reword(announced: int) -> bool:
        draft = await revise(author, announced)
        async with work.write() as unit:
            await unit.broadcasts.save_draft(replace(draft, order=Order(words)))
            await unit.commit()
        return await _outcome(send(author, draft.id)) is None

    async for moment in interruptions:
        announced = await send(author, await drafted(work, author, ORDER))
        _, reworded = await moment.meet(revise(author, announced.id), reword(announced.id))
        draft = await revise(author, announced.id)
        assert not reworded or draft.order.broadcast.texts == words.texts
        await DiscardBroadcast(work, clock)(author, draft.id)


async def test_nobody_is_reminded_of_a_day_that_was_moved(
    interruptions: Interruptions,
    work: Work,
    clock: FrozenClock,
    organisers: tuple[Resident, Resident],
    person: Resident,
) -> None:
    author, _ = organisers
    remind, change = RemindUnfinished(work, clock), ChangeStage(work, clock, Silent())
    number = 0
    clock.set(VOTING.closes_at - timedelta(days=3))
    async for moment in interruptions:
        number += 1
        vote = await stored(work, person.community_id, cycle(VOTING), f"vote-{number}")
        later = VOTING.closes_at + timedelta(days=10)
        wish = Wish(stage_id(vote, StageKind.VOTING), StageAction.EXTENDED, "Дауыс беру аз", later)

        async def extend(wish: Wish = wish) -> Sequence[Announcement]:
            await change(author, wish)
            return await told(work, person)

        _, heard = await moment.meet(remind(vote.id), extend())
        assert await told(work, person) == heard


# Groups and channels


async def test_a_group_that_was_lost_stays_lost_while_it_is_set_up(
    interruptions: Interruptions,
    work: Work,
    town: Community,
    clock: FrozenClock,
) -> None:
    async with work.write() as unit:
        organiser, _contact = await unit.residents.add(town.id, "kk", "test", "7", 7, clock.now())
        await unit.residents.grant(organiser.id, Role.ORGANISER)
        await unit.commit()
    organiser = organiser.with_role(Role.ORGANISER)
    yard = Chat("test", -100, DestinationKind.GROUP, "Аула")
    async for moment in interruptions:
        await WelcomeDestination(work, clock)(yard, 7)
        async with work.read() as unit:
            (found,) = await unit.destinations.of_community(town.id)
        await moment.meet(
            _outcome(SetUpDestination(work)(organiser, found.id, reminders=not found.reminders)),
            LoseDestination(work)("test", -100),
        )
        async with work.read() as unit:
            after = await unit.destinations.get(found.id)
        assert after is not None
        assert not after.present


# Pictures


async def test_the_photo_of_an_idea_stays_while_it_is_submitted(
    interruptions: Interruptions, work: Work, person: Resident, clock: FrozenClock
) -> None:
    ideas = await stored_ideas(work, collecting(person.community_id))
    number = 0

    async def tidy() -> None:
        async with work.write() as unit:
            await unit.pictures.remove_unused(clock.now() + timedelta(days=1), 9)
            await unit.commit()

    async for moment in interruptions:
        number += 1
        async with work.write() as unit:
            photo = await unit.pictures.add(f"photo {number}".encode(), "image/jpeg", clock.now())
            content = IdeaContent("Скамейки", "Негде присесть", "Поставить пять", "parks")
            content = replace(content, place="Абай", photos=(photo,))
            draft = await unit.ideas.add_draft(person.id, ideas.id, None, content, clock.now())
            await unit.commit()
        await moment.meet(tidy(), SubmitIdea(work, clock)(person, draft.id))
        async with work.read() as unit:
            assert await unit.pictures.get(photo) is not None


# Codes


async def test_of_two_wrong_codes_at_once_both_are_counted(
    interruptions: Interruptions,
    work: Work,
    clock: FrozenClock,
    randomness: CountingRandomness,
    resident: Meet,
) -> None:
    attempt = TryJoinCode(work, clock, randomness)
    async for moment in interruptions:
        person = await resident()
        for _ in range(MOST_FAILURES - 1):
            await _outcome(attempt(person, "123456789"))
        outcomes = await moment.meet(
            _outcome(attempt(person, "123456789")), _outcome(attempt(person, "123456789"))
        )
        assert set(outcomes) == {Reason.JOIN_CODE_UNKNOWN, Reason.JOIN_TOO_OFTEN}
