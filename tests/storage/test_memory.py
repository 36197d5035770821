"""What is remembered of a cycle or a town is never older than the database."""

from dataclasses import replace

import pytest

from civic.model.community import Community
from civic.model.cycle import Cycle, StageState
from civic.ports import Work
from storage.database import Database
from storage.unit_of_work import SqlWork
from tests.civic.actions.voting import Vote, hold_vote


@pytest.fixture
async def vote(work: Work, town: Community) -> Vote:
    return await hold_vote(work, town.id)


@pytest.fixture
def neighbour(database: Database) -> Work:
    """Another process on the same database."""
    return SqlWork(database)


async def read(work: Work, cycle_id: int) -> Cycle:
    async with work.read() as unit:
        found = await unit.cycles.get(cycle_id)
    assert found is not None
    return found


async def titles(work: Work, vote: Vote) -> set[str]:
    async with work.read() as unit:
        return {one.titles["en"] for one in await unit.projects.in_cycle(vote.cycle.id)}


async def test_what_did_not_change_is_not_read_again(work: Work, vote: Vote) -> None:
    assert await read(work, vote.cycle.id) is await read(work, vote.cycle.id)


async def test_a_stage_changed_by_another_process_is_seen_at_once(
    work: Work, neighbour: Work, vote: Vote
) -> None:
    await read(work, vote.cycle.id)
    async with neighbour.write() as unit:
        await unit.cycles.save_stage(replace(vote.stage, state=StageState.CLOSED))
        await unit.commit()

    assert (await read(work, vote.cycle.id)).stages[-1].state is StageState.CLOSED


async def test_a_change_that_was_rolled_back_is_not_remembered(
    work: Work, neighbour: Work, vote: Vote
) -> None:
    project = vote.projects[0]
    async with work.write() as unit:
        await unit.projects.save(replace(project, titles={"en": "never kept"}))
        assert any(
            one.titles["en"] == "never kept" for one in await unit.projects.in_cycle(vote.cycle.id)
        )
    async with neighbour.write() as unit:
        await unit.projects.save(replace(project, titles={"en": "kept"}))
        await unit.commit()

    assert "kept" in await titles(work, vote)
    assert "never kept" not in await titles(work, vote)


async def test_a_removed_project_is_gone(work: Work, neighbour: Work, vote: Vote) -> None:
    before = await titles(work, vote)
    async with neighbour.write() as unit:
        await unit.projects.remove(vote.projects[0].id)
        await unit.commit()

    assert await titles(work, vote) == before - {vote.projects[0].titles["en"]}
    async with work.read() as unit:
        assert await unit.projects.get(vote.projects[0].id) is None


async def test_a_town_changed_by_another_process_is_seen_at_once(
    work: Work, neighbour: Work, town: Community
) -> None:
    async with work.read() as unit:
        assert await unit.communities.get(town.id) == town
    async with neighbour.write() as unit:
        await unit.communities.save(replace(town, currency="EUR"))
        await unit.commit()

    async with work.read() as unit:
        found = await unit.communities.first()
    assert found is not None
    assert found.currency == "EUR"


async def test_within_one_unit_of_work_a_cycle_is_as_it_was_first_seen(
    work: Work, neighbour: Work, vote: Vote
) -> None:
    async with work.read() as unit:
        first = await unit.cycles.get(vote.id)
        async with neighbour.write() as other:
            await other.cycles.save_stage(replace(vote.stage, state=StageState.CLOSED))
            await other.commit()
        assert await unit.cycles.get(vote.id) is first
    assert await read(work, vote.id) != first
