"""Opening the service for one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from bot.channels.budgets import Budgets, permitted
from bot.clock import SystemClock, SystemRandomness
from bot.settings import (
    DEFAULT_DATABASE,
    PREFIX,
    Settings,
    SettingsError,
    ensure_secret,
)
from bot.wiring import Service, build
from civic.model.community import Community
from civic.ports import UnitOfWork
from storage.database import Database
from storage.migrate import upgrade

_SECRET_BYTES = 48


def load_settings() -> Settings:
    """Return the settings; make a secret for a first look on one's own machine.

    Only where the database is the one that `make run` makes: a server brings its own secret.
    """
    settings = Settings.load()
    if settings.secret_key is None and settings.database_url == DEFAULT_DATABASE:
        ensure_secret(Path.cwd(), SystemRandomness("").token(_SECRET_BYTES))
        click.echo("A secret key was made and kept in .env; ballots depend on it, so keep it.")
        return Settings.load()
    return settings


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Service]:
    """Give a service on the migrated database of `settings`, without channels and clock.

    Raises `SettingsError` when there is no secret or the database cannot be used.
    """
    randomness = SystemRandomness(settings.secret)
    database = Database(settings.database_url)
    try:
        await upgrade(database)
        service = build(
            database,
            SystemClock(),
            randomness,
            settings.address,
            Budgets(permitted(settings.telegram_rate, settings.new_people)),
        )
    except (DBAPIError, OSError) as error:
        await database.close()
        message = f"{PREFIX}DATABASE_URL: the database cannot be used ({_cause(error)})"
        raise SettingsError(message) from error
    try:
        yield service
    finally:
        await service.close()


async def chosen_town(work: UnitOfWork, slug: str | None) -> Community:
    """Return the town with that slug, or the first one; raises `ClickException` without one."""
    town = await (work.communities.by_slug(slug) if slug else work.communities.first())
    if town is None:
        message = f"there is no town «{slug}»" if slug else "there is no town yet"
        raise click.ClickException(message)
    return town


def _cause(error: BaseException) -> str:
    """Return the innermost reason in one line; database drivers wrap theirs several times."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).splitlines()[0] if str(error) else type(error).__name__
