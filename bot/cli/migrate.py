"""`dauys migrate`: bring the database to the tables of this version."""

import asyncio

import click

from bot.settings import Settings
from storage.database import Database
from storage.migrate import upgrade


@click.command()
def migrate() -> None:
    """Bring the database to the tables of this version; `run` does this by itself."""
    settings = Settings.load()
    asyncio.run(_migrate(settings.database_url))
    click.echo("The database is up to date.")


async def _migrate(url: str) -> None:
    database = Database(url)
    try:
        await upgrade(database)
    finally:
        await database.close()
