"""Connections: to read, to write, or with a lock among all processes, on both databases."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.connection import Connection, Exclusive, Step


class Backend(Protocol):
    """What differs from one database to another; see `Database`."""

    engine: AsyncEngine

    def read(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        ...

    def write(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        ...

    def attempt(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        ...

    async def store(self, steps: Sequence[Step]) -> list[list[Any]]:
        """See `Database`."""
        ...

    def exclusive(self, name: str) -> AbstractAsyncContextManager[Exclusive]:
        """See `Database`."""
        ...

    async def close(self) -> None:
        """See `Database`."""
        ...


class Database:
    """Gives out connections: to read, to write, or with a lock among all processes."""

    def __init__(self, url: str, *, throwaway: bool = False) -> None:
        """Prepare the engines; nothing is opened until the first use.

        Args:
            url: of SQLAlchemy.
            throwaway: SQLite without threads and without waiting for the disk, for a rehearsal.
        """
        self.url = sa.engine.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._backend = _backend(self.url, throwaway=throwaway)
        self.engine = self._backend.engine
        """For what is no participation: migrations."""

    def read(self) -> AbstractAsyncContextManager[Connection]:
        """Open a connection that sees what is committed and keeps nothing."""
        return self._backend.read()

    def write(self) -> AbstractAsyncContextManager[Connection]:
        """Open a connection that may write; commit on it, or what it did is rolled back."""
        return self._backend.write()

    def attempt(self) -> AbstractAsyncContextManager[Connection]:
        """Open a connection whose writes wait for the commit, which may raise `Overtaken`."""
        return self._backend.attempt()

    async def store(self, *steps: Step) -> list[list[Any]]:
        """Carry out steps together, and return the rows of each once they are kept."""
        return await self._backend.store(steps)

    def exclusive(self, name: str) -> AbstractAsyncContextManager[Exclusive]:
        """Wait for the lock called `name` among all processes and hold it while a block runs."""
        return self._backend.exclusive(name)

    async def close(self) -> None:
        """Close all connections."""
        await self._backend.close()


def _backend(url: sa.URL, *, throwaway: bool) -> Backend:
    # What the other one needs takes time and memory.
    if url.get_backend_name() == "sqlite":
        from storage.on_sqlite import OnSqlite  # noqa: PLC0415

        return OnSqlite(url, throwaway=throwaway)
    from storage.on_postgres import OnPostgres  # noqa: PLC0415

    return OnPostgres(url)
