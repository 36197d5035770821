"""Connections: to read, to write, or with a lock among all processes, on both databases."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage import inline
from storage.connection import Connection, Pool, Step
from storage.sqlite import BUSY_SECONDS, DRIVER, SqliteConnection
from storage.writer import Writer

if TYPE_CHECKING:
    from storage.postgres import PostgresConnection, Writers

READERS = 8
"""Connections on which each statement stands alone, in each process."""

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
        self.engine = self._engine(1 if self.is_sqlite else WRITERS)
        """For what is no participation: migrations."""
        # Each statement of a reader sees what is committed at its moment, on both databases: a
        # transaction round it would cost two journeys to the database and promise nothing needed.
        single = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
        self._single: Pool[Any]
        self._writers: Writer | Writers
        self._turns: Pool[PostgresConnection] | None
        if self.is_sqlite:
            self._single = Pool(self._engine(READERS, **single), READERS, SqliteConnection.of)
            self._writers = Writer(self._engine(1))
            self._turns = None
        else:
            # Its driver takes time and memory, which a town on SQLite need not spend.
            from storage import postgres  # noqa: PLC0415

            of = postgres.PostgresConnection.of
            self._single = Pool(self._engine(READERS, **single), READERS, of)
            self._writers = postgres.Writers(
                Pool(self._engine(WRITERS), WRITERS, of), self._single
            )
            self._turns = Pool(self._engine(MOST_TURNS), MOST_TURNS, of)

    def _engine(self, size: int, **options: Any) -> AsyncEngine:  # noqa: ANN401 - SQLAlchemy's options
        if self.is_sqlite:
            options["module"] = DRIVER
        else:
            # Compiling a statement takes PostgreSQL a second, and ours take milliseconds.
            options["connect_args"] = {"server_settings": {"jit": "off"}}
        if self._throwaway:
            options["async_creator"] = partial(inline.connect, str(self.url.database))
        engine = create_async_engine(
            self.url, hide_parameters=True, pool_size=size, max_overflow=0, **options
        )
        if self.is_sqlite:
            prepare = partial(_prepare_sqlite, synchronous="OFF" if self._throwaway else "FULL")
            sa.event.listen(engine.sync_engine, "connect", prepare)
        return engine

    def read(self) -> AbstractAsyncContextManager[Connection]:
        """Open a connection that sees what is committed and keeps nothing."""
        return self._single.take()

    def write(self) -> AbstractAsyncContextManager[Connection]:
        """Open a connection that may write; commit on it, or what it did is rolled back."""
        return self._writers.transaction()

    async def store(self, *steps: Step) -> list[list[Any]]:
        """Carry out steps together, and return the rows of each once they are kept."""
        return await self._writers.store(steps)

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[Connection | None]:
        """Hold the lock called `name` among all processes.

        On PostgreSQL give the connection it lives on.

        The lock ends with the transaction of that connection. On SQLite one process alone serves
        conversations and keeps a person's updates in order by itself: no lock is needed there.
        """
        if self._turns is None:
            yield None
            return
        async with self._turns.take() as connection:
            await connection.hold(name)
            yield connection

    async def close(self) -> None:
        """Close all connections."""
        for part in (self._writers, self._turns, self._single):
            if part is not None:
                await part.close()
        await self.engine.dispose()


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
