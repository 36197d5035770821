"""What can be read of a vote, and what cannot while it is open."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.count_votes import count_votes
from civic.actions.open_ballot import OpenBallot
from civic.actions.read_ballot import ReadBallot, VotePhase
from civic.actions.read_project import ReadProject
from civic.actions.read_results import ReadResults, ReadVotes
from civic.model.community import Community
from civic.model.cycle import Stage, StageKind, StageState
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.model.results import Outcome
from civic.ports import Work
from tests.civic.actions.voting import Booth, Vote, hold_vote
from tests.civic.rules.votes import CLOSES, OPENS, voting_stage
from tests.fakes import CountingRandomness, FrozenClock

Meet = Callable[..., Awaitable[Resident]]
DAY = timedelta(days=1)


@pytest.fixture
async def vote(work: Work, town: Community) -> Vote:
    return await hold_vote(work, town.id, costs=[10] * 5)


@pytest.fixture
def read(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> ReadBallot:
    return ReadBallot(work, clock, randomness)


@pytest.fixture
def read_project(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> ReadProject:
    return ReadProject(work, clock, randomness)


async def close(work: Work, clock: FrozenClock, vote: Vote) -> None:
    """Close the vote and count it."""
    clock.set(CLOSES)
    async with work.write() as unit:
        cycle = await unit.cycles.get(vote.id, lock=True)
        assert cycle is not None
        await count_votes(unit, cycle, CLOSES)
        await unit.commit()


async def reason(waiting: Awaitable[object]) -> Reason:
    with pytest.raises(Refused) as refused:
        await waiting
    return refused.value.reason


async def test_each_person_has_an_own_order_that_stays(
    read: ReadBallot, resident: Meet, vote: Vote
) -> None:
    people = [await resident() for _number in range(8)]

    orders = [[one.id for one in (await read(person, vote.id)).projects] for person in people]
    again = [[one.id for one in (await read(person, vote.id)).projects] for person in people]

    assert orders == again
    assert len({tuple(order) for order in orders}) > 1
    assert all(sorted(order) == [one.id for one in vote.projects] for order in orders)


async def test_a_person_sees_the_own_ballot_and_its_receipt(
    read: ReadBallot, booth: Booth, resident: Meet, vote: Vote
) -> None:
    voter = await booth.declared(await resident(), vote)
    before = await read(voter, vote.id)
    await booth.cast(voter, vote, 3)

    after = await read(voter, vote.id)

    assert (before.choices, before.receipt) == (frozenset(), "")
    assert after.choices == {vote.projects[3].id}
    assert [one.id for one in after.chosen] == [vote.projects[3].id]
    assert after.receipt


async def test_nothing_that_is_read_of_an_open_vote_depends_on_others(
    work: Work,
    clock: FrozenClock,
    read: ReadBallot,
    read_project: ReadProject,
    booth: Booth,
    resident: Meet,
    vote: Vote,
) -> None:
    """No running totals: what a person can read is the same before and after others vote."""
    person = await resident()

    async def everything() -> list[object]:
        return [
            await read(person, vote.id),
            *[await read_project(person, one.id) for one in vote.projects],
            await ReadVotes(work, clock)(person),
            await reason(ReadResults(work, clock)(person, vote.id)),
        ]

    before = await everything()
    for _neighbour in range(3):
        await booth.cast(await booth.declared(await resident(), vote), vote, 0, 1)

    assert await everything() == before
    assert before[-1] is Reason.RESULTS_NOT_READY


async def test_a_vote_reopened_by_its_dates_hides_its_protocol(
    work: Work,
    clock: FrozenClock,
    read: ReadBallot,
    read_project: ReadProject,
    resident: Meet,
    vote: Vote,
) -> None:
    person = await resident()
    await close(work, clock, vote)
    clock.set(CLOSES - DAY)

    assert not (await read(person, vote.id)).counted
    assert (await read_project(person, vote.projects[0].id)).result is None
    assert await reason(ReadResults(work, clock)(person, vote.id)) is Reason.RESULTS_NOT_READY
    assert [one.protocol for one in await ReadVotes(work, clock)(person)] == [None]


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (OPENS - DAY, VotePhase.AHEAD),
        (OPENS, VotePhase.OPEN),
        (CLOSES - timedelta(microseconds=1), VotePhase.OPEN),
        (CLOSES, VotePhase.OVER),
    ],
)
async def test_a_vote_is_ahead_open_or_over_by_its_dates(
    clock: FrozenClock,
    read: ReadBallot,
    resident: Meet,
    vote: Vote,
    now: object,
    phase: VotePhase,
) -> None:
    clock.set(now)  # type: ignore[arg-type]

    view = await read(await resident(), vote.id)

    assert (view.phase, view.counted) == (phase, False)


async def test_a_project_has_neighbours_in_the_own_order(
    read: ReadBallot, read_project: ReadProject, resident: Meet, vote: Vote
) -> None:
    person = await resident()
    order = [one.id for one in (await read(person, vote.id)).projects]

    views = [await read_project(person, one) for one in order]

    assert [view.position for view in views] == [1, 2, 3, 4, 5]
    assert [view.previous for view in views] == [None, *order[:-1]]
    assert [view.following for view in views] == [*order[1:], None]


async def test_a_project_tells_its_result_once_it_is_counted(
    work: Work,
    clock: FrozenClock,
    read_project: ReadProject,
    booth: Booth,
    resident: Meet,
    vote: Vote,
) -> None:
    for _voter in range(2):
        await booth.cast(await booth.declared(await resident(), vote), vote, 2)
    await close(work, clock, vote)

    result = (await read_project(await resident(), vote.projects[2].id)).result

    assert result is not None
    assert (result.votes, result.outcome) == (2, Outcome.FUNDED)


async def test_an_unknown_project_is_not_there(read_project: ReadProject, resident: Meet) -> None:
    assert await reason(read_project(await resident(), 10**9)) is Reason.NOT_FOUND


async def test_another_town_is_not_there(
    work: Work,
    clock: FrozenClock,
    town: Community,
    read: ReadBallot,
    read_project: ReadProject,
    resident: Meet,
) -> None:
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(town, slug="elsewhere"))
        await unit.commit()
    vote, person = await hold_vote(work, elsewhere), await resident()

    assert await reason(read(person, vote.id)) is Reason.NOT_FOUND
    assert await reason(read_project(person, vote.projects[0].id)) is Reason.NOT_FOUND
    assert await reason(ReadResults(work, clock)(person, vote.id)) is Reason.NOT_FOUND
    assert await reason(OpenBallot(work, clock)(person, vote.id)) is Reason.NOT_FOUND
    assert await ReadVotes(work, clock)(person) == ()


async def test_looking_into_an_open_vote_is_a_beginning(
    work: Work, clock: FrozenClock, resident: Meet, vote: Vote
) -> None:
    person = await resident()
    for _again in range(2):
        await OpenBallot(work, clock)(person, vote.id)

    async with work.read() as unit:
        assert await unit.engagements.of_resident(person.id, [vote.stage.id]) == {
            vote.stage.id: False
        }


@pytest.mark.parametrize("now", [OPENS - DAY, CLOSES])
async def test_looking_into_a_vote_that_is_not_open_leaves_no_trace(
    work: Work, clock: FrozenClock, resident: Meet, vote: Vote, now: object
) -> None:
    clock.set(now)  # type: ignore[arg-type]
    person = await resident()
    await OpenBallot(work, clock)(person, vote.id)

    async with work.read() as unit:
        assert await unit.engagements.of_resident(person.id, [vote.stage.id]) == {}


async def test_a_cycle_without_a_vote_leaves_no_trace(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    ideas = Stage(0, 0, StageKind.IDEAS, OPENS, CLOSES, StageState.OPEN)
    cycle = await hold_vote(work, town.id, ideas, costs=())
    person = await resident()

    await OpenBallot(work, clock)(person, cycle.id)

    assert await reason(ReadResults(work, clock)(person, cycle.id)) is Reason.NO_SUCH_STAGE
    assert await ReadVotes(work, clock)(person) == ()


async def test_results_hold_the_protocol_and_the_projects(
    work: Work, clock: FrozenClock, resident: Meet, vote: Vote
) -> None:
    await close(work, clock, vote)

    view = await ReadResults(work, clock)(await resident(), vote.id)

    assert view.protocol.cycle_id == vote.id
    assert [one.project_id for one in view.protocol.results] == sorted(view.projects)


async def test_a_vote_that_is_over_but_not_counted_has_no_results(
    work: Work, clock: FrozenClock, resident: Meet, vote: Vote
) -> None:
    clock.set(CLOSES)

    assert (
        await reason(ReadResults(work, clock)(await resident(), vote.id))
        is Reason.RESULTS_NOT_READY
    )


async def test_counted_votes_come_first_and_newest_first(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    votes = {}
    for slug, closes in (
        ("old", CLOSES - 3 * DAY),
        ("recent", CLOSES - DAY),
        ("later", CLOSES + 9 * DAY),
        ("soon", CLOSES + 3 * DAY),
    ):
        stage = voting_stage(OPENS - 30 * DAY, closes)
        votes[slug] = await hold_vote(work, town.id, stage, slug=slug)
    for slug in ("old", "recent"):
        await close(work, clock, votes[slug])

    listed = await ReadVotes(work, clock)(await resident())

    assert [one.cycle.slug for one in listed] == ["recent", "old", "soon", "later"]
    assert [one.protocol is not None for one in listed] == [True, True, False, False]


async def test_after_the_links_are_destroyed_nobody_can_be_joined_to_a_ballot(
    work: Work, clock: FrozenClock, read: ReadBallot, booth: Booth, resident: Meet, vote: Vote
) -> None:
    voters = [await booth.declared(await resident(), vote) for _number in range(3)]
    for voter in voters:
        await booth.cast(voter, vote, 1)
    receipts = [(await read(voter, vote.id)).receipt for voter in voters]
    clock.set(CLOSES)
    async with work.write() as unit:
        before = await unit.ballots.all(vote.stage.id)
        await unit.ballots.destroy_links(vote.stage.id)
        await unit.commit()

    views = [await read(voter, vote.id) for voter in voters]

    assert [view.choices for view in views] == [frozenset()] * 3
    assert [view.receipt for view in views] == receipts
    async with work.read() as unit:
        assert not await unit.ballots.has_links(vote.stage.id)
        assert await unit.ballots.all(vote.stage.id) == before
