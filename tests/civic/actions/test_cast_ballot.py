"""Ticking and unticking projects."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.cast_ballot import CastBallot, voter_key_of
from civic.model.community import Community
from civic.model.cycle import BallotKind, StageState
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Overtaken, Work
from tests.civic.actions.voting import Booth, Vote, hold_vote
from tests.civic.rules.votes import CLOSES, OPENS, RULES
from tests.fakes import CountingRandomness, FrozenClock

Meet = Callable[..., Awaitable[Resident]]


@pytest.fixture
async def vote(work: Work, town: Community) -> Vote:
    return await hold_vote(work, town.id)


@pytest.fixture
async def voter(resident: Meet, booth: Booth, vote: Vote) -> Resident:
    return await booth.declared(await resident(), vote)


@pytest.fixture
def cast(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> CastBallot:
    return CastBallot(work, clock, randomness)


async def is_finished(work: Work, voter: Resident, vote: Vote) -> bool | None:
    async with work.read() as unit:
        return (await unit.engagements.of_resident(voter.id, [vote.stage.id])).get(vote.stage.id)


async def refusal(waiting: Awaitable[object]) -> Refused:
    with pytest.raises(Refused) as refused:
        await waiting
    return refused.value


async def test_a_ballot_counts_as_it_stands(
    work: Work, cast: CastBallot, voter: Resident, vote: Vote
) -> None:
    first, second, _third = (project.id for project in vote.projects)

    own = await cast(voter, vote.id, first, chosen=True)
    own = await cast(voter, vote.id, second, chosen=True)

    assert own.choices == {first, second}
    assert own.receipt
    async with work.read() as unit:
        assert [one.choices for one in await unit.ballots.all(vote.stage.id)] == [{first, second}]
    assert await is_finished(work, voter, vote) is True


async def test_the_same_tick_twice_is_one_tick(
    work: Work, cast: CastBallot, voter: Resident, vote: Vote
) -> None:
    for _again in range(2):
        own = await cast(voter, vote.id, vote.projects[0].id, chosen=True)

    assert own.choices == {vote.projects[0].id}
    async with work.read() as unit:
        assert await unit.ballots.count(vote.stage.id) == 1


async def test_a_tick_repeated_on_a_full_ballot_is_no_refusal(
    cast: CastBallot, booth: Booth, voter: Resident, vote: Vote
) -> None:
    await booth.cast(voter, vote, 0, 1)

    own = await cast(voter, vote.id, vote.projects[1].id, chosen=True)

    assert len(own.choices) == 2


async def test_a_choice_can_be_changed(
    cast: CastBallot, booth: Booth, voter: Resident, vote: Vote
) -> None:
    await booth.cast(voter, vote, 0, 1)
    await booth.cast(voter, vote, 0, chosen=False)

    own = await cast(voter, vote.id, vote.projects[2].id, chosen=True)

    assert own.choices == {vote.projects[1].id, vote.projects[2].id}


async def test_an_emptied_ballot_is_no_participation(
    work: Work, cast: CastBallot, booth: Booth, voter: Resident, vote: Vote
) -> None:
    await booth.cast(voter, vote, 0)

    for _again in range(2):
        own = await cast(voter, vote.id, vote.projects[0].id, chosen=False)

    assert own.choices == frozenset()
    assert own.receipt == ""
    async with work.read() as unit:
        assert await unit.ballots.count(vote.stage.id) == 0
        voter_key = voter_key_of(cast.randomness, vote.stage, voter)
        assert not await unit.ballots.has_taken_part(vote.stage.id, voter_key)
    assert await is_finished(work, voter, vote) is False


async def test_a_receipt_does_not_depend_on_the_choices(
    cast: CastBallot, voter: Resident, vote: Vote
) -> None:
    receipts = set()
    for project in vote.projects:
        receipts.add((await cast(voter, vote.id, project.id, chosen=True)).receipt)
        await cast(voter, vote.id, project.id, chosen=False)

    assert len(receipts) == 1


async def test_two_people_have_different_receipts(
    cast: CastBallot, booth: Booth, resident: Meet, voter: Resident, vote: Vote
) -> None:
    neighbour = await booth.declared(await resident(), vote)

    own = await cast(voter, vote.id, vote.projects[0].id, chosen=True)
    theirs = await cast(neighbour, vote.id, vote.projects[0].id, chosen=True)

    assert own.receipt != theirs.receipt


async def test_no_more_than_the_limit_can_be_chosen(
    cast: CastBallot, booth: Booth, voter: Resident, vote: Vote
) -> None:
    await booth.cast(voter, vote, 0, 1)

    refused = await refusal(cast(voter, vote.id, vote.projects[2].id, chosen=True))

    assert refused.reason is Reason.TOO_MANY_CHOICES


async def test_a_knapsack_ballot_stays_within_the_fund(
    work: Work, town: Community, cast: CastBallot, booth: Booth, resident: Meet
) -> None:
    rules = replace(RULES, ballot=BallotKind.KNAPSACK, max_choices=None, fund=100)
    vote = await hold_vote(work, town.id, rules=rules, costs=(60, 30, 20))
    voter = await booth.declared(await resident(), vote)
    await booth.cast(voter, vote, 0, 1)

    refused = await refusal(cast(voter, vote.id, vote.projects[2].id, chosen=True))

    assert refused.reason is Reason.OVER_FUND
    assert refused.facts == {"left": 10, "cost": 20}


@pytest.mark.parametrize("rounds", range(3))
async def test_many_devices_at_once_cannot_go_past_the_limit(
    work: Work,
    town: Community,
    booth: Booth,
    cast: CastBallot,
    resident: Meet,
    rounds: int,
) -> None:
    vote = await hold_vote(work, town.id, costs=[10] * 6, slug=f"round-{rounds}")
    voter = await booth.declared(await resident(), vote)

    answers = await asyncio.gather(
        *(cast(voter, vote.id, project.id, chosen=True) for project in vote.projects),
        return_exceptions=True,
    )

    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer.reason for answer in refused] == [Reason.TOO_MANY_CHOICES] * 4
    async with work.read() as unit:
        ballots = await unit.ballots.all(vote.stage.id)
    assert [len(ballot.choices) for ballot in ballots] == [2]


async def test_who_is_overtaken_every_time_is_not_kept_for_ever(
    cast: CastBallot, voter: Resident, vote: Vote, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def overtaken(*_anything: object, **_more: object) -> None:
        raise Overtaken

    monkeypatch.setattr(CastBallot, "_attempt", overtaken)
    with pytest.raises(Overtaken):
        await cast(voter, vote.id, vote.projects[0].id, chosen=True)


async def test_two_devices_ticking_the_same_project_make_one_ballot(
    work: Work, cast: CastBallot, voter: Resident, vote: Vote
) -> None:
    project_id = vote.projects[0].id

    await asyncio.gather(*(cast(voter, vote.id, project_id, chosen=True) for _device in range(4)))

    async with work.read() as unit:
        assert [one.choices for one in await unit.ballots.all(vote.stage.id)] == [{project_id}]


async def test_who_has_not_declared_is_asked_first(
    work: Work, cast: CastBallot, resident: Meet, vote: Vote
) -> None:
    stranger = await resident()

    refused = await refusal(cast(stranger, vote.id, vote.projects[0].id, chosen=True))

    assert refused.reason is Reason.NOT_DECLARED
    assert refused.facts == {"minimum_age": 16}
    async with work.read() as unit:
        assert await unit.ballots.count(vote.stage.id) == 0


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (OPENS - timedelta(microseconds=1), Reason.NOT_OPEN_YET),
        (CLOSES, Reason.CLOSED),
    ],
)
async def test_outside_its_dates_a_vote_refuses_with_them(
    cast: CastBallot,
    clock: FrozenClock,
    voter: Resident,
    vote: Vote,
    now: object,
    reason: Reason,
) -> None:
    clock.set(now)  # type: ignore[arg-type]

    refused = await refusal(cast(voter, vote.id, vote.projects[0].id, chosen=True))

    assert refused.reason is reason
    assert refused.facts == {"opens_at": OPENS, "closes_at": CLOSES}


async def test_until_the_last_moment_a_ballot_is_taken(
    cast: CastBallot, clock: FrozenClock, voter: Resident, vote: Vote
) -> None:
    clock.set(CLOSES - timedelta(microseconds=1))

    assert (await cast(voter, vote.id, vote.projects[0].id, chosen=True)).receipt


async def test_what_another_process_has_closed_takes_no_more_ballots(
    work: Work, cast: CastBallot, voter: Resident, vote: Vote
) -> None:
    async with work.write() as unit:
        await unit.cycles.save_stage(replace(vote.stage, state=StageState.CLOSED))
        await unit.commit()

    refused = await refusal(cast(voter, vote.id, vote.projects[0].id, chosen=True))

    assert refused.reason is Reason.CLOSED


async def test_a_project_of_another_vote_is_not_on_this_ballot(
    work: Work, town: Community, cast: CastBallot, voter: Resident, vote: Vote
) -> None:
    other = await hold_vote(work, town.id, slug="other")

    for number in (other.projects[0].id, 10**9):
        refused = await refusal(cast(voter, vote.id, number, chosen=True))
        assert refused.reason is Reason.NOT_FOUND


async def test_the_vote_of_another_town_is_not_there(
    work: Work, town: Community, cast: CastBallot, voter: Resident
) -> None:
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(town, slug="elsewhere"))
        await unit.commit()
    vote = await hold_vote(work, elsewhere)

    refused = await refusal(cast(voter, vote.id, vote.projects[0].id, chosen=True))

    assert refused.reason is Reason.NOT_FOUND
