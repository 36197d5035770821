"""Results protocols in the database."""

from dataclasses import replace

import pytest

from civic.model.community import Community
from civic.model.results import Outcome, ProjectResult, Remainder, ResultsProtocol
from civic.ports import Work
from civic.rules.protocols import sealed
from tests.civic.actions.voting import Vote, hold_vote
from tests.fakes import MORNING


def protocol_of(vote: Vote) -> ResultsProtocol:
    """Return a protocol in which every kind of value occurs."""
    first, second, third = vote.projects
    return sealed(
        ResultsProtocol(
            cycle_id=vote.id,
            ballots=None,
            votes=12,
            fund=100,
            spent=None,
            results=(
                ProjectResult(first.id, 7, None, Outcome.FUNDED, 1, None, 2, (second.id,)),
                ProjectResult(second.id, 5, 10, Outcome.STOPPED_BEFORE, 2, 100, 2),
                ProjectResult(
                    third.id,
                    5,
                    10,
                    Outcome.TOPPED_UP,
                    rank=3,
                    left_before=9,
                    needed=2,
                    conflict_with=(first.id,),
                    added=1,
                    share=4,
                ),
            ),
            rules_hash="f" * 64,
            digest="",
            counted_at=MORNING,
            published_elsewhere=True,
            left_in=(Remainder(part=0, left=7), Remainder(part=1, left=0)),
        )
    )


async def test_a_protocol_is_read_as_it_was_stored(work: Work, town: Community) -> None:
    vote = await hold_vote(work, town.id)
    protocol = protocol_of(vote)
    async with work.write() as unit:
        await unit.protocols.add(protocol)
        await unit.commit()

    async with work.read() as unit:
        assert await unit.protocols.get(vote.id) == protocol
        assert await unit.protocols.of_community(town.id) == [protocol]
        assert await unit.protocols.of_community(town.id + 1) == []


async def test_storing_the_same_again_changes_nothing_and_another_is_an_error(
    work: Work, town: Community
) -> None:
    vote = await hold_vote(work, town.id)
    protocol = protocol_of(vote)
    async with work.write() as unit:
        for _again in range(2):
            await unit.protocols.add(protocol)
        with pytest.raises(ValueError, match="another results protocol"):
            await unit.protocols.add(sealed(replace(protocol, votes=13)))
        assert await unit.protocols.get(vote.id) == protocol


async def test_the_result_of_a_project_is_found(work: Work, town: Community) -> None:
    vote = await hold_vote(work, town.id)
    protocol = protocol_of(vote)
    async with work.write() as unit:
        assert await unit.protocols.result_of(vote.projects[0].id) is None
        await unit.protocols.add(protocol)

        assert await unit.protocols.result_of(vote.projects[1].id) == protocol.results[1]
        assert await unit.protocols.result_of(vote.projects[2].id) == protocol.results[2]
        assert await unit.protocols.result_of(vote.projects[2].id + 1) is None
