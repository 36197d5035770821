"""Two residents turn out to be one: what goes over, what stays, and who votes once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from civic.actions.cast_ballot import CastBallot
from civic.actions.count_votes import count_votes
from civic.actions.introduce_oneself import ChooseHours
from civic.actions.join_chats import GiveJoinCode, JoinChats, ReadJoinOffer
from civic.actions.read_ballot import ReadBallot
from civic.actions.read_my_things import ReadMyThings
from civic.model.announcement import DeliveryState, Outcome
from civic.model.audience import EVERYONE, Trait
from civic.model.broadcast import Order
from civic.model.comment import CommentKind
from civic.model.community import Community
from civic.model.cycle import StageState
from civic.model.idea import IdeaContent
from civic.model.refusal import Reason, Refused
from civic.model.resident import Hours, Resident, Role, TopicChoice
from civic.ports import Work
from storage.database import Database
from storage.tables.voting import ballots, participation
from tests.civic.actions.joining import Joining
from tests.civic.actions.voting import Booth, Vote, hold_vote
from tests.civic.rules.votes import CLOSES
from tests.conftest import ON_POSTGRES
from tests.consultation import discuss
from tests.fakes import CountingRandomness, FrozenClock
from tests.idea_cycles import collecting, stored
from tests.interleaving import done_or_waiting
from tests.storage.ledger import claim, fill, plan, send, settle, states, tell, told

Meet = Callable[..., Awaitable[Resident]]
SECOND = timedelta(seconds=1)


@pytest.fixture
def joining(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> Joining:
    return Joining(work, clock, randomness)


@pytest.fixture
def offer(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> ReadJoinOffer:
    return ReadJoinOffer(work, clock, randomness)


@pytest.fixture
def booth(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> Booth:
    return Booth(work, clock, randomness)


@pytest.fixture
def read(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> ReadBallot:
    return ReadBallot(work, clock, randomness)


@pytest.fixture
async def vote(work: Work, town: Community) -> Vote:
    return await hold_vote(work, town.id)


@pytest.fixture
async def anna(resident: Meet) -> Resident:
    """Return who gives the code."""
    return await resident("ru")


@pytest.fixture
async def bolat(resident: Meet, anna: Resident) -> Resident:
    """Return who writes it."""
    assert anna.id
    return await resident("kk")


async def reason(waiting: Awaitable[object]) -> Reason:
    with pytest.raises(Refused) as refused:
        await waiting
    return refused.value.reason


async def count(work: Work, vote: Vote) -> int:
    async with work.read() as unit:
        return await unit.ballots.count(vote.stage.id)


async def test_both_chats_lead_to_the_one_who_stays_and_the_other_is_gone(
    work: Work, joining: Joining, anna: Resident, bolat: Resident
) -> None:
    here = await joining.contacts(bolat)
    assert await joining(anna, bolat) == anna
    kept = await joining.contacts(anna)
    assert [contact.id for contact in kept[1:]] == [contact.id for contact in here]
    # The last thing written was the code.
    assert [(one.latest, one.chosen, one.moved) for one in kept] == [
        (False, False, False),
        (True, False, True),
    ]
    async with work.read() as unit:
        assert await unit.residents.get(bolat.id) is None
        assert await unit.residents.count(anna.community_id) == 1
        assert await unit.joining.former(anna.id) == [bolat.id]


async def test_the_other_chats_of_who_wrote_the_code_are_told_too(
    work: Work,
    clock: FrozenClock,
    joining: Joining,
    anna: Resident,
    bolat: Resident,
    resident: Meet,
) -> None:
    bolat = await joining(bolat, await resident("en"))
    first, second = await joining.contacts(bolat)
    async with work.write() as unit:
        for alert in await unit.joining.alerts(["test"], clock.now()):
            await unit.joining.alerted(alert.id)
        await unit.commit()
    (giver,) = await joining.contacts(anna)

    await joining(anna, bolat)  # which Bolat does in the first of the two

    async with work.read() as unit:
        told = await unit.joining.alerts(["test"], clock.now())
    assert {(one.chat_id, one.language) for one in told} == {
        (giver.chat_id, anna.language),
        (second.chat_id, bolat.language),
    }
    assert first.chat_id not in {one.chat_id for one in told}


async def test_what_was_announced_to_who_was_just_joined_reaches_them(
    work: Work,
    town: Community,
    clock: FrozenClock,
    joining: Joining,
    anna: Resident,
    bolat: Resident,
) -> None:
    made = await stored(work, collecting(town.id))
    await joining(anna, bolat)
    # By somebody who had read before who they are.
    audience = EVERYONE.those(Trait.PERSON, bolat.id)
    await plan(work, made, clock.now(), audience=audience)
    assert await fill(work, clock.now()) == [1]
    assert [one.resident_id for one in await claim(work, clock.now())] == [anna.id]


async def test_every_chat_that_was_there_is_to_be_told_what_was_joined(
    work: Work,
    clock: FrozenClock,
    joining: Joining,
    anna: Resident,
    bolat: Resident,
    resident: Meet,
) -> None:
    third = await resident("en")
    key = await joining.key(anna, bolat)
    async with work.read() as unit:
        assert await unit.joining.alerts(["test"], clock.now()) == []
    await joining.by(key, bolat)
    first, second = await joining.contacts(anna)
    async with work.read() as unit:
        (told,) = await unit.joining.alerts(["test"], clock.now())
    assert (told.chat_id, told.language, told.joined) == (first.chat_id, "ru", "test")
    async with work.write() as unit:
        await unit.joining.alerted(told.id)
        await unit.residents.set_reachable(second.channel, second.chat_id, reachable=False)
        await unit.commit()
    await joining(anna, third)
    async with work.read() as unit:
        again = await unit.joining.alerts(["test"], clock.now())
    assert [one.chat_id for one in again] == [first.chat_id]


async def test_a_code_that_somebody_has_already_is_drawn_again(
    joining: Joining, anna: Resident, bolat: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The code is worked out for its hash, and again to be shown.
    drawn = iter(["111111111", "111111111", "111111111", "222222222", "222222222"])
    monkeypatch.setattr("civic.actions.join_chats.code_from", lambda _number: next(drawn))
    give = GiveJoinCode(joining.work, joining.clock, joining.randomness)
    assert (await give(anna)).code == "111111111"
    assert (await give(bolat)).code == "222222222"


async def test_a_chat_that_is_not_theirs_is_not_joined(
    joining: Joining, anna: Resident, bolat: Resident
) -> None:
    join = JoinChats(joining.work, joining.clock, joining.randomness)
    key = await joining.key(anna, bolat)
    assert await reason(join(bolat, key, "nowhere", 999)) is Reason.JOIN_CODE_SPENT


async def test_what_waited_for_other_hours_comes_in_those_of_who_stays(
    work: Work,
    town: Community,
    clock: FrozenClock,
    joining: Joining,
    bolat: Resident,
    anna: Resident,
    resident: Meet,
) -> None:
    bolat = await ChooseHours(work, clock)(bolat, Hours(22, 23))
    await tell(work, await stored(work, collecting(town.id)), clock.now())
    assert [one.resident_id for one in await claim(work, clock.now())] == [anna.id]

    carla = await joining(await resident("ru"), bolat)

    assert [one.resident_id for one in await claim(work, clock.now())] == [carla.id]


async def test_everything_a_person_has_goes_over_once(
    work: Work, town: Community, clock: FrozenClock, joining: Joining, resident: Meet
) -> None:
    anna, bolat, third = await resident(), await resident(), await resident()
    cycle = await stored(work, collecting(town.id))
    talk = await discuss(work, town, clock)
    now = clock.now()
    async with work.write() as unit:
        by = {}
        for author in (anna, bolat, third):
            draft = await unit.ideas.add_draft(
                author.id, cycle.id, None, IdeaContent(title=f"Idea {author.id}"), now
            )
            by[author.id] = await unit.ideas.submit(draft, now)
            await unit.ideas.remove_draft(draft.id)
        for supporter in (anna, bolat):
            for idea in by.values():
                await unit.ideas.support(idea.id, supporter.id, on=True)
        remark = await unit.comments.add_draft(bolat.id, talk.id, None, None)
        remark = replace(remark, kind=CommentKind.COMMENT, text="Yes")
        said = await unit.comments.publish(remark, now)
        await unit.comments.remove_draft(remark.id)
        await unit.comments.support(said.id, anna.id, on=True)
        await unit.comments.support(said.id, third.id, on=True)
        await unit.comments.report(said.id, anna.id, now)
        for person, role in ((anna, Role.MODERATOR), (bolat, Role.MODERATOR)):
            await unit.residents.grant(person.id, role)
        await unit.residents.grant(bolat.id, Role.ORGANISER)
        for person, topic in ((anna, "parks"), (bolat, "parks"), (bolat, "sport")):
            await unit.residents.choose_topic(person.id, topic, TopicChoice.FOLLOW)
        for stage in cycle.stages[:2]:
            await unit.engagements.begin(stage.id, anna.id)
        await unit.engagements.finish(cycle.stages[0].id, bolat.id)
        await unit.engagements.begin(cycle.stages[1].id, bolat.id)
        await unit.engagements.begin(cycle.stages[2].id, bolat.id)
        for person in (anna, bolat):
            await unit.broadcasts.add_draft(person.id, "menu", Order(), now)
        await unit.commit()

    kept = await joining(anna, bolat)

    assert kept.roles == {Role.MODERATOR, Role.ORGANISER}
    async with work.read() as unit:
        assert await unit.residents.get(anna.id) == kept
        assert {idea.id for idea in await unit.ideas.of_author(anna.id)} == {
            by[anna.id].id,
            by[bolat.id].id,
        }
        # Nobody supports what is now their own.
        assert await unit.ideas.supported_by(anna.id, cycle.id) == {by[third.id].id}
        found = await unit.comments.of_author(anna.id)
        assert [(one.text, one.supports) for one in found] == [("Yes", 1)]
        assert await unit.comments.complaints(said.id) == 0
        assert set(await unit.residents.topic_choices(anna.id)) == {"parks", "sport"}
        stage_ids = [stage.id for stage in cycle.stages]
        assert await unit.engagements.of_resident(anna.id, stage_ids) == dict(
            zip(stage_ids, [True, False, False], strict=True)
        )
        assert len(await unit.broadcasts.drafts_of(anna.id)) == 2


async def test_of_two_drafts_the_person_was_told_which_one_goes(
    work: Work,
    town: Community,
    clock: FrozenClock,
    joining: Joining,
    offer: ReadJoinOffer,
    anna: Resident,
    bolat: Resident,
) -> None:
    cycle = await stored(work, collecting(town.id))
    other = await stored(work, collecting(town.id, slug="next"))
    talk = await discuss(work, town, clock)
    async with work.write() as unit:
        for person, title, age in ((anna, "Park", 1), (bolat, "Road", 0)):
            await unit.ideas.add_draft(
                person.id, cycle.id, None, IdeaContent(title), clock.now() - age * SECOND
            )
            remark = await unit.comments.add_draft(person.id, talk.id, None, None)
            await unit.comments.save_draft(replace(remark, text="" if age else title))
        await unit.ideas.add_draft(bolat.id, other.id, None, IdeaContent("School"), clock.now())
        await unit.commit()
    key = await joining.key(anna, bolat)
    shown = await offer(bolat, key)
    assert (shown.idea_drafts, shown.comment_drafts) == (1, 1)

    await joining.by(key, bolat)

    async with work.read() as unit:
        drafts = await unit.ideas.drafts_of(anna.id)
        remark_left = await unit.comments.draft_of(anna.id, talk.id)
    assert {draft.content.title for draft in drafts} == {"Road", "School"}
    assert remark_left is not None
    assert remark_left.text == "Road"


async def test_a_ballot_goes_over_and_can_be_changed(
    joining: Joining,
    offer: ReadJoinOffer,
    booth: Booth,
    read: ReadBallot,
    vote: Vote,
    resident: Meet,
) -> None:
    anna = await resident()
    bolat = await booth.declared(await resident(), vote)
    await booth.cast(bolat, vote, 0, 2)
    key = await joining.key(anna, bolat)
    shown = await offer(bolat, key)
    assert (shown.carried, shown.withdrawn) == ((vote.cycle.titles,), ())

    kept = await joining.by(key, bolat)

    view = await read(kept, vote.id)
    assert view.choices == {vote.projects[0].id, vote.projects[2].id}
    assert view.receipt
    # The declaration came with it.
    await booth.cast(kept, vote, 0, chosen=False)
    assert (await read(kept, vote.id)).choices == {vote.projects[2].id}
    assert await count(joining.work, vote) == 1


async def test_of_two_ballots_in_an_open_vote_that_of_the_giver_counts(
    work: Work,
    database: Database,
    joining: Joining,
    offer: ReadJoinOffer,
    booth: Booth,
    read: ReadBallot,
    vote: Vote,
    resident: Meet,
) -> None:
    anna = await booth.declared(await resident(), vote)
    bolat = await booth.declared(await resident(), vote)
    await booth.cast(anna, vote, 0)
    await booth.cast(bolat, vote, 1, 2)
    receipt = (await read(anna, vote.id)).receipt
    key = await joining.key(anna, bolat)
    shown = await offer(bolat, key)
    assert (shown.carried, shown.withdrawn) == ((), (vote.cycle.titles,))

    kept = await joining.by(key, bolat)

    view = await read(kept, vote.id)
    assert (set(view.choices), view.receipt) == ({vote.projects[0].id}, receipt)
    assert await count(work, vote) == 1
    async with database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(participation)) == 1
    # Taking it back leaves no other.
    await booth.cast(kept, vote, 0, chosen=False)
    assert await count(work, vote) == 0


async def test_a_vote_that_is_over_is_not_touched_and_both_receipts_stay(
    clock: FrozenClock,
    joining: Joining,
    offer: ReadJoinOffer,
    booth: Booth,
    read: ReadBallot,
    vote: Vote,
    resident: Meet,
) -> None:
    work = joining.work
    anna = await booth.declared(await resident(), vote)
    bolat = await booth.declared(await resident(), vote)
    await booth.cast(anna, vote, 0)
    await booth.cast(bolat, vote, 1)
    receipts = [(await read(one, vote.id)).receipt for one in (anna, bolat)]
    clock.set(CLOSES)
    async with work.write() as unit:
        cycle = await unit.cycles.get(vote.id, lock=True)
        assert cycle is not None
        protocol = await count_votes(unit, cycle, clock.now())
        await unit.cycles.save_stage(replace(vote.stage, state=StageState.CLOSED))
        await unit.commit()
    key = await joining.key(anna, bolat)
    assert (await offer(bolat, key)).withdrawn == ()

    kept = await joining.by(key, bolat)

    view = await read(kept, vote.id)
    assert (set(view.choices), view.receipt) == ({vote.projects[0].id}, ", ".join(receipts))
    assert await count(work, vote) == 2
    async with work.write() as unit:
        assert await unit.protocols.get(vote.id) == protocol
        await unit.ballots.destroy_links(vote.stage.id)
        await unit.commit()
    mine = await ReadMyThings(work, clock, joining.randomness)(kept)
    assert [voting.receipt for voting in mine.votings] == [", ".join(receipts)]


async def test_a_receipt_of_a_vote_that_is_over_survives_two_joinings(
    work: Work,
    clock: FrozenClock,
    joining: Joining,
    booth: Booth,
    read: ReadBallot,
    vote: Vote,
    resident: Meet,
) -> None:
    anna, bolat = await resident(), await resident()
    third = await booth.declared(await resident(), vote)
    await booth.cast(third, vote, 1)
    receipt = (await read(third, vote.id)).receipt
    async with work.write() as unit:
        await unit.cycles.save_stage(replace(vote.stage, state=StageState.CLOSED))
        await unit.commit()
    clock.set(CLOSES)

    kept = await joining(anna, await joining(bolat, third))

    view = await read(kept, vote.id)
    assert (set(view.choices), view.receipt) == ({vote.projects[1].id}, receipt)


async def test_while_a_ballot_is_being_counted_its_voter_is_not_joined(
    clock: FrozenClock, joining: Joining, booth: Booth, vote: Vote, resident: Meet
) -> None:
    anna, third = await resident(), await resident()
    bolat = await booth.declared(await resident(), vote)
    await booth.cast(bolat, vote, 0)
    clock.set(CLOSES)
    key = await joining.key(anna, bolat)
    assert await reason(joining.by(key, bolat)) is Reason.JOIN_COUNTING
    # Who has no ballot there need not wait.
    assert await joining(anna, third) == anna


async def test_copies_of_news_go_over_and_none_is_told_twice(
    work: Work,
    town: Community,
    clock: FrozenClock,
    database: Database,
    joining: Joining,
    anna: Resident,
    bolat: Resident,
) -> None:
    made = await stored(work, collecting(town.id))
    now = clock.now()
    both_wait = await tell(work, made, now, "both wait")
    mine_sent = await tell(work, made, now, "mine is sent")
    their_sent = await tell(work, made, now, "theirs is sent")
    theirs_flies = await tell(work, made, now, "theirs is being sent")
    claimed = {(one.announcement_id, one.resident_id): one for one in await claim(work, now)}
    sent = DeliveryState.SENT
    back = DeliveryState.PENDING
    await settle(
        work,
        now,
        *(Outcome(claimed[both_wait, one.id], back, tried=False) for one in (anna, bolat)),
        Outcome(claimed[mine_sent, anna.id], sent),
        Outcome(claimed[mine_sent, bolat.id], back, tried=False),
        Outcome(claimed[their_sent, anna.id], back, tried=False),
        Outcome(claimed[their_sent, bolat.id], sent),
        Outcome(claimed[theirs_flies, anna.id], DeliveryState.FAILED, "400"),
    )

    await joining(anna, bolat)

    # Its sender does not find what it was sending any more, and nothing breaks.
    await settle(work, now, Outcome(claimed[theirs_flies, bolat.id], sent))
    assert [(who, state) for who, state, *_ in await states(database)] == [
        (anna.id, "pending"),
        (anna.id, "sent"),
        (anna.id, "sent"),
        (anna.id, "pending"),
    ]
    again = await claim(work, now)
    assert {one.announcement_id for one in again} == {both_wait, theirs_flies}


async def test_news_for_the_one_who_is_gone_reaches_the_one_who_stays(
    work: Work, town: Community, clock: FrozenClock, joining: Joining, resident: Meet
) -> None:
    anna, bolat = await resident(), await resident()
    made = await stored(work, collecting(town.id))
    audience = EVERYONE.those(Trait.PERSON, anna.id, bolat.id)
    await plan(work, made, clock.now(), audience=audience)

    await joining(anna, bolat)

    assert len(await told(work, anna)) == 1


TWO = [(0, 3), (3, 0), (1, 2), (2, 1)]


async def _write_parts(work: Work, clock: FrozenClock, parts: int) -> None:
    for _part in range(parts):
        async with work.write() as unit:
            assert await unit.announcements.fill(1, clock.now(), ()) == 1
            await unit.commit()


@pytest.mark.parametrize(("giver", "other"), TWO)
@pytest.mark.parametrize("parts", range(5))
async def test_whenever_they_are_joined_everybody_is_told_once(
    work: Work,
    town: Community,
    joining: Joining,
    resident: Meet,
    clock: FrozenClock,
    parts: int,
    giver: int,
    other: int,
) -> None:
    people = [await resident() for _person in range(4)]
    made = await stored(work, collecting(town.id))
    await plan(work, made, clock.now())
    # Before the first part, after each, and, as one is tried that is empty, after the last.
    await _write_parts(work, clock, parts)
    await send(work, clock.now())

    await joining(people[giver], people[other])

    await fill(work, clock.now(), 1)
    ids = [person.id for person in people]
    rest = [ids.index(copy.resident_id) for copy in await claim(work, clock.now())]
    times = Counter([*range(parts), *rest])
    were_told_as_two = parts > max(giver, other)
    assert times[giver] + times[other] == (2 if were_told_as_two else 1)
    assert [times[who] for who in range(4) if who not in {giver, other}] == [1, 1]


@pytest.mark.parametrize("written", range(4))
@pytest.mark.parametrize("two", [(0, 2), (2, 0)])
async def test_who_can_be_reached_in_one_of_two_chats_is_told_there_whenever_they_are_joined(
    work: Work,
    town: Community,
    database: Database,
    joining: Joining,
    resident: Meet,
    clock: FrozenClock,
    written: int,
    two: tuple[int, int],
) -> None:
    giver, other = two
    people = [await resident() for _person in range(4)]
    (blocked,) = await joining.contacts(people[giver])
    async with work.write() as unit:
        await unit.residents.set_reachable(blocked.channel, blocked.chat_id, reachable=False)
        await unit.commit()
    made = await stored(work, collecting(town.id))
    await plan(work, made, clock.now())
    await _write_parts(work, clock, written)

    await joining(people[giver], people[other])

    await fill(work, clock.now(), 1)
    told_to = [person for person, _state, _attempts, _error in await states(database)]
    assert told_to == sorted(person.id for person in people if person is not people[other])


async def test_what_reached_nobody_in_one_chat_is_told_when_the_turn_of_the_other_comes(
    work: Work,
    town: Community,
    database: Database,
    joining: Joining,
    resident: Meet,
    clock: FrozenClock,
) -> None:
    first, second, third = [await resident() for _person in range(3)]
    made = await stored(work, collecting(town.id))
    await plan(work, made, clock.now())
    await _write_parts(work, clock, 1)
    (copy,) = await claim(work, clock.now())
    await settle(work, clock.now(), Outcome(copy, DeliveryState.BLOCKED, "blocked"))

    await joining(first, third)

    assert await states(database) == [(first.id, "pending", 0, "")]
    await fill(work, clock.now(), 1)
    assert [one.resident_id for one in await claim(work, clock.now())] == [first.id, second.id]


async def test_what_may_have_reached_somebody_is_not_told_again_at_the_turn_of_the_other(
    work: Work,
    town: Community,
    database: Database,
    joining: Joining,
    resident: Meet,
    clock: FrozenClock,
) -> None:
    first, second = await resident(), await resident()
    made = await stored(work, collecting(town.id))
    await plan(work, made, clock.now())
    await _write_parts(work, clock, 1)
    (copy,) = await claim(work, clock.now())
    failed = Outcome(copy, DeliveryState.FAILED, "TelegramNetworkError", doubtful=True)
    await settle(work, clock.now(), failed)

    await joining(second, first)

    await fill(work, clock.now(), 1)
    assert await states(database) == [(second.id, "failed", 1, "TelegramNetworkError")]


@ON_POSTGRES
async def test_who_is_who_does_not_change_while_a_part_is_written(
    work: Work,
    town: Community,
    database: Database,
    joining: Joining,
    resident: Meet,
    clock: FrozenClock,
) -> None:
    first, second = await resident(), await resident()
    made = await stored(work, collecting(town.id))
    await plan(work, made, clock.now())
    async with asyncio.TaskGroup() as tasks, work.write() as unit:
        assert await unit.announcements.fill(1, clock.now(), ()) == 1
        joined = tasks.create_task(joining(first, second))
        await done_or_waiting(database, joined)
        assert not joined.done()
        await unit.commit()
    await fill(work, clock.now(), 1)
    assert [one.resident_id for one in await claim(work, clock.now())] == [first.id]


async def test_what_waits_goes_where_the_person_is_told_now(
    work: Work, town: Community, clock: FrozenClock, joining: Joining, anna: Resident
) -> None:
    async with work.write() as unit:
        other, _contact = await unit.residents.add(town.id, "kk", "web", "w", None, clock.now())
        await unit.commit()
    made = await stored(work, collecting(town.id))
    await tell(work, made, clock.now())

    await joining(anna, other)

    assert not await claim(work, clock.now(), channel="test")
    assert len(await claim(work, clock.now(), channel="web")) == 1


async def test_of_two_who_write_the_same_code_at_once_one_is_joined(
    work: Work, joining: Joining, resident: Meet
) -> None:
    anna, bolat, third = await resident(), await resident(), await resident()
    keys = [await joining.key(anna, bolat)]
    keys.append(keys[0])

    done = await asyncio.gather(
        joining.by(keys[0], bolat), joining.by(keys[1], third), return_exceptions=True
    )

    refused = [one for one in done if isinstance(one, Refused)]
    assert [one.reason for one in refused] == [Reason.JOIN_CODE_SPENT]
    assert len(await joining.contacts(anna)) == 2
    async with work.read() as unit:
        assert await unit.residents.count(anna.community_id) == 2


async def test_two_who_write_each_others_codes_at_once_become_one(
    work: Work, joining: Joining, anna: Resident, bolat: Resident
) -> None:
    to_anna, to_bolat = await joining.key(anna, bolat), await joining.key(bolat, anna)

    done = await asyncio.gather(
        joining.by(to_anna, bolat), joining.by(to_bolat, anna), return_exceptions=True
    )

    assert [one.reason for one in done if isinstance(one, Refused)] == [Reason.JOIN_CODE_SPENT]
    (kept,) = (one for one in done if isinstance(one, Resident))
    assert len(await joining.contacts(kept)) == 2
    async with work.read() as unit:
        assert await unit.residents.count(anna.community_id) == 1


async def test_who_was_joined_meanwhile_leaves_no_ballot_behind(
    work: Work, joining: Joining, booth: Booth, vote: Vote, resident: Meet
) -> None:
    anna = await resident()
    bolat = await booth.declared(await resident(), vote)
    await joining(anna, bolat)

    # A turn that was going on in the other chat still takes them for who they were.
    with pytest.raises(IntegrityError):
        await booth.cast(bolat, vote, 0)

    assert await count(work, vote) == 0


@pytest.mark.parametrize("_time", range(3))
async def test_voting_in_both_chats_while_they_are_joined_leaves_one_ballot(
    work: Work,
    clock: FrozenClock,
    randomness: CountingRandomness,
    joining: Joining,
    booth: Booth,
    read: ReadBallot,
    vote: Vote,
    resident: Meet,
    _time: int,
) -> None:
    anna = await booth.declared(await resident(), vote)
    bolat = await booth.declared(await resident(), vote)
    cast = CastBallot(work, clock, randomness)
    key = await joining.key(anna, bolat)

    async def tick(person: Resident) -> None:
        for place, chosen in [(0, True), (1, True), (0, False), (1, False), (0, True)]:
            await cast(person, vote.id, vote.projects[place].id, chosen=chosen)
            await asyncio.sleep(0)

    done = await asyncio.gather(
        tick(anna), tick(bolat), joining.by(key, bolat), return_exceptions=True
    )

    assert done[0] is None, done[0]
    assert isinstance(done[2], Resident), done[2]
    choices = (await read(done[2], vote.id)).choices
    assert await count(work, vote) == (1 if choices else 0)
    assert vote.projects[0].id in choices


@ON_POSTGRES
async def test_a_join_waits_for_what_is_being_written_in_the_others_name(
    work: Work,
    joining: Joining,
    town: Community,
    anna: Resident,
    bolat: Resident,
    database: Database,
) -> None:
    cycle = await stored(work, collecting(town.id))
    key = await joining.key(anna, bolat)
    async with asyncio.TaskGroup() as tasks, work.write() as unit:
        await unit.engagements.finish(cycle.stages[0].id, bolat.id)
        # What waits to be written goes with the next statement.
        await unit.engagements.of_resident(bolat.id, [])
        join = tasks.create_task(joining.by(key, bolat))
        await done_or_waiting(database, join)
        assert not join.done()
        await unit.commit()
    async with work.read() as unit:
        stage = cycle.stages[0].id
        assert await unit.engagements.of_resident(anna.id, [stage]) == {stage: True}


async def test_a_join_that_fails_half_way_leaves_both_as_they_were(
    joining: Joining,
    booth: Booth,
    read: ReadBallot,
    vote: Vote,
    resident: Meet,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anna = await resident()
    bolat = await booth.declared(await resident(), vote)
    await booth.cast(bolat, vote, 0)
    key = await joining.key(anna, bolat)
    before = [await read(one, vote.id) for one in (anna, bolat)]

    async def fail(*_given: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        # The last thing that is done.
        patched.setattr("storage.repositories.joining.SqlJoining.put", fail)
        with pytest.raises(RuntimeError):
            await joining.by(key, bolat)

    assert [await read(one, vote.id) for one in (anna, bolat)] == before
    assert len(await joining.contacts(anna)) == len(await joining.contacts(bolat)) == 1
    async with database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(ballots)) == 1
    assert (await joining.by(key, bolat)).id == anna.id
