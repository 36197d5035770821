"""Connections as repositories see them, and where open ones wait to be used again."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar

from sqlalchemy.engine import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from civic.ports import Overtaken
from storage.prepared import Prepared

Step = tuple[Prepared, Mapping[str, object]]
"""A statement and its values."""


class Connection(AsyncConnection):
    """SQLAlchemy's connection, which also runs what is prepared, by the driver itself."""

    __slots__ = ()

    @abstractmethod
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Run a prepared statement and return its rows; raises `DBAPIError`."""

    async def row(self, statement: Prepared, **values: object) -> Any:  # noqa: ANN401 - a row
        """Run a prepared statement and return its first row, or None."""
        found = await self.rows(statement, **values)
        return found[0] if found else None

    @abstractmethod
    async def later(self, *steps: Step) -> None:
        """Carry out steps before the next statement, or with the commit; what fails is told there.

        No step may need what another one does that waits, nor change the same row.
        """

    async def require(self, *steps: Step) -> None:
        """Carry out steps of which each must give a row, now or with the commit.

        Raises `Overtaken` there when one gives none.
        """
        for statement, values in steps:
            if not await self.rows(statement, **values):
                raise Overtaken


class Pooled(Connection):
    """A connection that is used again and again."""

    __slots__ = ()

    def __init__(self, opened: AsyncConnection) -> None:
        """Be `opened`."""
        super().__init__(opened.engine, opened.sync_connection)

    @property
    @abstractmethod
    def is_usable(self) -> bool:
        """Whether it can be used again."""

    @abstractmethod
    async def clear(self) -> None:
        """Roll back what was not committed."""


class Exclusive(ABC):
    """What may be done while nobody else does it."""

    @abstractmethod
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Read; raises `DBAPIError`."""

    @abstractmethod
    async def store(self, *steps: Step) -> None:
        """Write steps of which none needs what another one does, nor changes the same row.

        It ends the turn; raises `DBAPIError`, also when the lock has been lost.
        """


Lent = TypeVar("Lent", bound=Pooled)


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

    @property
    def dialect(self) -> Dialect:
        """The dialect of its connections."""
        return self._engine.dialect

    def take(self) -> AbstractAsyncContextManager[Lent]:
        """Lend a connection; what is not committed when it comes back is rolled back."""
        return _Loan(self)

    async def close(self) -> None:
        """Close the connections; none may be in use any more."""
        for connection in self._free:
            await connection.close()
        self._free.clear()
        await self._engine.dispose()

    async def lend(self) -> Lent:
        """Give a connection away; whoever takes it hands it back."""
        await self._places.acquire()
        try:
            while self._free:
                connection = self._free.pop()
                if connection.is_usable:
                    return connection
                await _throw_away(connection)
            return await self._adopt(await self._engine.connect())
        except BaseException:
            self._places.release()
            raise

    async def hand_back(self, connection: Lent, *, usable: bool) -> None:
        """Take a connection back."""
        try:
            if usable:
                await self._put_back(connection)
            else:
                await _throw_away(connection)
        finally:
            self._places.release()

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


class _Loan(AbstractAsyncContextManager[Lent]):
    """A connection for as long as a block runs."""

    def __init__(self, pool: Pool[Lent]) -> None:
        self._pool = pool

    @override
    async def __aenter__(self) -> Lent:
        self._lent = await self._pool.lend()
        return self._lent

    @override
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.hand_back(self._lent, usable=not was_stopped(kind))


def was_stopped(kind: type[BaseException] | None) -> bool:
    """Tell whether a block ended because it was told to stop.

    The server does not always hear of it: its connection may wait for ever.
    """
    return kind is not None and issubclass(kind, asyncio.CancelledError)


async def _throw_away(connection: Pooled) -> None:
    await connection.invalidate()
    await connection.close()
