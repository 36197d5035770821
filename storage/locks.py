"""Locks among all processes, and what is written before one is given back.

Nearly always nobody else wants the lock. So a process holds all its locks on one connection,
asks for those of many people in one journey, and writes what they protect on that same connection:
when it breaks, the locks are gone, and so is the way to write.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import override

from storage.connection import Connection, Exclusive, Pool, Step
from storage.journeys import Journeys, Order
from storage.postgres import PostgresConnection, in_one
from storage.prepared import Prepared

_LOCK: Final = Order("SELECT pg_try_advisory_lock($1::BIGINT)", gives_rows=True)
_UNLOCK: Final = Order("SELECT pg_advisory_unlock($1::BIGINT)", gives_rows=True)

Read = Callable[[], AbstractAsyncContextManager[Connection]]


class Locks:
    """Gives locks, each to one at a time among all processes."""

    def __init__(
        self,
        sessions: Pool[PostgresConnection],
        contended: Pool[PostgresConnection],
        read: Read,
    ) -> None:
        """Hold locks on a connection of `sessions`, which commit each statement by itself.

        Whoever must wait for another process does it on one of `contended`.
        """
        self._sessions = sessions
        self._contended = contended
        self._read = read
        self._session: _Session | None = None
        self._opening = asyncio.Lock()
        self._held: set[int] = set()

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[Exclusive]:
        """Wait for the lock called `name` and hold it while the block runs."""
        number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
        if number not in self._held:
            # A session would be given the same lock twice.
            self._held.add(number)
            try:
                session = await self._open_session()
                if await session.lock(number):
                    try:
                        yield _Held(session, self._read)
                    finally:
                        await session.unlock(number)
                    return
            finally:
                self._held.discard(number)
        async with self._contended.take() as connection:
            await connection.hold(number)
            yield _Contended(connection)

    async def close(self) -> None:
        """Close the connections; none may be held any more."""
        if self._session is not None:
            await self._leave(self._session)
        await self._sessions.close()
        await self._contended.close()

    async def _open_session(self) -> "_Session":
        async with self._opening:
            if self._session is not None and not self._session.connection.is_usable:
                await self._leave(self._session)
            if self._session is None:
                self._session = _Session(await self._sessions.lend())
            return self._session

    async def _leave(self, session: "_Session") -> None:
        await session.journeys.close()
        await self._sessions.hand_back(session.connection, usable=False)
        self._session = None


class _Session:
    """The connection on which a process holds its locks."""

    def __init__(self, connection: PostgresConnection) -> None:
        self.connection = connection
        self.journeys = Journeys(self._alone)
        self._place = asyncio.Lock()

    async def lock(self, number: int) -> bool:
        """Take a lock; False when somebody else has it."""
        locking = asyncio.ensure_future(self.journeys.rows(_LOCK, [number]))
        try:
            ((taken,),) = await asyncio.shield(locking)
        except asyncio.CancelledError:
            await asyncio.wait([locking])
            if locking.exception() is None and locking.result()[0][0]:
                await self.unlock(number)
            raise
        return bool(taken)

    async def unlock(self, number: int) -> None:
        """Give a lock back."""
        # A session that has ended holds nothing.
        with suppress(SQLAlchemyError, OSError):
            await self.journeys.rows(_UNLOCK, [number])

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[PostgresConnection]:
        async with self._place:
            yield self.connection


class _Held(Exclusive):
    """Work under a lock that is held by the session of the process."""

    def __init__(self, session: _Session, read: Read) -> None:
        self._session = session
        self._read = read

    @override
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        async with self._read() as connection:
            return await connection.rows(statement, **values)

    @override
    async def store(self, *steps: Step) -> None:
        if steps:
            sql, values = in_one(steps, self._session.connection.dialect)
            await self._session.journeys.rows(Order(sql, gives_rows=False), values)


class _Contended(Exclusive):
    """Work under a lock that is held by a transaction of its own."""

    def __init__(self, connection: PostgresConnection) -> None:
        self._connection = connection

    @override
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        return await self._connection.rows(statement, **values)

    @override
    async def store(self, *steps: Step) -> None:
        await self._connection.later(*steps)
        await self._connection.commit()
