"""Connections: one engine, read and write transactions, the same on both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 15
"""How long SQLite waits for another process's write before it gives up."""

MOST_TURNS = 16
"""Updates handled at the same time; each holds a connection of its own on PostgreSQL."""


class Database:
    """Gives out connections inside transactions."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is opened until the first use."""
        self.url = sa.engine.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: AsyncEngine = create_async_engine(
            self.url, hide_parameters=True, pool_size=5, max_overflow=10
        )
        self._turns = (
            self.engine
            if self.is_sqlite
            else create_async_engine(
                self.url, hide_parameters=True, pool_size=MOST_TURNS, max_overflow=0
            )
        )
        # SQLite has one writer: waiting here is fair and cheap, waiting in SQLite is a poll.
        self._writer: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self.is_sqlite else nullcontext()
        )
        if self.is_sqlite:
            sa.event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection that sees one moment of the database and keeps nothing."""
        async with self.engine.connect() as connection:
            if self.is_sqlite:
                await connection.exec_driver_sql("BEGIN")
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection that may write; commit on it, or what it did is rolled back."""
        async with self._writer, self.engine.connect() as connection:
            if self.is_sqlite:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[AsyncConnection | None]:
        """Hold the lock called `name` among all processes.

        On PostgreSQL give the connection it lives on.

        The lock ends with the transaction of that connection. On SQLite one process alone serves
        conversations and keeps a person's updates in order by itself: no lock is needed there.
        """
        if self.is_sqlite:
            yield None
            return
        async with self._turns.connect() as connection:
            await connection.execute(
                sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0)))
            )
            yield connection

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
        await self._turns.dispose()


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - a DBAPI connection
    # Transactions are begun by `Database`, so that a write takes its lock at the start and never
    # fails half-way.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()
