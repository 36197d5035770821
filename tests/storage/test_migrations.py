"""Migrations and tables tell the same story on both databases."""

import sqlalchemy as sa

from storage.database import Database
from storage.migrate import check, downgrade, newest, upgrade
from storage.tables import metadata


async def _tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))


async def test_up_down_up(database_url: str) -> None:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    try:
        await upgrade(database)
        await check(database)
        assert set(metadata.tables) < await _tables(database)
        await downgrade(database, "base")
        assert await _tables(database) == {"alembic_version"}
        await upgrade(database)
        await check(database)
        async with database.read() as connection:
            at = await connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        assert at == newest()
        await upgrade(database)
        await check(database)
    finally:
        async with database.engine.begin() as connection:
            await connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
        await database.close()
