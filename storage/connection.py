"""Connections as repositories see them, and where open ones wait to be used again."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.prepared import Prepared

Step = tuple[Prepared, dict[str, object]]
"""A statement and its values."""


class Connection(AsyncConnection):
    """SQLAlchemy's connection, which also runs what is prepared, by the driver itself."""

    __slots__ = ()

    def __init__(self, opened: AsyncConnection) -> None:
        """Be `opened`."""
        super().__init__(opened.engine, opened.sync_connection)

    @abstractmethod
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Run a prepared statement and return its rows; raises `DBAPIError`."""

    async def row(self, statement: Prepared, **values: object) -> Any:  # noqa: ANN401 - a row
        """Run a prepared statement and return its first row, or None."""
        found = await self.rows(statement, **values)
        return found[0] if found else None

    async def together(self, *steps: Step) -> None:
        """Carry out steps of which none needs what another one does, nor changes the same row."""
        for statement, values in steps:
            await self.rows(statement, **values)

    @property
    @abstractmethod
    def is_usable(self) -> bool:
        """Whether it can be used again."""

    @abstractmethod
    async def clear(self) -> None:
        """Roll back what was not committed."""


Lent = TypeVar("Lent", bound=Connection)


class Pool(Generic[Lent]):
    """Open connections, at most so many; going back and forth costs next to nothing."""

    def __init__(
        self,
        engine: AsyncEngine,
        size: int,
        adopt: Callable[[AsyncConnection], Awaitable[Lent]],
    ) -> None:
        """Open connections of `engine` when they are first needed and `adopt` them."""
        self._engine = engine
        self._adopt = adopt
        self._free: list[Lent] = []
        self._places = asyncio.Semaphore(size)

    @asynccontextmanager
    async def take(self) -> AsyncIterator[Lent]:
        """Lend a connection; what is not committed when it comes back is rolled back."""
        async with self._places:
            connection = await self._next()
            try:
                yield connection
            except asyncio.CancelledError:
                # A server does not always hear that it should stop; it may wait for ever.
                await _throw_away(connection)
                raise
            except BaseException:
                await self._put_back(connection)
                raise
            await self._put_back(connection)

    async def close(self) -> None:
        """Close the connections; none may be in use any more."""
        for connection in self._free:
            await connection.close()
        self._free.clear()
        await self._engine.dispose()

    async def _next(self) -> Lent:
        while self._free:
            connection = self._free.pop()
            if connection.is_usable:
                return connection
            await _throw_away(connection)
        return await self._adopt(await self._engine.connect())

    async def _put_back(self, connection: Lent) -> None:
        try:
            await connection.clear()
        except (SQLAlchemyError, OSError):
            # It is broken; what was not committed is gone anyway.
            await _throw_away(connection)
        except BaseException:
            await _throw_away(connection)
            raise
        else:
            self._free.append(connection)


async def _throw_away(connection: Connection) -> None:
    await connection.invalidate()
    await connection.close()
