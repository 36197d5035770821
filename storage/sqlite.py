"""SQLite without waiting for a thread at every step.

A statement of ours reads or changes a few pages that are in memory, which takes less time than
waking a thread does, and much less than waiting until that thread may run while others are busy.
So statements run where they are asked for. What may really wait, another process's write at a
beginning and the disk at a commit, is left to aiosqlite's thread.
"""

import sqlite3
from collections import deque
from typing import Any, Final

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
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


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    """aiosqlite as SQLAlchemy takes it, with the connections above."""

    @override
    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        return _Connection(self, super().connect(*arg, **kw).driver_connection)


DRIVER: Final = _Driver(aiosqlite, sqlite3)
"""What an engine takes as its `module` for `sqlite+aiosqlite`."""
