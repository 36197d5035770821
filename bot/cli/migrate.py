"""`dauys migrate`: bring the database to the tables of this version."""

import asyncio

import click

from bot.cli.opening import load_settings, opened
from bot.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database to the tables of this version; `run` does this by itself."""
    settings = load_settings()
    asyncio.run(_migrate(settings))
    click.echo("The database is up to date.")


async def _migrate(settings: Settings) -> None:
    async with opened(settings):
        pass
