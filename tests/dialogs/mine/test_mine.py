"""«My things», from the side of the person whose things they are."""

from collections.abc import Awaitable, Callable

import pytest

from bot.wiring import Service
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.read_ballot import ReadBallot
from civic.model.community import Community
from tests.civic.actions.voting import Booth, Vote, hold_vote
from tests.civic.rules.votes import CLOSES
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.fakes import CountingRandomness, FrozenClock

CastBy = Callable[[Conversation, Vote], Awaitable[str]]


@pytest.fixture
def cast_by(service: Service, clock: FrozenClock, randomness: CountingRandomness) -> CastBy:
    """Return a function that lets a person vote for the first project; it returns the receipt."""

    async def cast(person: Conversation, vote: Vote) -> str:
        booth = Booth(service.work, clock, randomness)
        resident = await booth.declared(await person.resident(), vote)
        await booth.cast(resident, vote, 0)
        view = await ReadBallot(service.work, clock, randomness)(resident, vote.id)
        return view.receipt

    return cast


async def _look(person: Conversation) -> str:
    await person.say("/menu")
    await person.press("My things")
    return person.screen.text


async def test_an_open_vote_shows_whether_the_ballot_is_in(
    talk: Talk, service: Service, town: Community, cast_by: CastBy
) -> None:
    person, vote = await talk("en"), await hold_vote(service.work, town.id)
    assert "Budget 2026: you have not voted yet" in await _look(person)

    receipt = await cast_by(person, vote)

    assert f"Budget 2026: your vote is in, receipt {receipt}" in await _look(person)
    await person.press("My ballot")
    assert "Project 1" in person.screen.text


async def test_a_closed_vote_keeps_the_receipt_and_leads_to_the_results(
    talk: Talk, service: Service, town: Community, clock: FrozenClock, cast_by: CastBy
) -> None:
    person, vote = await talk("en"), await hold_vote(service.work, town.id)
    receipt = await cast_by(person, vote)
    clock.set(CLOSES)
    assert "My ballot" in (await _look(person), *person.screen.buttons)
    await AdvanceCycle(service.work, clock)(vote.id)

    text = await _look(person)

    assert f"Budget 2026: voting is over and you took part, receipt {receipt}" in text
    assert "Project 1" not in text
    await person.press("Results of voting")
    assert "1 person voted" in person.screen.text


async def test_a_closed_vote_that_one_stayed_out_of_is_not_among_ones_things(
    talk: Talk, service: Service, town: Community, clock: FrozenClock
) -> None:
    person, vote = await talk("en"), await hold_vote(service.work, town.id)
    clock.set(CLOSES)
    await AdvanceCycle(service.work, clock)(vote.id)

    assert "Budget 2026" not in await _look(person)
