"""How much time is left is told once, and nobody is told twice at one mark."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.change_stage import ChangeStage, Wish
from civic.actions.remind import RemindUnfinished
from civic.model.announcement import NoticeKind
from civic.model.community import Community
from civic.model.cycle import Cycle, StageAction, StageKind
from civic.model.resident import NewsChoice, Resident, Role
from civic.ports import Work
from storage.database import Database
from storage.unit_of_work import SqlWork
from tests.civic.cycles import VOTING, cycle, local, stage_id, stored
from tests.conftest import Meet
from tests.fakes import FrozenClock
from tests.storage.ledger import fill, told

HALF_WAY = local(4, 8, 13, 30)
THREE_DAYS_BEFORE = local(4, 13, 9)
"""Three days before the close is a Sunday evening."""
ONE_DAY_BEFORE = VOTING.closes_at - timedelta(days=1)


class SilentAlarm:
    """Wakes nobody."""

    def wake(self) -> None:
        """Do nothing."""


@pytest.fixture
async def vote(work: Work, town: Community) -> Cycle:
    """A cycle that is a vote alone."""
    return await stored(work, town.id, cycle(VOTING))


async def _begin(work: Work, made: Cycle, person: Resident) -> None:
    async with work.write() as unit:
        await unit.engagements.begin(stage_id(made, StageKind.VOTING), person.id)
        await unit.commit()


async def _finish(work: Work, made: Cycle, person: Resident) -> None:
    async with work.write() as unit:
        await unit.engagements.finish(stage_id(made, StageKind.VOTING), person.id)
        await unit.commit()


async def _reminded(work: Work, person: Resident) -> list[object]:
    return [
        entry.parameters["days"]
        for entry in await told(work, person)
        if entry.kind is NoticeKind.REMINDER
    ]


async def test_at_a_mark_each_is_told_what_concerns_them_and_nobody_twice(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    began, finished, silent = [await resident() for _person in range(3)]
    await _begin(work, vote, began)
    await _finish(work, vote, finished)
    clock.set(THREE_DAYS_BEFORE)
    assert await RemindUnfinished(work, clock)(vote.id)
    assert [entry.kind for entry in await told(work, began)] == [NoticeKind.REMINDER]
    assert [entry.kind for entry in await told(work, silent)] == [NoticeKind.LAST_DAYS]
    assert await told(work, finished) == []


async def test_half_way_everyone_is_told_who_has_not_finished(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    began, finished, silent = [await resident() for _person in range(3)]
    await _begin(work, vote, began)
    await _finish(work, vote, finished)
    clock.set(HALF_WAY)
    remind = RemindUnfinished(work, clock)
    assert await remind(vote.id)
    assert not await remind(vote.id)
    assert [entry.kind for entry in await told(work, began)] == [NoticeKind.HALF_WAY]
    assert [entry.kind for entry in await told(work, silent)] == [NoticeKind.HALF_WAY]
    assert await told(work, finished) == []


async def test_who_wants_only_their_own_news_is_not_told_of_what_they_did_not_begin(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    began, silent = [await resident() for _person in range(2)]
    await _begin(work, vote, began)
    async with work.write() as unit:
        for person in (began, silent):
            await unit.residents.save(replace(person, news=NewsChoice.MINE))
        await unit.commit()
    clock.set(THREE_DAYS_BEFORE)
    assert await RemindUnfinished(work, clock)(vote.id)
    assert await _reminded(work, began) == [3]
    assert await told(work, silent) == []


async def test_each_reminder_goes_once(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    person = await resident()
    await _begin(work, vote, person)
    remind = RemindUnfinished(work, clock)
    for moment in (THREE_DAYS_BEFORE, ONE_DAY_BEFORE):
        clock.set(moment)
        assert await remind(vote.id)
        clock.move(timedelta(minutes=1))
        assert not await remind(vote.id)
    assert await _reminded(work, person) == [3, 1]


async def test_after_downtime_over_the_first_mark_only_the_second_is_sent(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    person = await resident()
    await _begin(work, vote, person)
    clock.set(ONE_DAY_BEFORE)
    await RemindUnfinished(work, clock)(vote.id)
    assert await _reminded(work, person) == [1]


async def test_what_falls_due_at_night_is_for_those_whom_it_concerns_in_the_morning(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    """After downtime; a mark by itself falls due in daytime."""
    began, finishes = [await resident() for _person in range(2)]
    for person in (began, finishes):
        await _begin(work, vote, person)
    clock.set(local(4, 13, 23))
    assert await RemindUnfinished(work, clock)(vote.id)
    assert await fill(work, clock.now()) == []
    await _finish(work, vote, finishes)
    await fill(work, local(4, 14, 9))
    assert await _reminded(work, began) == [3]
    assert await _reminded(work, finishes) == []


async def test_nobody_is_reminded_early_or_late(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    person = await resident()
    await _begin(work, vote, person)
    remind = RemindUnfinished(work, clock)
    for moment in (HALF_WAY - timedelta(seconds=1), VOTING.closes_at):
        clock.set(moment)
        assert not await remind(vote.id)
    assert await _reminded(work, person) == []


async def test_who_said_stop_is_not_reminded(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    person = await resident()
    await _begin(work, vote, person)
    async with work.write() as unit:
        await unit.residents.save(replace(person, news=NewsChoice.NONE))
        await unit.commit()
    clock.set(THREE_DAYS_BEFORE)
    assert await RemindUnfinished(work, clock)(vote.id)
    assert await told(work, person) == []


async def test_when_another_process_was_faster_nobody_is_reminded_twice(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await resident()
    await _begin(work, vote, person)
    clock.set(THREE_DAYS_BEFORE)
    await RemindUnfinished(work, clock)(vote.id)
    # The other process looked before the first one wrote.
    monkeypatch.setattr(
        "storage.repositories.announcements.SqlAnnouncements.is_planned", _not_planned_yet
    )
    assert not await RemindUnfinished(work, clock)(vote.id)
    assert await _reminded(work, person) == [3]


async def _not_planned_yet(_ledger: object, _key: str) -> bool:
    return False


async def test_after_an_extension_the_new_close_is_reminded_of(
    work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    person = await resident()
    await _begin(work, vote, person)
    remind = RemindUnfinished(work, clock)
    clock.set(ONE_DAY_BEFORE)
    await remind(vote.id)
    later = VOTING.closes_at + timedelta(days=2)
    wish = Wish(stage_id(vote, StageKind.VOTING), StageAction.EXTENDED, "snowstorm", later)
    organiser = replace(await resident(), roles=frozenset({Role.ORGANISER}))
    await ChangeStage(work, clock, SilentAlarm())(organiser, wish)
    assert not await remind(vote.id)
    clock.set(later - timedelta(days=1))
    assert await remind(vote.id)
    assert await _reminded(work, person) == [1, 1]


async def test_several_processes_write_the_notices_of_a_mark_once(
    database: Database, work: Work, clock: FrozenClock, vote: Cycle, resident: Meet
) -> None:
    began, silent = [await resident() for _person in range(2)]
    await _begin(work, vote, began)
    clock.set(THREE_DAYS_BEFORE)
    url = database.url.render_as_string(hide_password=False)
    others = [Database(url) for _process in range(2)]
    try:
        processes = [RemindUnfinished(SqlWork(other), clock) for other in others]
        await asyncio.gather(*(remind(vote.id) for remind in processes for _call in range(2)))
    finally:
        for other in others:
            await other.close()
    assert [entry.kind for entry in await told(work, began)] == [NoticeKind.REMINDER]
    assert [entry.kind for entry in await told(work, silent)] == [NoticeKind.LAST_DAYS]
