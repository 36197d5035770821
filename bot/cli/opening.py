"""Opening the service for one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import SystemClock, SystemRandomness
from bot.settings import Settings
from bot.wiring import Service, build
from storage.database import Database
from storage.migrate import upgrade


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Service]:
    """Give a service on the migrated database of `settings`, without channels and clock."""
    database = Database(settings.database_url)
    try:
        await upgrade(database)
        service = build(database, SystemClock(), SystemRandomness(settings.secret))
    except BaseException:
        await database.close()
        raise
    try:
        yield service
    finally:
        await service.close()
