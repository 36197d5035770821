"""Opening the service for one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError

from bot.clock import SystemClock, SystemRandomness
from bot.settings import PREFIX, Settings, SettingsError
from bot.wiring import Service, build
from storage.database import Database
from storage.migrate import upgrade


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Service]:
    """Give a service on the migrated database of `settings`, without channels and clock.

    Raises `SettingsError` when there is no secret or the database cannot be used.
    """
    randomness = SystemRandomness(settings.secret)
    database = Database(settings.database_url)
    try:
        await upgrade(database)
        service = build(database, SystemClock(), randomness, settings.address)
    except (DBAPIError, OSError) as error:
        await database.close()
        message = f"{PREFIX}DATABASE_URL: the database cannot be used ({_cause(error)})"
        raise SettingsError(message) from error
    try:
        yield service
    finally:
        await service.close()


def _cause(error: BaseException) -> str:
    """Return the innermost reason in one line; database drivers wrap theirs several times."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).splitlines()[0] if str(error) else type(error).__name__
