"""The declaration that one lives here and is old enough."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.declare_residence import DeclareResidence
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Work
from tests.civic.actions.voting import hold_vote
from tests.civic.rules.votes import RULES
from tests.fakes import MORNING, FrozenClock

Meet = Callable[..., Awaitable[Resident]]


async def test_only_the_day_and_the_age_are_kept(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    vote = await hold_vote(work, town.id)

    declared = await DeclareResidence(work, clock)(await resident(), vote.id)

    assert declared.declared_at == MORNING.replace(hour=0, minute=0)
    assert declared.declared_age == 16
    async with work.read() as unit:
        assert await unit.residents.get(declared.id) == declared


async def test_a_second_declaration_changes_nothing(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    vote = await hold_vote(work, town.id)
    declare = DeclareResidence(work, clock)
    first = await declare(await resident(), vote.id)
    clock.move(timedelta(days=2))

    assert await declare(first, vote.id) == first


async def test_a_vote_for_older_people_asks_again(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    young = await hold_vote(work, town.id)
    older = await hold_vote(work, town.id, rules=replace(RULES, minimum_age=18), slug="older")
    declare = DeclareResidence(work, clock)
    person = await declare(await resident(), young.id)

    assert (await declare(person, older.id)).declared_age == 18
    assert (await declare(person, young.id)).declared_age == 18


async def test_what_changed_meanwhile_on_another_device_stays(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    vote = await hold_vote(work, town.id)
    seen = await resident(language="kk")
    async with work.write() as unit:
        await unit.residents.save(replace(seen, language="ru"))
        await unit.commit()

    assert (await DeclareResidence(work, clock)(seen, vote.id)).language == "ru"


async def test_somebody_unknown_cannot_declare(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    vote = await hold_vote(work, town.id)
    gone = replace(await resident(), id=10**9)

    with pytest.raises(Refused) as refused:
        await DeclareResidence(work, clock)(gone, vote.id)

    assert refused.value.reason is Reason.NOT_FOUND
