"""Connections: one engine, read and write transactions, the same on both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage import inline
from storage.sqlite import DRIVER
from storage.writer import Writer

BUSY_SECONDS = 15
"""How long SQLite waits for another process's write before it gives up."""

READERS = 8
"""Connections that read, in each process."""

WRITERS = 8
"""Connections that write, in each process; SQLite has one."""

MOST_TURNS = 16
"""Updates handled at the same time; each holds a connection of its own on PostgreSQL."""


class Database:
    """Gives out connections: to read, to write, or with a lock among all processes."""

    def __init__(self, url: str, *, throwaway: bool = False) -> None:
        """Prepare the engines; nothing is opened until the first use.

        Args:
            url: of SQLAlchemy.
            throwaway: SQLite without threads and without waiting for the disk, for a rehearsal.
        """
        self.url = sa.engine.make_url(url)
        self._throwaway = throwaway
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine(pool_size=1 if self.is_sqlite else WRITERS)
        # Each statement of a reader sees what is committed at its moment, on both databases: a
        # transaction round it would cost two journeys to the database and promise nothing needed.
        self._readers = self._engine(
            pool_size=READERS, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True
        )
        self._turns = self.engine if self.is_sqlite else self._engine(pool_size=MOST_TURNS)
        self._writer = Writer(self._engine(pool_size=1)) if self.is_sqlite else None

    def _engine(self, **options: Any) -> AsyncEngine:  # noqa: ANN401 - SQLAlchemy's options
        if self.is_sqlite:
            options["module"] = DRIVER
        else:
            # Compiling a statement takes PostgreSQL a second, and ours take milliseconds.
            options["connect_args"] = {"server_settings": {"jit": "off"}}
        if self._throwaway:
            options["async_creator"] = partial(inline.connect, str(self.url.database))
        engine = create_async_engine(self.url, hide_parameters=True, max_overflow=0, **options)
        if self.is_sqlite:
            prepare = partial(_prepare_sqlite, synchronous="OFF" if self._throwaway else "FULL")
            sa.event.listen(engine.sync_engine, "connect", prepare)
        return engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection that sees what is committed and keeps nothing."""
        async with self._readers.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection that may write; commit on it, or what it did is rolled back."""
        opened = self.engine.connect() if self._writer is None else self._writer.transaction()
        async with opened as connection:
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
        if self._writer is not None:
            await self._writer.close()
        for engine in (self.engine, self._readers, self._turns):
            await engine.dispose()


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry, synchronous: str) -> None:  # noqa: ANN401 - a DBAPI connection
    # Transactions are begun by `Database`, so that a write takes its lock at the start and never
    # fails half-way.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={synchronous}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()
