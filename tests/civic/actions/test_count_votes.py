"""The count at the close of a vote."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from civic.actions.count_votes import count_votes
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.model.results import Outcome, ResultsProtocol
from civic.ports import Work
from civic.rules.protocols import sealed
from tests.civic.actions.voting import Booth, Vote, hold_vote
from tests.civic.rules.votes import CLOSES

Meet = Callable[..., Awaitable[Resident]]


@pytest.fixture
async def vote(work: Work, town: Community, booth: Booth, resident: Meet) -> Vote:
    """A vote with three ballots: project 0 has three votes, project 1 has two, project 2 none."""
    vote = await hold_vote(work, town.id, costs=(60, 50, 10))
    for places in ((0, 1), (0, 1), (0,)):
        await booth.cast(await booth.declared(await resident(), vote), vote, *places)
    return vote


async def counted(work: Work, vote: Vote) -> ResultsProtocol:
    async with work.write() as unit:
        cycle = await unit.cycles.get(vote.id, lock=True)
        assert cycle is not None
        protocol = await count_votes(unit, cycle, CLOSES)
        await unit.commit()
    return protocol


async def test_the_count_is_stored_with_its_numbers_and_digest(work: Work, vote: Vote) -> None:
    protocol = await counted(work, vote)

    assert (protocol.ballots, protocol.votes, protocol.fund, protocol.spent) == (3, 5, 100, 60)
    assert protocol.rules_hash == vote.cycle.rules_hash
    assert {one.needed for one in protocol.results} == {2}
    assert [(one.project_id, one.votes, one.outcome) for one in protocol.results] == [
        (vote.projects[0].id, 3, Outcome.FUNDED),
        (vote.projects[1].id, 2, Outcome.DOES_NOT_FIT),
        (vote.projects[2].id, 0, Outcome.BELOW_THRESHOLD),
    ]
    assert protocol == sealed(protocol)
    async with work.read() as unit:
        assert await unit.protocols.get(vote.id) == protocol


async def test_counting_again_returns_the_stored_protocol(work: Work, vote: Vote) -> None:
    first = await counted(work, vote)

    assert await counted(work, vote) == first


async def test_an_open_vote_is_not_counted(work: Work, vote: Vote) -> None:
    async with work.write() as unit:
        with pytest.raises(Refused) as refused:
            await count_votes(unit, vote.cycle, CLOSES - timedelta(microseconds=1))

    assert refused.value.reason is Reason.RESULTS_NOT_READY
    assert refused.value.facts == {"closes_at": CLOSES}


async def test_a_vote_without_ballots_funds_nothing(work: Work, town: Community) -> None:
    protocol = await counted(work, await hold_vote(work, town.id, slug="silent"))

    assert (protocol.ballots, protocol.votes, protocol.spent) == (0, 0, 0)
    assert {one.outcome for one in protocol.results} == {Outcome.BELOW_THRESHOLD}
