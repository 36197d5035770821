"""What is told is planned once, for exactly those it concerns, and can be watched and steered."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa

from civic.model.announcement import (
    AnnouncementState,
    Delivery,
    DeliveryState,
    NoticeKind,
    Outcome,
)
from civic.model.audience import EVERYONE, Audience, Trait
from civic.model.community import Community
from civic.model.cycle import Cycle, StageKind
from civic.model.resident import BY_DAY, NewsChoice, Resident, Role, TopicChoice
from civic.ports import Work
from storage.database import Database
from tests.civic.cycles import cycle, stage_id, stored
from tests.conftest import ON_POSTGRES, TOWN, Meet
from tests.fakes import FrozenClock
from tests.storage.ledger import ME, claim, fill, finish, plan, send, settle, states, tell


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A cycle to tell about."""
    return await stored(work, town.id, cycle())


async def _save(work: Work, person: Resident) -> None:
    async with work.write() as unit:
        await unit.residents.save(person)
        await unit.commit()


async def _unreachable(work: Work, person: Resident) -> None:
    async with work.write() as unit:
        (contact,) = await unit.residents.contacts(person.id)
        await unit.residents.set_reachable(contact.channel, contact.chat_id, reachable=False)
        await unit.commit()


async def _add_contact(database: Database, person: Resident, channel: str) -> None:
    async with database.write() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO contacts (resident_id, channel, address, chat_id, reachable,"
                " created_at, latest, chosen)"
                " SELECT resident_id, :channel, :address, 777 + resident_id, reachable,"
                " created_at, NOT latest, chosen FROM contacts WHERE resident_id = :person"
            ),
            {"channel": channel, "address": f"{person.id} too", "person": person.id},
        )
        await connection.commit()


async def _hear_from(work: Work, clock: FrozenClock, person: Resident, channel: str) -> None:
    async with work.write() as unit:
        known = await unit.residents.contacts(person.id)
        here = next(contact for contact in known if contact.channel == channel)
        await unit.residents.heard_from(here, clock.now())
        await unit.commit()


async def _reached(work: Work, made: Cycle, clock: FrozenClock, audience: Audience) -> list[int]:
    """Return who gets a delivery; the count asked for before must say the same."""
    async with work.read() as unit:
        counted = await unit.announcements.reach(made.community_id, audience, made.id)
    key = f"to {sha256(str(audience).encode()).hexdigest()}"
    await tell(work, made, clock.now(), key, audience)
    people = [delivery.resident_id for delivery in await claim(work, clock.now())]
    assert sum(counted.values()) == len(people)
    return people


# Planning.


async def test_the_same_key_is_planned_once(work: Work, clock: FrozenClock, made: Cycle) -> None:
    async with work.read() as unit:
        assert not await unit.announcements.is_planned("key")
    first = await plan(work, made, clock.now())
    async with work.write() as unit:
        assert await unit.announcements.is_planned("key")
        again = await unit.announcements.plan(
            "key", made.community_id, made.id, None, NoticeKind.RESULTS, {}, clock.now()
        )
        assert again is None
    assert await plan(work, made, clock.now(), "another key") != first


async def test_an_announcement_is_read_as_it_was_planned(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    person = await resident()
    audience = EVERYONE.those(Trait.LANGUAGE, "kk", "ru").those(Trait.PERSON, 1, 2)
    async with work.write() as unit:
        announcement_id = await unit.announcements.plan(
            "key",
            made.community_id,
            None,
            None,
            NoticeKind.STAGE_OPENED,
            {"reason": "because", "texts": {"kk": "сәлем"}},
            clock.now(),
            audience=audience,
            send_from=clock.now() + timedelta(hours=1),
            send_until=clock.now() + timedelta(hours=2),
            by=person.id,
        )
        assert announcement_id is not None
        found = await unit.announcements.get(announcement_id)
        assert await unit.announcements.get(404) is None
    assert found is not None
    assert (found.cycle_id, found.stage_id, found.kind) == (None, None, NoticeKind.STAGE_OPENED)
    assert found.parameters == {"reason": "because", "texts": {"kk": "сәлем"}}
    assert (found.audience, found.by, found.number) == (audience, person.id, None)
    assert (found.created_at, found.state) == (clock.now(), AnnouncementState.PLANNING)
    assert found.send_from == clock.now() + timedelta(hours=1)
    assert found.send_until == clock.now() + timedelta(hours=2)


async def test_the_deliveries_are_written_in_parts_and_a_crash_between_them_misses_nobody(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    people = [(await resident()).id for _person in range(5)]
    announcement = await plan(work, made, clock.now())
    async with work.write() as unit:
        assert await unit.announcements.fill(2, clock.now(), ["test"]) == 2
        await unit.commit()
    async with work.write() as unit:
        assert await unit.announcements.fill(2, clock.now(), ["test"]) == 2
        # The process dies here: nothing is committed.
    async with work.read() as unit:
        half = await unit.announcements.get(announcement)
    assert half is not None
    assert (half.state, half.recipients) == (AnnouncementState.PLANNING, 2)
    assert await fill(work, clock.now(), 2) == [2, 1]
    async with work.read() as unit:
        whole = await unit.announcements.get(announcement)
    assert whole is not None
    assert (whole.state, whole.recipients) == (AnnouncementState.RUNNING, 5)
    assert whole.planned_at == clock.now()
    assert [person for person, _state, _attempts, _error in await states(database)] == people


async def test_what_is_planned_already_is_sent_while_the_rest_is_planned(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    first, _second = await resident(), await resident()
    await plan(work, made, clock.now())
    async with work.write() as unit:
        await unit.announcements.fill(1, clock.now(), ["test"])
        await unit.commit()
    assert [entry.resident_id for entry in await claim(work, clock.now())] == [first.id]


async def test_nothing_is_planned_before_its_moment(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    async with work.write() as unit:
        await unit.announcements.plan(
            "key",
            made.community_id,
            made.id,
            None,
            NoticeKind.RESULTS,
            {},
            clock.now(),
            send_from=clock.now() + timedelta(hours=1),
        )
        await unit.commit()
    assert await fill(work, clock.now()) == []
    clock.move(timedelta(hours=1))
    assert await fill(work, clock.now()) == [1]


@ON_POSTGRES
async def test_two_processes_do_not_plan_the_same_announcement_together(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await plan(work, made, clock.now())
    async with work.write() as one, work.write() as other:
        assert await one.announcements.fill(10, clock.now(), ["test"]) == 1
        assert await other.announcements.fill(10, clock.now(), ["test"]) is None
        await one.commit()


# Numbers.


async def test_public_announcements_are_numbered_in_each_town_without_gaps(
    work: Work, clock: FrozenClock, made: Cycle
) -> None:
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    other = await stored(work, elsewhere, cycle())
    first = await plan(work, made, clock.now(), "a", public=True)
    await plan(work, made, clock.now(), "b")
    await plan(work, other, clock.now(), "c", public=True)
    second = await plan(work, made, clock.now(), "d", public=True)
    async with work.read() as unit:
        assert await unit.announcements.published(made.community_id, offset=0, limit=9) == []
    await fill(work, clock.now())
    await finish(work, clock.now())
    async with work.read() as unit:
        listed = await unit.announcements.published(made.community_id, offset=0, limit=9)
        older = await unit.announcements.published(made.community_id, offset=1, limit=9)
        found = await unit.announcements.by_number(made.community_id, 2)
        assert await unit.announcements.by_number(made.community_id, 3) is None
        latest = await unit.announcements.latest(2)
    assert [(entry.id, entry.number) for entry in listed] == [(second, 2), (first, 1)]
    assert [entry.id for entry in older] == [first]
    assert found == listed[0]
    assert [entry.number for entry in latest] == [2, 1]
    assert latest[1].community_id == elsewhere


async def test_what_was_stopped_while_it_was_planned_is_listed_if_anybody_may_have_got_it(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    for _person in range(2):
        await resident()
    reached = await plan(work, made, clock.now(), "a", public=True)
    async with work.write() as unit:
        await unit.announcements.fill(1, clock.now(), ["test"])
        # What goes alone leaves while others are written.
        await unit.deliveries.claim(ME, "test", 1, clock.now(), clock.now())
        await unit.announcements.steer(reached, AnnouncementState.STOPPED, clock.now())
        await unit.commit()
    untold = await plan(work, made, clock.now(), "b", public=True)
    async with work.write() as unit:
        await unit.announcements.steer(untold, AnnouncementState.STOPPED, clock.now())
        await unit.commit()
    async with work.read() as unit:
        listed = await unit.announcements.published(made.community_id, offset=0, limit=9)
        every = await unit.announcements.published(
            made.community_id, offset=0, limit=9, waiting=True
        )
    assert [(entry.id, entry.planned_at) for entry in listed] == [(reached, None)]
    assert [(entry.id, entry.is_out) for entry in every] == [(untold, False), (reached, True)]


# Whom it is for.


async def test_news_goes_to_everyone_in_the_town_who_wants_it_and_can_be_reached(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    person, quiet, lost = [await resident() for _person in range(3)]
    await resident(community_id=elsewhere)
    await _save(work, replace(quiet, news=NewsChoice.NONE))
    await _unreachable(work, lost)
    assert await _reached(work, made, clock, EVERYONE) == [person.id]


async def test_who_wants_only_their_own_is_told_about_what_they_take_part_in(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    takes_part, follows, quiet = [await resident() for _person in range(3)]
    for person in (takes_part, follows):
        await _save(work, replace(person, news=NewsChoice.MINE))
    await _save(work, replace(quiet, news=NewsChoice.NONE))
    async with work.write() as unit:
        await unit.engagements.begin(stage_id(made, StageKind.VOTING), takes_part.id)
        await unit.residents.choose_topic(follows.id, "sport", TopicChoice.FOLLOW)
        await unit.residents.choose_topic(quiet.id, "sport", TopicChoice.FOLLOW)
        await unit.commit()
    assert await _reached(work, made, clock, EVERYONE) == [takes_part.id]
    followers = EVERYONE.those(Trait.TOPIC, "sport", "parks")
    assert await _reached(work, made, clock, followers) == [follows.id]
    async with work.read() as unit:
        assert await unit.announcements.reach(made.community_id, EVERYONE) == {}


async def test_people_are_chosen_by_what_they_are(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    kazakh, russian, eastern = await resident("kk"), await resident("ru"), await resident("kk")
    await _save(work, replace(eastern, district="east"))
    async with work.write() as unit:
        await unit.residents.grant(russian.id, Role.ORGANISER)
        await unit.commit()

    async def reached(audience: Audience) -> list[int]:
        return await _reached(work, made, clock, audience)

    in_kazakh = EVERYONE.those(Trait.LANGUAGE, "kk")
    assert await reached(in_kazakh) == [kazakh.id, eastern.id]
    assert await reached(in_kazakh.those(Trait.DISTRICT, "east", "center")) == [eastern.id]
    assert await reached(EVERYONE.those(Trait.ROLE, "organiser")) == [russian.id]
    assert await reached(EVERYONE.those(Trait.PERSON, kazakh.id, 404)) == [kazakh.id]
    assert await reached(EVERYONE.those(Trait.PERSON)) == []


async def test_people_are_chosen_by_what_they_did(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    began, finished, both = [await resident() for _person in range(3)]
    await resident()
    ideas, voting = stage_id(made, StageKind.IDEAS), stage_id(made, StageKind.VOTING)
    async with work.write() as unit:
        await unit.engagements.begin(ideas, began.id)
        await unit.engagements.finish(ideas, finished.id)
        await unit.engagements.finish(ideas, both.id)
        await unit.engagements.begin(voting, both.id)
        await unit.commit()

    async def reached(trait: Trait, value: int) -> list[int]:
        return await _reached(work, made, clock, EVERYONE.those(trait, value))

    assert await reached(Trait.UNFINISHED, ideas) == [began.id]
    assert await reached(Trait.UNFINISHED, voting) == [both.id]
    assert await reached(Trait.UNFINISHED_CYCLE, made.id) == [began.id, both.id]
    assert await reached(Trait.TOOK_PART, made.id) == [finished.id, both.id]
    assert await reached(Trait.TOOK_PART, made.id + 1) == []


async def test_a_correction_goes_to_exactly_those_who_got_it_or_may_have(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    got, maybe, _failed, _skipped = [await resident() for _person in range(4)]
    first = await tell(work, made, clock.now())
    deliveries = await claim(work, clock.now())
    async with work.write() as unit:
        # The sender dies with one copy in flight, and another sender gives it up.
        await unit.deliveries.settle(
            "a sender", [Outcome(deliveries[0], DeliveryState.SENT)], clock.now()
        )
        await unit.deliveries.settle(
            "a sender", [Outcome(deliveries[2], DeliveryState.FAILED)], clock.now()
        )
        await unit.deliveries.settle(
            "a sender", [Outcome(deliveries[3], DeliveryState.SKIPPED)], clock.now()
        )
        await unit.deliveries.beat("another", clock.now(), clock.now())
        await unit.commit()
    (again,) = await claim(work, clock.now(), worker="another")
    await settle(work, clock.now(), Outcome(again, DeliveryState.FAILED), worker="another")
    correction = EVERYONE.those(Trait.RECIPIENT, first)
    assert await _reached(work, made, clock, correction) == [got.id, maybe.id]


def test_a_description_says_the_same_when_it_is_read_again() -> None:
    audience = EVERYONE.those(Trait.DISTRICT, "east").those(Trait.TOOK_PART, 3)
    assert audience.stored() == {"district": ["east"], "took_part": [3]}
    assert Audience.read(audience.stored()) == audience
    with_chats = audience.also_to(4, 9)
    assert with_chats.stored()["chats"] == [4, 9]
    assert Audience.read(with_chats.stored()) == with_chats


def test_naming_a_trait_twice_narrows_it() -> None:
    narrowed = EVERYONE.those(Trait.LANGUAGE, "kk", "ru").those(Trait.LANGUAGE, "ru", "en")
    assert narrowed == EVERYONE.those(Trait.LANGUAGE, "ru")


def test_what_people_did_concerns_them_and_what_they_are_does_not() -> None:
    assert EVERYONE.those(Trait.TOOK_PART, 1).is_personal
    assert not EVERYONE.those(Trait.DISTRICT, "east").is_personal
    assert not EVERYONE.is_personal


# On which channel.


async def test_a_person_with_several_addresses_is_told_once_where_they_wrote_last(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await _add_contact(database, person, "web")
    await _hear_from(work, clock, person, "web")
    await tell(work, made, clock.now(), "first")
    assert await claim(work, clock.now()) == []
    assert len(await claim(work, clock.now(), channel="web")) == 1
    await _hear_from(work, clock, person, "test")
    await tell(work, made, clock.now(), "second")
    assert len(await claim(work, clock.now())) == 1


async def test_what_a_person_chose_counts_more_than_where_they_wrote_last(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await _add_contact(database, person, "web")
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE contacts SET chosen = (channel = 'web')"))
        await connection.commit()
    await _hear_from(work, clock, person, "test")
    await plan(work, made, clock.now())
    await fill(work, clock.now(), channels=["test", "web"])
    assert len(await claim(work, clock.now(), channel="web")) == 1


async def test_a_channel_that_is_off_is_no_ones_preferred(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person = await resident()
    await _add_contact(database, person, "web")
    await plan(work, made, clock.now())
    await fill(work, clock.now(), channels=["web"])
    assert len(await claim(work, clock.now(), channel="web")) == 1


async def test_news_for_a_channel_goes_to_who_is_there_and_on_it(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, database: Database
) -> None:
    person, _elsewhere = await resident(), await resident()
    await _add_contact(database, person, "web")
    on_web = EVERYONE.those(Trait.CHANNEL, "web")
    async with work.read() as unit:
        assert await unit.announcements.reach(made.community_id, on_web) == {("web", BY_DAY): 1}
        assert await unit.announcements.reach(made.community_id, EVERYONE) == {("test", BY_DAY): 2}
    await tell(work, made, clock.now(), audience=on_web)
    (claimed,) = await claim(work, clock.now(), channel="web")
    assert claimed.resident_id == person.id


# Watching and steering.


async def test_progress_counts_what_became_of_the_copies(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    for _person in range(5):
        await resident()
    announcement = await tell(work, made, clock.now())
    clock.move(timedelta(minutes=2))
    first, second, _flying = await claim(work, clock.now(), 3)
    await settle(work, clock.now() - timedelta(minutes=2), Outcome(first, DeliveryState.SENT))
    await settle(work, clock.now(), Outcome(second, DeliveryState.BLOCKED))
    async with work.read() as unit:
        progress = await unit.announcements.progress(announcement, clock.now())
    assert progress.counts == {
        DeliveryState.SENT: 1,
        DeliveryState.BLOCKED: 1,
        DeliveryState.SENDING: 1,
        DeliveryState.PENDING: 2,
    }
    assert (progress.total, progress.left, progress.doubtful) == (5, 3, 0)
    assert progress.per_second == pytest.approx(1 / 60)


@pytest.mark.parametrize("state", [AnnouncementState.PAUSED, AnnouncementState.STOPPED])
async def test_what_is_paused_or_stopped_is_neither_planned_nor_sent(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, state: AnnouncementState
) -> None:
    await resident()
    await resident()
    announcement = await plan(work, made, clock.now())
    async with work.write() as unit:
        await unit.announcements.fill(1, clock.now(), ["test"])
        await unit.announcements.steer(announcement, state, clock.now())
        await unit.commit()
    assert await fill(work, clock.now()) == []
    assert await claim(work, clock.now()) == []
    async with work.write() as unit:
        await unit.announcements.steer(announcement, AnnouncementState.PLANNING, clock.now())
        await unit.commit()
    assert await fill(work, clock.now()) == [1]
    assert len(await claim(work, clock.now())) == 2


async def test_what_failed_can_be_tried_again_from_the_start(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    await resident()
    await resident()
    announcement = await tell(work, made, clock.now())
    one, other = await claim(work, clock.now())
    await settle(
        work,
        clock.now(),
        Outcome(one, DeliveryState.FAILED, "TelegramServerError"),
        Outcome(other, DeliveryState.SENT),
    )
    async with work.write() as unit:
        assert await unit.announcements.retry_failed(announcement, clock.now()) == 1
        assert await unit.announcements.retry_failed(announcement, clock.now()) == 0
        await unit.commit()
    assert await claim(work, clock.now()) == [Delivery(announcement, one.resident_id, 1)]


async def test_a_person_finds_what_was_addressed_to_them_newest_first(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    person = await resident()
    told = [await tell(work, made, clock.now(), f"key {number}") for number in range(3)]
    late = await resident()
    async with work.read() as unit:
        found = await unit.announcements.of_resident(person.id, 2)
        assert await unit.announcements.of_resident(late.id, 2) == []
    assert [announcement.id for announcement in found] == [told[2], told[1]]


async def test_what_happened_to_a_copy_can_be_looked_up(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet
) -> None:
    person = await resident()
    announcement = await tell(work, made, clock.now())
    clock.move(timedelta(minutes=1))
    await send(work, clock.now())
    async with work.read() as unit:
        (record,) = await unit.announcements.records_of(person.id, 10)
    assert record.announcement.id == announcement
    assert (record.state, record.channel, record.attempts) == (DeliveryState.SENT, "test", 1)
    assert (record.changed_at, record.doubtful, record.error) == (clock.now(), False, "")
