"""SQLite without waiting for a thread at every step.

A statement of ours reads or changes a few pages that are in memory, which takes less time than
waking a thread does, and much less than waiting until that thread may run while others are busy.
So statements run where they are asked for. What may really wait, another process's write at a
beginning and the disk at a commit, is left to aiosqlite's thread.
"""

import sqlite3
from collections import deque
from typing import Any, Final, Self

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

BEGIN: Final = "BEGIN IMMEDIATE"
"""Begins a transaction that writes: waits here, and never fails half-way."""


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """Runs a statement at once and keeps all its rows."""

    __slots__ = ()
    _awaitable_cursor_close = False
    _cursor: Any
    _connection: Any

    @override
    def _make_new_cursor(self, connection: Any) -> Any:
        return connection._conn.cursor()  # noqa: SLF001 - SQLAlchemy's own adapter does the same

    @override
    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    @override
    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        if operation == BEGIN:
            await self._connection.execute(operation)
            return
        self._cursor.execute(operation, parameters or ())
        if self._cursor.description:
            self._rows = deque(self._cursor.fetchall())

    @override
    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        self._cursor.executemany(operation, seq_of_parameters)


class _Connection(AsyncAdapt_aiosqlite_connection):
    """Commits in its thread, and wakes it for a rollback only if there is something to undo."""

    __slots__ = ()
    _cursor_cls = _Cursor
    _connection: Any

    @override
    def rollback(self) -> None:
        if self._connection.in_transaction:
            super().rollback()


class Savepoint:
    """A transaction within the one that is open on a connection."""

    def __init__(self, driver: aiosqlite.Connection) -> None:
        """Be a savepoint of aiosqlite's connection `driver`."""
        self._driver = driver

    @classmethod
    async def of(cls, connection: AsyncConnection) -> Self:
        """Return the savepoint of a connection."""
        driver: Any = (await connection.get_raw_connection()).driver_connection
        return cls(driver)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open at all."""
        return self._driver.in_transaction

    def set(self) -> None:
        """Begin."""
        self._run("SAVEPOINT one")

    def release(self) -> None:
        """End, and leave what was done to the transaction around."""
        self._run("RELEASE one")

    def undo(self, *, whole: bool) -> None:
        """Roll back what was done since it began; with `whole`, the transaction around as well."""
        if whole:
            self._run("ROLLBACK")
        else:
            self._run("ROLLBACK TO one")
            self._run("RELEASE one")

    def _run(self, statement: str) -> None:
        self._driver._conn.execute(statement)  # noqa: SLF001 - as above


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    """aiosqlite as SQLAlchemy takes it, with the connections above."""

    @override
    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        return _Connection(self, super().connect(*arg, **kw).driver_connection)


DRIVER: Final = _Driver(aiosqlite, sqlite3)
"""What an engine takes as its `module` for `sqlite+aiosqlite`."""
