"""Where a person is reached: choosing the chat for news, and separating one."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from civic.actions.meet_resident import LoseContact, MeetResident, Recognise
from civic.actions.own_chats import ChooseChat, ReadChats, SeparateChat
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Contact, Resident
from civic.ports import Work
from tests.civic.actions.joining import Joining
from tests.fakes import CountingRandomness, FrozenClock, Steady
from tests.idea_cycles import collecting, stored
from tests.storage.ledger import claim, tell

Meet = Callable[..., Awaitable[Resident]]


@pytest.fixture
def joining(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> Joining:
    return Joining(work, clock, randomness)


@pytest.fixture
async def person(work: Work, clock: FrozenClock, town: Community, joining: Joining) -> Resident:
    """Return somebody in a Telegram chat, where they began, and in a web chat, where they are."""
    meet = MeetResident(work, clock)
    anna, _ = await meet("telegram", "7", "kk", 7)
    other, _ = await meet("web", "cookie", "kk", 8)
    assert town.id
    return await joining(anna, other)


async def _chats(work: Work, person: Resident) -> list[tuple[str, bool, bool]]:
    chats = await ReadChats(work)(person, "web", 8)
    return [(one.contact.channel, one.is_here, one.is_told) for one in chats]


async def test_chats_are_listed_with_the_one_that_is_told(
    work: Work, clock: FrozenClock, person: Resident, joining: Joining
) -> None:
    telegram, _web = await joining.contacts(person)
    assert await _chats(work, person) == [("telegram", False, False), ("web", True, True)]

    await ChooseChat(work, clock)(person, telegram.id)
    assert await _chats(work, person) == [("telegram", False, True), ("web", True, False)]
    await LoseContact(work)("telegram", 7)
    assert await _chats(work, person) == [("telegram", False, False), ("web", True, True)]
    await ChooseChat(work, clock)(person, None)
    assert not any(one.chosen for one in await joining.contacts(person))


async def test_a_choice_holds_for_what_waits(
    work: Work, clock: FrozenClock, town: Community, person: Resident, joining: Joining
) -> None:
    await tell(work, await stored(work, collecting(town.id)), clock.now())
    telegram, _web = await joining.contacts(person)

    await ChooseChat(work, clock)(person, telegram.id)

    assert not await claim(work, clock.now(), channel="web")
    assert len(await claim(work, clock.now(), channel="telegram")) == 1


async def test_what_waits_goes_along_to_where_the_person_writes_from(
    work: Work, clock: FrozenClock, town: Community, person: Resident
) -> None:
    await tell(work, await stored(work, collecting(town.id)), clock.now())

    assert await Recognise(work, clock, Steady())("telegram", 7) is not None

    assert not await claim(work, clock.now(), channel="web")
    assert [one.resident_id for one in await claim(work, clock.now(), channel="telegram")] == [
        person.id
    ]


async def test_what_waits_stays_where_the_person_wants_it(
    work: Work, clock: FrozenClock, town: Community, person: Resident, joining: Joining
) -> None:
    await tell(work, await stored(work, collecting(town.id)), clock.now())
    _telegram, web = await joining.contacts(person)
    await ChooseChat(work, clock)(person, web.id)

    assert await Recognise(work, clock, Steady())("telegram", 7) is not None

    assert len(await claim(work, clock.now(), channel="web")) == 1


async def test_who_blocked_every_chat_may_still_choose_one(
    work: Work, clock: FrozenClock, person: Resident, joining: Joining
) -> None:
    telegram, _web = await joining.contacts(person)
    await LoseContact(work)("telegram", 7)
    await LoseContact(work)("web", 8)
    await ChooseChat(work, clock)(person, telegram.id)
    assert [one.chosen for one in await joining.contacts(person)] == [True, False]


async def test_the_chat_of_somebody_else_is_not_chosen(
    work: Work, clock: FrozenClock, person: Resident, resident: Meet, joining: Joining
) -> None:
    (theirs,) = await joining.contacts(await resident())
    with pytest.raises(Refused) as refused:
        await ChooseChat(work, clock)(person, theirs.id)
    assert refused.value.reason is Reason.NOT_FOUND
    await SeparateChat(work, clock)(person, theirs.id)
    async with work.read() as unit:
        assert await unit.residents.by_address(theirs.channel, theirs.address) is not None


async def test_a_separated_chat_is_a_newcomers_and_news_goes_to_the_other(
    work: Work, clock: FrozenClock, town: Community, person: Resident, joining: Joining
) -> None:
    await tell(work, await stored(work, collecting(town.id)), clock.now())
    telegram, web = await joining.contacts(person)
    separate = SeparateChat(work, clock)

    await separate(person, web.id)
    await separate(person, web.id)

    assert [one.id for one in await joining.contacts(person)] == [telegram.id]
    assert len(await claim(work, clock.now(), channel="telegram")) == 1
    newcomer, contact = await MeetResident(work, clock)("web", "cookie", "kk", 8)
    assert newcomer.id != person.id
    assert not newcomer.greeted
    assert not contact.moved


async def test_one_chat_stays(
    work: Work, clock: FrozenClock, person: Resident, joining: Joining
) -> None:
    first, second = await joining.contacts(person)
    separate = SeparateChat(work, clock)
    await separate(person, first.id)
    with pytest.raises(Refused) as refused:
        await separate(person, second.id)
    assert refused.value.reason is Reason.ONLY_CHAT


async def test_of_two_who_separate_each_others_chat_one_stays(
    work: Work, clock: FrozenClock, person: Resident, joining: Joining
) -> None:
    first, second = await joining.contacts(person)
    separate = SeparateChat(work, clock)

    done = await asyncio.gather(
        separate(person, first.id), separate(person, second.id), return_exceptions=True
    )

    assert [type(one) for one in done].count(Refused) == 1
    left: list[Contact] = await joining.contacts(person)
    assert len(left) == 1
