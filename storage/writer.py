"""SQLite's one writer: transactions take turns, and those that meet share a commit.

A commit waits for the disk, a statement does not. So a transaction that is done lets those that
already wait for their turn go first, and then one commit keeps them all. Each returns only when
its own work is on the disk, as if it had committed alone; a failed commit fails them all. Each is
a savepoint, so that one can be rolled back without the others.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from storage.connection import Step
from storage.sqlite import SqliteConnection

_ROLLED_BACK: Final = "SQLite rolled everything back by itself, as it does when a disk is full"


@dataclass(slots=True)
class _Waiting:
    """Steps that whoever commits carries out just before."""

    steps: Sequence[Step]
    rows: list[list[Any]] = field(default_factory=list)
    error: Exception | None = None

    def run(self, connection: SqliteConnection) -> None:
        # A statement alone is done as a whole or not at all.
        several = len(self.steps) > 1
        if several:
            connection.savepoint()
        try:
            self.rows = [connection.run(statement, values) for statement, values in self.steps]
        except Exception as error:
            self.error = error
            if not connection.quick.in_transaction:
                raise InvalidRequestError(_ROLLED_BACK) from error
            if several:
                connection.undo()
        else:
            if several:
                connection.release()


@dataclass(slots=True)
class _Group:
    """What the next commit keeps."""

    waiting: list[_Waiting] = field(default_factory=list)
    told: list[asyncio.Future[None]] = field(default_factory=list)
    """Those who wait for it."""
    commit: asyncio.Future[None] | None = None
    error: Exception | None = None


class Writer:
    """Gives out the only connection that writes, to one transaction at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Write through one connection of `engine`, opened when it is first needed."""
        self._engine = engine
        self._opened: SqliteConnection | None = None
        self._place = asyncio.Lock()
        self._group: _Group | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteConnection]:
        """Open a transaction; commit on its connection, or what it did is rolled back."""
        await self._place.acquire()
        try:
            connection = await self._begun()
            connection.savepoint()
        except BaseException:
            self._place.release()
            raise
        transaction = _Transaction(self, connection)
        try:
            yield transaction
        finally:
            if transaction.is_open:
                self._undo(connection)
                self._place.release()

    async def store(self, steps: Sequence[Step]) -> list[list[Any]]:
        """Carry out steps that need no decision in between; return the rows of each.

        They wait for no place of their own: whoever commits next carries them out.
        """
        one, group = _Waiting(steps), self._next_group()
        group.waiting.append(one)
        await self._settled(group)
        if one.error is not None:
            raise one.error
        return one.rows

    async def keep(self, transaction: "_Transaction") -> None:
        """End the open transaction and return when it is on the disk."""
        if not transaction.quick.in_transaction:
            raise InvalidRequestError(_ROLLED_BACK)
        transaction.release()
        transaction.is_open = False
        group = self._next_group()
        self._place.release()
        await self._settled(group)

    async def close(self) -> None:
        """Close the connection; commits on their way are finished first."""
        async with self._place:
            if self._opened is not None:
                await self._opened.close()
                self._opened = None
        await self._engine.dispose()

    def _next_group(self) -> _Group:
        if self._group is None:
            self._group = _Group()
        return self._group

    async def _begun(self) -> SqliteConnection:
        if self._opened is None:
            self._opened = await SqliteConnection.of(await self._engine.connect())
            # `begin_writing` waits for other processes without holding up the event loop.
            self._opened.quick.execute("PRAGMA busy_timeout=0")
        if not self._opened.quick.in_transaction:
            await self._opened.begin_writing()
        return self._opened

    def _undo(self, connection: SqliteConnection) -> None:
        if connection.quick.in_transaction:
            connection.undo(whole=self._group is None)
        elif self._group is not None:
            self._group.error = InvalidRequestError(_ROLLED_BACK)
            self._group = None

    async def _settled(self, group: _Group) -> None:
        told = asyncio.get_running_loop().create_future()
        group.told.append(told)
        if group.commit is None:
            # Apart, because others depend on it when whoever asked first is told to stop.
            group.commit = asyncio.ensure_future(self._settle(group))
        await told

    async def _settle(self, group: _Group) -> None:
        async with self._place:  # given only after everybody who waits already has written
            if group.error is None:
                self._group = None
                try:
                    await self._keep(group)
                except Exception as error:  # noqa: BLE001 - raised where it is waited for
                    group.error = error
        for one in group.told:
            if one.done():
                continue
            if group.error is None:
                one.set_result(None)
            else:
                one.set_exception(group.error)

    async def _keep(self, group: _Group) -> None:
        connection = await self._begun()
        for one in group.waiting:
            one.run(connection)
        await connection.keep()


class _Transaction(SqliteConnection):
    """The writer's connection as one transaction sees it."""

    __slots__ = ("_writer", "is_open")

    def __init__(self, writer: Writer, connection: SqliteConnection) -> None:
        super().__init__(connection, connection.driver)
        self.is_open = True
        self._writer = writer

    @override
    async def commit(self) -> None:
        await self._writer.keep(self)
