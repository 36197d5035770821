"""A counted vote to talk about."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.wiring import Service
from civic.actions.advance_cycle import AdvanceCycle
from civic.model.cycle import VotingRules
from tests.civic.actions.voting import Booth, Vote, hold_vote
from tests.civic.rules.votes import CLOSES, RULES
from tests.conftest import Meet
from tests.fakes import CountingRandomness, FrozenClock

Count = Callable[..., Awaitable[Vote]]


@pytest.fixture
def count(
    service: Service, clock: FrozenClock, randomness: CountingRandomness, resident: Meet
) -> Count:
    """Return a function that holds a vote, lets people vote, closes and counts it."""

    async def hold(
        *ballots: tuple[int, ...],
        costs: tuple[int, ...] = (60, 50, 30),
        rules: VotingRules = RULES,
        slug: str = "park",
        districts: tuple[str, ...] = (),
    ) -> Vote:
        async with service.work.read() as work:
            town = await work.communities.first()
        assert town is not None
        vote = await hold_vote(service.work, town.id, rules=rules, costs=costs, slug=slug)
        async with service.work.write() as work:
            for project, district in zip(vote.projects, districts, strict=False):
                await work.projects.save(replace(project, district=district))
            await work.commit()
        booth = Booth(service.work, clock, randomness)
        for places in ballots:
            await booth.cast(await booth.declared(await resident(), vote), vote, *places)
        clock.set(CLOSES)
        await AdvanceCycle(service.work, clock)(vote.id)
        return vote

    return hold
