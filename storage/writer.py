"""SQLite's one writer: transactions take turns, and those that meet share a commit.

A commit waits for the disk, a statement does not. So a transaction that is done lets those that
already wait for their turn go first, and then one commit keeps them all. Each returns only when
its own work is on the disk, as if it had committed alone; a failed commit fails them all. Each is
a savepoint, so that one can be rolled back without the others.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from storage.sqlite import BEGIN, Savepoint

_ROLLED_BACK: Final = "SQLite rolled everything back by itself, as it does when a disk is full"


class _Group:
    """Transactions that are done but not yet on the disk."""

    def __init__(self) -> None:
        self.error: BaseException | None = None


class Writer:
    """Gives out the only connection that writes, to one transaction at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Write through one connection of `engine`, opened when it is first needed."""
        self._engine = engine
        self._opened: tuple[AsyncConnection, Savepoint] | None = None
        self._place = asyncio.Lock()
        self._group: _Group | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction; commit on its connection, or what it did is rolled back."""
        await self._place.acquire()
        try:
            transaction = await self._begin()
        except BaseException:
            self._place.release()
            raise
        try:
            yield transaction
        finally:
            if transaction.is_open:
                self._undo(transaction.savepoint)
                self._place.release()

    async def keep(self, transaction: "_Transaction") -> None:
        """End the open transaction and return when it is on the disk."""
        if not transaction.savepoint.in_transaction:
            raise InvalidRequestError(_ROLLED_BACK)
        transaction.savepoint.release()
        transaction.is_open = False
        self._group = group = self._group or _Group()
        self._place.release()
        # Others depend on this commit, also when whoever asked for it is told to stop.
        await asyncio.shield(self._settle(group))

    async def close(self) -> None:
        """Close the connection; commits on their way are finished first."""
        async with self._place:
            if self._opened is not None:
                await self._opened[0].close()
                self._opened = None
        await self._engine.dispose()

    async def _begin(self) -> "_Transaction":
        connection, savepoint = await self._open()
        if not savepoint.in_transaction:
            await connection.exec_driver_sql(BEGIN)
        savepoint.set()
        return _Transaction(self, connection, savepoint)

    def _undo(self, savepoint: Savepoint) -> None:
        if savepoint.in_transaction:
            savepoint.undo(whole=self._group is None)
        elif self._group is not None:
            self._group.error = InvalidRequestError(_ROLLED_BACK)
            self._group = None

    async def _settle(self, group: _Group) -> None:
        async with self._place:  # given only after everybody who waits already has written
            if self._group is group:
                self._group = None
                try:
                    await self._commit()
                except BaseException as error:
                    group.error = error
                    raise
            elif group.error is not None:
                raise group.error

    async def _commit(self) -> None:
        connection, savepoint = await self._open()
        try:
            await connection.commit()
        except BaseException:
            await connection.rollback()
            # SQLAlchemy takes a transaction whose commit failed for one that is over.
            if not connection.invalidated and savepoint.in_transaction:
                savepoint.undo(whole=True)
            raise

    async def _open(self) -> tuple[AsyncConnection, Savepoint]:
        if self._opened is None:
            connection = await self._engine.connect()
        elif (connection := self._opened[0]).invalidated:
            # Whoever began was told to stop while waiting for another process.
            await connection.rollback()
        else:
            return self._opened
        self._opened = connection, await Savepoint.of(connection)
        return self._opened


class _Transaction(AsyncConnection):
    """The writer's connection as one transaction sees it."""

    __slots__ = ("_writer", "is_open", "savepoint")

    def __init__(self, writer: Writer, connection: AsyncConnection, savepoint: Savepoint) -> None:
        super().__init__(connection.engine, connection.sync_connection)
        self.savepoint = savepoint
        self.is_open = True
        self._writer = writer

    @override
    async def commit(self) -> None:
        await self._writer.keep(self)
