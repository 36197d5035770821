"""A PostgreSQL server: several processes share it, and journeys to it are what costs."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.connection import Connection, Exclusive, Pool, Step
from storage.journeys import Journeys
from storage.locks import Locks
from storage.postgres import Attempt, PostgresConnection, Reader, travel

READERS: Final = 8
"""Connections for what is read once in a while, in each process."""
WRITERS: Final = 8
"""Connections with a transaction, in each process."""
TRAVELLERS: Final = 4
"""Connections for what many ask for at the same time, in each process."""
WAITING: Final = 16
"""Connections on which one waits for another process's lock."""
_SETTINGS: Final = {
    # Compiling a statement takes PostgreSQL a second, and ours take milliseconds.
    "jit": "off",
    # What a process has locked that stands still, or whose machine is gone, is given to others.
    # Nothing waits so long within a transaction: a call to a messenger takes a minute at most.
    "idle_in_transaction_session_timeout": "5min",
    "tcp_keepalives_idle": "60",
}


class OnPostgres:
    """Implements `storage.database.Backend`."""

    def __init__(self, url: sa.URL) -> None:
        """Prepare the engines; see `Database`."""
        self._url = url
        self.engine = self._engine(WRITERS)
        # Each statement of a reader sees what is committed at its moment, on both databases: a
        # transaction round it would cost two journeys to the database and promise nothing needed.
        single = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
        self._readers = self._pool(READERS, **single)
        self._travellers = self._pool(TRAVELLERS, **single)
        self._journeys = Journeys(self._travellers.take)
        self._writers = self._pool(WRITERS)
        self._locks = Locks(self._pool(1, **single), self._pool(WAITING), self.read)

    def read(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        return Reader(self.engine, self._readers, self._journeys)

    def write(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        return self._writers.take()

    def attempt(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        return Attempt(self.engine, self._readers, self._journeys)

    async def store(self, steps: Sequence[Step]) -> list[list[Any]]:
        """See `Database`."""
        if len(steps) == 1:
            return [await travel(self._journeys, steps[0], self.engine.dialect)]
        async with self._writers.take() as connection:
            rows = [await connection.rows(statement, **values) for statement, values in steps]
            await connection.commit()
        return rows

    def exclusive(self, name: str) -> AbstractAsyncContextManager[Exclusive]:
        """See `Database`."""
        return self._locks.exclusive(name)

    async def close(self) -> None:
        """Close all connections."""
        await self._locks.close()
        await self._journeys.close()
        for pool in (self._writers, self._travellers, self._readers):
            await pool.close()
        await self.engine.dispose()

    def _pool(self, size: int, **options: Any) -> Pool[PostgresConnection]:  # noqa: ANN401 - SQLAlchemy's options
        return Pool(self._engine(size, **options), size, PostgresConnection.of)

    def _engine(self, size: int, **options: Any) -> AsyncEngine:  # noqa: ANN401 - SQLAlchemy's options
        return create_async_engine(
            self._url,
            hide_parameters=True,
            pool_size=size,
            max_overflow=0,
            connect_args={"server_settings": _SETTINGS},
            **options,
        )
