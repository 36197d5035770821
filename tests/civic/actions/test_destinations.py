"""Groups and channels: who makes them destinations of news, and who sets them up."""

from dataclasses import replace

import pytest

from civic.actions.destinations import (
    Chat,
    FindDestination,
    LoseDestination,
    MoveDestination,
    ReadDestinations,
    SetUpDestination,
    WelcomeDestination,
    told_of_stages,
)
from civic.model.announcement import NoticeKind
from civic.model.audience import EVERYONE, Trait
from civic.model.broadcast import Broadcast, Order
from civic.model.community import Community
from civic.model.destination import Destination, DestinationKind
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from tests.conftest import TOWN
from tests.fakes import FrozenClock

YARD = Chat("test", -100, DestinationKind.GROUP, "The yard")
BY = 7
"""The organiser's private chat."""


@pytest.fixture
async def organiser(work: Work, town: Community, clock: FrozenClock) -> Resident:
    """Somebody who may make destinations."""
    async with work.write() as unit:
        person, _contact = await unit.residents.add(
            town.id, "en", "test", str(BY), BY, clock.now()
        )
        await unit.residents.grant(person.id, Role.ORGANISER)
        await unit.commit()
    return person.with_role(Role.ORGANISER)


@pytest.fixture
async def yard(work: Work, clock: FrozenClock, organiser: Resident) -> Destination:
    """A group that can be told news."""
    welcomed = await WelcomeDestination(work, clock)(YARD, BY)
    assert welcomed is not None
    assert welcomed[1] == organiser
    return welcomed[0]


async def test_an_organiser_makes_a_group_a_destination_of_their_town_in_their_language(
    work: Work, organiser: Resident, yard: Destination
) -> None:
    assert (yard.community_id, yard.languages) == (organiser.community_id, ("en",))
    assert await ReadDestinations(work)(organiser) == [yard]
    assert await FindDestination(work)("test", YARD.chat_id) == yard
    assert await FindDestination(work)("test", 1) is None


async def test_what_is_one_already_is_brought_up_to_date_by_anybody_and_welcomed_by_nobody(
    work: Work, clock: FrozenClock, organiser: Resident, yard: Destination
) -> None:
    renamed = replace(YARD, title="All of the yard", kind=DestinationKind.CHANNEL)
    for somebody in (BY, 999):
        assert await WelcomeDestination(work, clock)(renamed, somebody) is None
    expected = replace(yard, title="All of the yard", kind=DestinationKind.CHANNEL)
    assert await ReadDestinations(work)(organiser) == [expected]


async def test_nobody_else_makes_one(
    work: Work, clock: FrozenClock, organiser: Resident, town: Community
) -> None:
    async with work.write() as unit:
        await unit.residents.add(town.id, "en", "test", "8", 8, clock.now())
        await unit.commit()
    for somebody in (8, 999):
        assert await WelcomeDestination(work, clock)(YARD, somebody) is None
    assert await ReadDestinations(work)(organiser) == []


async def test_one_that_was_lost_comes_back_only_by_an_organiser_of_its_town(
    work: Work, clock: FrozenClock, organiser: Resident, yard: Destination
) -> None:
    await LoseDestination(work)("test", YARD.chat_id)
    await LoseDestination(work)("test", 1)
    assert await ReadDestinations(work)(organiser) == []
    assert await FindDestination(work)("test", YARD.chat_id) is None
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="other"))
        other, _contact = await unit.residents.add(elsewhere, "kk", "test", "8", 8, clock.now())
        await unit.residents.grant(other.id, Role.ORGANISER)
        await unit.commit()
    for somebody in (8, 999):
        assert await WelcomeDestination(work, clock)(YARD, somebody) is None
    assert await ReadDestinations(work)(organiser) == []
    assert await WelcomeDestination(work, clock)(YARD, BY) == (yard, organiser)


async def test_a_group_with_a_new_number_is_the_same_one(
    work: Work, organiser: Resident, yard: Destination
) -> None:
    await MoveDestination(work)("test", YARD.chat_id, -200)
    await MoveDestination(work)("test", 1, 2)
    assert await ReadDestinations(work)(organiser) == [replace(yard, chat_id=-200)]


async def test_a_newer_one_that_turns_out_to_be_the_same_is_meant_by_it_wherever_it_was_chosen(
    work: Work, clock: FrozenClock, organiser: Resident, yard: Destination
) -> None:
    supergroup = replace(YARD, chat_id=-200)
    welcomed = await WelcomeDestination(work, clock)(supergroup, BY)
    assert welcomed is not None
    newer, now = welcomed[0], clock.now()
    both, other = EVERYONE.also_to(newer.id, yard.id), EVERYONE.those(Trait.LANGUAGE, "kk")
    async with work.write() as unit:
        order = Order(Broadcast({"kk": "Су болмайды."}), audience=other.also_to(newer.id))
        draft = await unit.broadcasts.add_draft(organiser.id, "new", order, now)
        planned = [
            await unit.announcements.plan(
                *(f"key {number}", organiser.community_id, None, None, NoticeKind.BROADCAST),
                order.broadcast.parameters(),
                now,
                audience=audience,
            )
            for number, audience in enumerate((both, other))
        ]
        await unit.commit()
    await MoveDestination(work)("test", YARD.chat_id, -200)
    assert await ReadDestinations(work)(organiser) == [replace(yard, chat_id=-200)]
    async with work.read() as unit:
        kept = await unit.broadcasts.draft(draft.id)
        announced = [await unit.announcements.get(number or 0) for number in planned]
    assert kept is not None
    assert kept.order.audience == other.also_to(yard.id)
    assert [found and found.audience for found in announced] == [EVERYONE.also_to(yard.id), other]


async def test_an_organiser_sets_it_up(work: Work, organiser: Resident, yard: Destination) -> None:
    set_up = SetUpDestination(work)
    both = ("kk", "ru")
    assert (await set_up(organiser, yard.id, languages=both)).languages == both
    changed = await set_up(organiser, yard.id, stage_news=True)
    assert changed == replace(yard, languages=both, stage_news=True)
    async with work.read() as unit:
        assert await told_of_stages(unit, organiser.community_id) == (yard.id,)
        assert await told_of_stages(unit, organiser.community_id, reminding=True) == (yard.id,)
    await set_up(organiser, yard.id, reminders=False)
    async with work.read() as unit:
        assert await told_of_stages(unit, organiser.community_id) == (yard.id,)
        assert await told_of_stages(unit, organiser.community_id, reminding=True) == ()
    await set_up(organiser, yard.id, stage_news=False)
    async with work.read() as unit:
        assert await told_of_stages(unit, organiser.community_id) == ()


@pytest.mark.parametrize(
    ("community", "role", "destination", "languages", "reason"),
    [
        (0, False, 0, None, Reason.NOT_ORGANISER),
        (0, True, 99, None, Reason.NOT_FOUND),
        (99, True, 0, None, Reason.NOT_FOUND),
        (0, True, 0, ("de",), Reason.NOT_FOUND),
        (0, True, 0, ("ru", "en"), Reason.NOT_FOUND),
        (0, True, 0, (), Reason.NOT_FOUND),
    ],
    ids=[
        *("no organiser", "no destination", "another town's"),
        *("no language", "no pair", "none at all"),
    ],
)
async def test_nobody_else_sets_it_up_nor_anything_else(
    work: Work,
    organiser: Resident,
    yard: Destination,
    community: int,
    destination: int,
    languages: tuple[str, ...] | None,
    reason: Reason,
    *,
    role: bool,
) -> None:
    person = replace(
        organiser,
        community_id=organiser.community_id + community,
        roles=organiser.roles if role else frozenset(),
    )
    with pytest.raises(Refused) as refused:
        await SetUpDestination(work)(person, yard.id + destination, languages=languages)
    assert refused.value.reason is reason


async def test_what_was_lost_is_not_set_up(
    work: Work, organiser: Resident, yard: Destination
) -> None:
    await LoseDestination(work)("test", YARD.chat_id)
    with pytest.raises(Refused) as refused:
        await SetUpDestination(work)(organiser, yard.id, stage_news=True)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_only_organisers_read_them(work: Work, organiser: Resident) -> None:
    with pytest.raises(Refused) as refused:
        await ReadDestinations(work)(replace(organiser, roles=frozenset()))
    assert refused.value.reason is Reason.NOT_ORGANISER
