"""A cycle is where its calendar says, each transition once, whoever carries it out and when."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.transitions import tell
from civic.model.announcement import NoticeKind
from civic.model.ballot import Ballot
from civic.model.community import Community
from civic.model.cycle import Cycle, StageAction, StageKind, StageState
from civic.model.refusal import Reason, Refused
from civic.model.resident import NewsChoice
from civic.model.results import ResultsProtocol
from civic.ports import Work
from civic.rules.fingerprint import rules_hash
from storage.database import Database
from storage.tables.news import announcements, deliveries
from storage.unit_of_work import SqlWork
from tests.civic.cycles import (
    DISCUSSION,
    IDEAS,
    RESULTS,
    REVIEW,
    VOTING,
    consultation,
    cycle,
    local,
    stage_id,
    stored,
)
from tests.conftest import Meet
from tests.fakes import FrozenClock
from tests.storage.ledger import fill, told

BALLOT_NUMBER = "0123456789abcdef"


async def _read(work: Work, cycle_id: int) -> Cycle:
    async with work.read() as unit:
        found = await unit.cycles.get(cycle_id)
    assert found is not None
    return found


async def _states(work: Work, cycle_id: int) -> dict[str, str]:
    return {entry.kind.value: entry.state.value for entry in (await _read(work, cycle_id)).stages}


async def _log(work: Work, cycle_id: int) -> list[tuple[StageKind, StageAction]]:
    made = await _read(work, cycle_id)
    kinds = {entry.id: entry.kind for entry in made.stages}
    async with work.read() as unit:
        changes = await unit.cycles.changes(cycle_id)
    return [(kinds[change.stage_id], change.action) for change in reversed(changes)]


async def _vote(work: Work, made: Cycle, voter: str, number: str, *, position: int) -> None:
    async with work.write() as unit:
        project = (await unit.projects.in_cycle(made.id))[position]
        voting = stage_id(made, StageKind.VOTING)
        await unit.ballots.put(voting, voter, None, Ballot(number, frozenset({project.id})))
        await unit.commit()


async def test_a_stage_opens_on_the_minute(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    made = await stored(work, town.id, cycle())
    advance = AdvanceCycle(work, clock)
    clock.set(IDEAS.opens_at - timedelta(seconds=1))
    assert await advance(made.id) == IDEAS.opens_at
    assert (await _states(work, made.id))["ideas"] == "planned"
    clock.set(IDEAS.opens_at)
    assert await advance(made.id) == local(3, 9, 9)
    assert (await _states(work, made.id))["ideas"] == "open"


async def test_one_stage_closes_and_the_next_opens_on_the_minute(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    made = await stored(work, town.id, cycle())
    advance = AdvanceCycle(work, clock)
    clock.set(REVIEW.opens_at - timedelta(seconds=1))
    await advance(made.id)
    assert (await _states(work, made.id))["ideas"] == "open"
    clock.set(REVIEW.opens_at)
    await advance(made.id)
    states = await _states(work, made.id)
    assert (states["ideas"], states["review"]) == ("closed", "open")


async def test_however_often_it_is_called_each_transition_is_logged_and_told_once(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, cycle())
    advance = AdvanceCycle(work, clock)
    clock.set(IDEAS.opens_at)
    for _time in range(3):
        await advance(made.id)
        clock.move(timedelta(minutes=1))
    assert await _log(work, made.id) == [(StageKind.IDEAS, StageAction.OPENED)]
    assert [entry.kind for entry in await told(work, person)] == [NoticeKind.STAGE_OPENED]


async def test_after_a_day_of_downtime_the_cycle_is_where_it_should_be(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, cycle())
    clock.set(IDEAS.opens_at + timedelta(days=1))
    await AdvanceCycle(work, clock)(made.id)
    assert await _log(work, made.id) == [(StageKind.IDEAS, StageAction.OPENED)]
    assert [entry.kind for entry in await told(work, person)] == [NoticeKind.STAGE_OPENED]
    async with work.read() as unit:
        (change,) = await unit.cycles.changes(made.id)
    assert change.at == IDEAS.opens_at


async def test_after_weeks_of_downtime_every_transition_is_made_once_and_summed_up(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, cycle())
    clock.set(local(4, 20))
    advance = AdvanceCycle(work, clock)
    await advance(made.id)
    await advance(made.id)
    assert await _log(work, made.id) == [
        (StageKind.IDEAS, StageAction.OPENED),
        (StageKind.IDEAS, StageAction.CLOSED),
        (StageKind.REVIEW, StageAction.OPENED),
        (StageKind.REVIEW, StageAction.CLOSED),
        (StageKind.VOTING, StageAction.OPENED),
        (StageKind.VOTING, StageAction.CLOSED),
        (StageKind.RESULTS, StageAction.OPENED),
    ]
    assert await _states(work, made.id) == {
        "ideas": "closed",
        "review": "closed",
        "voting": "closed",
        "results": "open",
        "building": "planned",
    }
    (summary,) = await told(work, person)
    assert (summary.kind, summary.stage_id) == (
        NoticeKind.WHILE_AWAY,
        stage_id(made, StageKind.RESULTS),
    )
    assert summary.parameters == {
        "since": IDEAS.opens_at.isoformat(),
        "funded": 0,
        "ballots": 0,
    }


async def test_a_consultation_ends_with_thanks(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, consultation())
    advance = AdvanceCycle(work, clock)
    for moment in (DISCUSSION.opens_at, DISCUSSION.closes_at, local(4, 5)):
        clock.set(moment)
        await advance(made.id)
    found = await told(work, person)
    assert [(entry.kind, entry.stage_id) for entry in found] == [
        (NoticeKind.STAGE_OPENED, stage_id(made, StageKind.CONSULTATION)),
        (NoticeKind.STAGE_CLOSED, stage_id(made, StageKind.CONSULTATION)),
        (NoticeKind.STAGE_OPENED, stage_id(made, StageKind.ANSWERS)),
    ]


async def test_the_rules_of_a_vote_are_frozen_when_it_opens(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    made = await stored(work, town.id, cycle(VOTING))
    clock.set(VOTING.opens_at)
    await AdvanceCycle(work, clock)(made.id)
    async with work.read() as unit:
        projects = await unit.projects.in_cycle(made.id)
    assert (await _read(work, made.id)).rules_hash == rules_hash(made, projects)


async def test_a_vote_is_counted_when_it_closes_and_all_who_want_news_are_told(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, cycle(VOTING, RESULTS))
    advance = AdvanceCycle(work, clock)
    clock.set(VOTING.opens_at)
    await advance(made.id)
    await _vote(work, made, "voter", BALLOT_NUMBER, position=1)
    clock.set(VOTING.closes_at)
    await advance(made.id)
    async with work.read() as unit:
        protocol = await unit.protocols.get(made.id)
    assert protocol is not None
    assert (protocol.ballots, protocol.counted_at) == (1, VOTING.closes_at)
    results = (await told(work, person))[-1]
    assert results.kind is NoticeKind.RESULTS
    assert results.parameters == {"funded": 1, "ballots": 1}


async def test_who_said_stop_is_told_nothing_not_even_results(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, cycle(VOTING))
    async with work.write() as unit:
        await unit.engagements.finish(stage_id(made, StageKind.VOTING), person.id)
        await unit.residents.save(replace(person, news=NewsChoice.NONE))
        await unit.commit()
    clock.set(VOTING.closes_at)
    await AdvanceCycle(work, clock)(made.id)
    assert await told(work, person) == []


def _published(made: Cycle) -> ResultsProtocol:
    return ResultsProtocol(
        cycle_id=made.id,
        ballots=None,
        votes=0,
        fund=1,
        spent=None,
        results=(),
        rules_hash="",
        digest="published",
        counted_at=VOTING.closes_at,
        published_elsewhere=True,
    )


async def test_a_protocol_published_elsewhere_is_neither_counted_anew_nor_told(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, cycle(replace(VOTING, state=StageState.OPEN)))
    published = _published(made)
    async with work.write() as unit:
        await unit.protocols.add(published)
        await unit.commit()
    clock.set(VOTING.closes_at)
    await AdvanceCycle(work, clock)(made.id)
    async with work.read() as unit:
        assert await unit.protocols.get(made.id) == published
    assert await told(work, person) == []


async def test_a_summary_names_no_count_that_was_made_elsewhere(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, cycle(VOTING))
    async with work.write() as unit:
        await unit.protocols.add(_published(made))
        await unit.commit()
    clock.set(VOTING.closes_at)
    await AdvanceCycle(work, clock)(made.id)
    (summary,) = await told(work, person)
    assert summary.kind is NoticeKind.WHILE_AWAY
    assert "ballots" not in summary.parameters


async def test_links_between_voters_and_ballots_go_when_the_results_stage_closes(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    made = await stored(work, town.id, cycle(VOTING, RESULTS))
    voting = stage_id(made, StageKind.VOTING)
    advance = AdvanceCycle(work, clock)
    await _vote(work, made, "voter", BALLOT_NUMBER, position=0)
    clock.set(RESULTS.closes_at - timedelta(seconds=1))
    await advance(made.id)
    async with work.read() as unit:
        assert await unit.ballots.find(voting, "voter") is not None
    clock.set(RESULTS.closes_at)
    await advance(made.id)
    async with work.read() as unit:
        assert await unit.ballots.find(voting, "voter") is None
        assert await unit.ballots.count(voting) == 1


async def test_without_a_results_stage_the_links_go_14_days_after_the_vote_once(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    made = await stored(work, town.id, cycle(VOTING))
    advance = AdvanceCycle(work, clock)
    await _vote(work, made, "voter", BALLOT_NUMBER, position=0)
    clock.set(VOTING.closes_at)
    assert await advance(made.id) == VOTING.closes_at + timedelta(days=14)
    async with work.read() as unit:
        assert await unit.cycles.ids() == [made.id]
    clock.move(timedelta(days=14))
    for _time in range(2):
        assert await advance(made.id) is None
    assert (await _log(work, made.id))[2:] == [(StageKind.VOTING, StageAction.UNLINKED)]
    async with work.read() as unit:
        assert await unit.cycles.ids() == []


async def test_a_cycle_without_ballots_has_no_links_to_destroy(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    made = await stored(work, town.id, cycle(VOTING, RESULTS))
    clock.set(RESULTS.closes_at)
    await AdvanceCycle(work, clock)(made.id)
    assert (StageKind.VOTING, StageAction.UNLINKED) not in await _log(work, made.id)


async def test_a_cycle_that_is_not_there_is_refused(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    assert town.id
    with pytest.raises(Refused) as refused:
        await AdvanceCycle(work, clock)(404)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_two_processes_at_once_carry_everything_out_once(
    database: Database, work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    people = [await resident() for _person in range(5)]
    made = await stored(work, town.id, cycle())
    await _vote(work, made, "voter", BALLOT_NUMBER, position=0)
    clock.set(local(5, 11))
    url = database.url.render_as_string(hide_password=False)
    others = [Database(url) for _process in range(2)]
    try:
        processes = [AdvanceCycle(SqlWork(other), clock) for other in others]
        await asyncio.gather(*(advance(made.id) for advance in processes for _call in range(3)))
    finally:
        for other in others:
            await other.close()
    log = await _log(work, made.id)
    assert len(log) == len(set(log)) == 10
    await fill(work, clock.now())
    async with database.read() as connection:
        keys = (await connection.scalars(sa.select(announcements.c.key))).all()
        told = (await connection.scalars(sa.select(deliveries.c.resident_id))).all()
    assert sorted(keys) == sorted(
        [
            f"stage:{stage_id(made, StageKind.BUILDING)}:while_away:{IDEAS.opens_at.isoformat()}",
        ]
    )
    assert sorted(told) == sorted(person.id for person in people)


async def test_a_stage_that_the_organiser_closed_stays_closed(
    work: Work, clock: FrozenClock, town: Community
) -> None:
    closed = replace(IDEAS, closes_at=local(3, 5), state=StageState.CLOSED)
    made = await stored(work, town.id, cycle(closed))
    clock.set(local(3, 10))
    assert await AdvanceCycle(work, clock)(made.id) is None
    assert await _log(work, made.id) == []


async def test_the_same_news_is_written_once(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    person = await resident()
    made = await stored(work, town.id, cycle())
    async with work.write() as unit:
        for _time in range(2):
            await tell(unit, made, made.stages[0], NoticeKind.STAGE_OPENED, clock.now())
        await unit.commit()
    assert len(await told(work, person)) == 1
