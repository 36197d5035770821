"""Migrations and tables tell the same story on both databases."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from civic.model.audience import EVERYONE
from storage.database import Database
from storage.migrate import check, downgrade, newest, upgrade
from storage.tables import metadata
from storage.tables.news import announcements, deliveries
from storage.unit_of_work import SqlWork
from tests.conftest import TOWN
from tests.fakes import MORNING
from tests.idea_cycles import collecting, stored
from tests.storage.ledger import fill, plan


@pytest.fixture
async def unmigrated(database_url: str) -> AsyncIterator[Database]:
    """A database without a table."""
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    yield database
    async with database.engine.begin() as connection:
        await connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    await database.close()


async def _tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))


async def test_up_down_up(unmigrated: Database) -> None:
    await upgrade(unmigrated)
    await check(unmigrated)
    assert set(metadata.tables) < await _tables(unmigrated)
    await downgrade(unmigrated, "base")
    assert await _tables(unmigrated) == {"alembic_version"}
    await upgrade(unmigrated)
    await check(unmigrated)
    async with unmigrated.read() as connection:
        at = await connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    assert at == newest()
    await upgrade(unmigrated)
    await check(unmigrated)


async def test_news_that_is_being_written_goes_on_after_an_upgrade(unmigrated: Database) -> None:
    await upgrade(unmigrated)
    work = SqlWork(unmigrated)
    async with work.write() as unit:
        town_id = await unit.communities.save(TOWN)
        people = [
            await unit.residents.add(town_id, "kk", "test", f"address-{number}", None, MORNING)
            for number in range(4)
        ]
        await unit.commit()
    await stored(work, collecting(town_id, slug="before"))
    made = await stored(work, collecting(town_id))
    stage = made.stages[0].id
    announcement = await plan(work, made, MORNING, audience=EVERYONE.about("ideas", owed=stage))
    async with work.write() as unit:
        assert await unit.announcements.fill(2, MORNING, ()) == 2
        await unit.commit()
    last = people[3][0].id
    async with unmigrated.write() as connection:
        # Who stands ahead of the others, as somebody to whom another person's copy went over.
        await connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.resident_id == people[1][0].id)
            .values(resident_id=last)
        )
        await connection.commit()

    await downgrade(unmigrated, "0022")
    async with unmigrated.write() as connection:
        await connection.execute(
            sa.update(announcements).values(audience={"about": ["ideas"], "owed": [1]})
        )
        await connection.commit()
    await upgrade(unmigrated)

    async with work.read() as unit:
        found = await unit.announcements.get(announcement)
    assert found is not None
    assert found.audience.owed == stage != 1
    assert await fill(work, MORNING) == [3]
