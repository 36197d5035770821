"""A file of SQLite: several readers, one writer, one process that serves conversations."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from typing_extensions import override

from storage import inline
from storage.connection import Connection, Exclusive, Pool, Step
from storage.prepared import Prepared
from storage.sqlite import BUSY_SECONDS, DRIVER, SqliteConnection
from storage.writer import Writer

READERS: Final = 8


class OnSqlite:
    """Implements `storage.database.Backend`."""

    def __init__(self, url: sa.URL, *, throwaway: bool) -> None:
        """Prepare the engines; see `Database`."""
        self._url = url
        self._throwaway = throwaway
        self.engine = self._engine(1)
        # Each statement of a reader sees what is committed at its moment, on both databases.
        single = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
        self._readers = Pool(self._engine(READERS, **single), READERS, SqliteConnection.of)
        self._writer = Writer(self._engine(1))

    def read(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        return self._readers.take()

    def write(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        return self._writer.transaction()

    def attempt(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`: nobody can be quicker than the only writer."""
        return self.write()

    async def store(self, steps: Sequence[Step]) -> list[list[Any]]:
        """See `Database`."""
        return await self._writer.store(steps)

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[Exclusive]:
        """See `Database`.

        One process alone serves conversations and keeps a person's updates in order by itself: no
        lock is needed.
        """
        del name
        yield _Alone(self)

    async def close(self) -> None:
        """Close all connections; commits on their way are finished first."""
        await self._writer.close()
        await self._readers.close()
        await self.engine.dispose()

    def _engine(self, size: int, **options: Any) -> AsyncEngine:  # noqa: ANN401 - SQLAlchemy's options
        if self._throwaway:
            options["async_creator"] = partial(inline.connect, str(self._url.database))
        engine = create_async_engine(
            self._url,
            module=DRIVER,
            hide_parameters=True,
            pool_size=size,
            max_overflow=0,
            **options,
        )
        prepare = partial(_prepare, synchronous="OFF" if self._throwaway else "FULL")
        sa.event.listen(engine.sync_engine, "connect", prepare)
        return engine


class _Alone(Exclusive):
    """Work of the only process there is."""

    def __init__(self, backend: OnSqlite) -> None:
        self._backend = backend

    @override
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        async with self._backend.read() as connection:
            return await connection.rows(statement, **values)

    @override
    async def store(self, *steps: Step) -> None:
        await self._backend.store(steps)


def _prepare(connection: Any, _entry: ConnectionPoolEntry, synchronous: str) -> None:  # noqa: ANN401 - a DBAPI connection
    # Transactions are begun by `Writer`, so that a write takes its lock at the start and never
    # fails half-way.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={synchronous}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()
