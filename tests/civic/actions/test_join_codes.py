"""Codes that join another chat: given, written, tried too often."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.join_chats import GiveJoinCode, ReadJoinCode, ReadJoinOffer, TryJoinCode
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Work
from civic.rules.joining import FAILURES_LAST, MOST_FAILURES, VALID_FOR
from tests.civic.actions.joining import Joining
from tests.fakes import CountingRandomness, FrozenClock

Meet = Callable[..., Awaitable[Resident]]
SECOND = timedelta(seconds=1)


@pytest.fixture
def give(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> GiveJoinCode:
    return GiveJoinCode(work, clock, randomness)


@pytest.fixture
def read(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> ReadJoinCode:
    return ReadJoinCode(work, clock, randomness)


@pytest.fixture
def attempt(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> TryJoinCode:
    return TryJoinCode(work, clock, randomness)


@pytest.fixture
def joining(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> Joining:
    return Joining(work, clock, randomness)


async def refusal(waiting: Awaitable[object]) -> Refused:
    with pytest.raises(Refused) as refused:
        await waiting
    return refused.value


def wrong(code: str) -> str:
    """Return another code than that."""
    return f"{(int(code) + 1) % 10**9:09}"


async def test_a_code_can_be_read_again_until_it_is_out_of_date(
    give: GiveJoinCode, read: ReadJoinCode, resident: Meet, clock: FrozenClock
) -> None:
    anna = await resident()
    assert await read(anna) is None
    given = await give(anna)
    assert len(given.code) == 9
    assert given.code.isdigit()
    assert given.expires_at == clock.now() + VALID_FOR
    assert await read(anna) == given
    clock.move(VALID_FOR)
    assert await read(anna) is None


async def test_a_new_code_takes_the_place_of_the_earlier_one(
    give: GiveJoinCode, attempt: TryJoinCode, resident: Meet
) -> None:
    anna, bolat = await resident(), await resident()
    first, second = await give(anna), await give(anna)
    assert first.code != second.code
    assert (await refusal(attempt(bolat, first.code))).reason is Reason.JOIN_CODE_UNKNOWN
    assert await attempt(bolat, second.code)


async def test_the_code_itself_is_not_kept(give: GiveJoinCode, work: Work, resident: Meet) -> None:
    anna = await resident()
    given = await give(anna)
    async with work.read() as unit:
        kept = await unit.joining.of(anna.id)
    assert kept is not None
    assert given.code not in repr(kept)


async def test_codes_that_ended_a_day_ago_are_removed(
    give: GiveJoinCode, work: Work, resident: Meet, clock: FrozenClock
) -> None:
    anna, bolat = await resident(), await resident()
    await give(anna)
    clock.move(VALID_FOR + timedelta(days=1) + SECOND)
    await give(bolat)
    async with work.read() as unit:
        assert await unit.joining.of(anna.id) is None


async def test_what_is_no_code_is_said_to_be_none_and_does_not_count(
    attempt: TryJoinCode, resident: Meet
) -> None:
    bolat = await resident()
    for _time in range(MOST_FAILURES + 1):
        refused = await refusal(attempt(bolat, "my chats"))
        assert (refused.reason, refused.facts) == (Reason.JOIN_CODE_UNREADABLE, {"digits": 9})


async def test_wrong_codes_are_counted_for_an_hour_then_none_is_taken(
    give: GiveJoinCode, attempt: TryJoinCode, resident: Meet, clock: FrozenClock
) -> None:
    anna, bolat, other = await resident(), await resident(), await resident()
    code = (await give(anna)).code
    first_at = clock.now()
    for tries in reversed(range(MOST_FAILURES)):
        refused = await refusal(attempt(bolat, wrong(code)))
        assert (refused.reason, refused.facts) == (Reason.JOIN_CODE_UNKNOWN, {"tries": tries})
        clock.move(SECOND)
    # Now the right one does not help either.
    refused = await refusal(attempt(bolat, code))
    assert refused.reason is Reason.JOIN_TOO_OFTEN
    assert refused.facts == {"again_at": first_at + FAILURES_LAST}
    assert await attempt(other, code)
    clock.set(first_at + FAILURES_LAST)
    refused = await refusal(attempt(bolat, wrong((await give(anna)).code)))
    assert refused.facts == {"tries": MOST_FAILURES - 1}
    assert await attempt(bolat, (await give(anna)).code)


async def test_a_code_out_of_date_is_said_to_be(
    give: GiveJoinCode, attempt: TryJoinCode, joining: Joining, resident: Meet, clock: FrozenClock
) -> None:
    anna, bolat = await resident(), await resident()
    key = await joining.key(anna, bolat)
    clock.move(VALID_FOR - SECOND)
    code = await give(anna)
    clock.move(SECOND)
    assert (await refusal(joining.by(key, bolat))).reason is Reason.JOIN_CODE_SPENT
    clock.move(VALID_FOR)
    refused = await refusal(attempt(bolat, code.code))
    assert (refused.reason, refused.facts) == (
        Reason.JOIN_CODE_OVER,
        {"ended_at": code.expires_at},
    )


async def test_a_code_that_ends_while_it_is_read_joins_nobody(
    joining: Joining, resident: Meet, clock: FrozenClock
) -> None:
    anna, bolat = await resident(), await resident()
    key = await joining.key(anna, bolat)
    clock.move(VALID_FOR)
    assert (await refusal(joining.by(key, bolat))).reason is Reason.JOIN_CODE_OVER


async def test_ones_own_code_joins_nothing(
    give: GiveJoinCode, attempt: TryJoinCode, resident: Meet
) -> None:
    anna = await resident()
    code = (await give(anna)).code
    assert (await refusal(attempt(anna, code))).reason is Reason.JOIN_OWN_CODE


async def test_a_code_works_once(
    attempt: TryJoinCode, joining: Joining, read: ReadJoinCode, resident: Meet
) -> None:
    anna, bolat, other = await resident(), await resident(), await resident()
    key = await joining.key(anna, bolat)
    assert await joining.by(key, bolat) == anna
    shown = await read(anna)
    assert shown is not None
    assert shown.spent
    assert (await refusal(attempt(other, shown.code))).reason is Reason.JOIN_CODE_SPENT
    assert (await refusal(joining.by(key, other))).reason is Reason.JOIN_CODE_SPENT


async def test_people_of_two_towns_are_not_joined(
    work: Work, town: Community, joining: Joining, resident: Meet
) -> None:
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(town, slug="elsewhere"))
        await unit.commit()
    anna, bolat = await resident(), await resident(community_id=elsewhere)
    assert (await refusal(joining.key(anna, bolat))).reason is Reason.JOIN_OTHER_TOWN


async def test_an_offer_names_who_gave_the_code(
    work: Work,
    clock: FrozenClock,
    randomness: CountingRandomness,
    joining: Joining,
    resident: Meet,
) -> None:
    anna, bolat = await resident(), await resident()
    offer = await ReadJoinOffer(work, clock, randomness)(bolat, await joining.key(anna, bolat))
    assert (offer.giver, offer.channels) == (anna, ("test",))
    assert (offer.withdrawn, offer.roles, offer.idea_drafts, offer.comment_drafts) == (
        (),
        frozenset(),
        0,
        0,
    )
