"""A vote to talk about."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.wiring import Service
from civic.model.cycle import Stage, VotingRules
from tests.civic.actions.voting import Vote, hold_vote
from tests.civic.rules.votes import RULES

Hold = Callable[..., Awaitable[Vote]]


@pytest.fixture
def hold(service: Service) -> Hold:
    """Return a function that puts a vote into the town."""

    async def put(
        *stages: Stage,
        rules: VotingRules = RULES,
        costs: tuple[int, ...] = (1_500_000, 2_000_000, 4_000_000),
        slug: str = "park",
    ) -> Vote:
        async with service.work.read() as work:
            town = await work.communities.first()
        assert town is not None
        rules = replace(rules, fund=10_000_000)
        return await hold_vote(service.work, town.id, *stages, rules=rules, costs=costs, slug=slug)

    return put
