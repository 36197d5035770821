"""SQLite without waiting for a thread at every step.

A statement of ours reads or changes a few pages that are in memory, which takes less time than
waking a thread does, and much less than waiting until that thread may run while others are busy.
So statements run where they are asked for. What may really wait, another process's write at a
beginning and the disk at a commit, is left to aiosqlite's thread.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Mapping
from typing import Any, Final, Self

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from storage.connection import Pooled, Step
from storage.prepared import Prepared

BUSY_SECONDS: Final = 15
"""How long to wait for another process's write before giving up."""

_BEGIN: Final = "BEGIN IMMEDIATE"
_COMMIT: Final = "COMMIT"
_PRIMARY: Final = 0xFF
"""The bits of SQLite's error code that are left when details are left out."""


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


class SqliteConnection(Pooled):
    """A connection on which a prepared statement is run at once, and never waits."""

    __slots__ = ("_dialect", "driver", "quick")

    def __init__(self, opened: AsyncConnection, driver: aiosqlite.Connection) -> None:
        """Be `opened`, which `driver` has opened."""
        super().__init__(opened)
        self._dialect = opened.dialect
        self.driver = driver
        """For what may wait: it does so in aiosqlite's thread."""
        self.quick = driver._conn  # noqa: SLF001 - SQLAlchemy's own adapter does the same
        """For what never waits."""

    @classmethod
    async def of(cls, opened: AsyncConnection) -> Self:
        """Return the connection that `opened` is."""
        driver: Any = (await opened.get_raw_connection()).driver_connection
        return cls(opened, driver)

    @override
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        return self.run(statement, values)

    @override
    async def later(self, *steps: Step) -> None:
        for statement, values in steps:
            self.run(statement, values)

    def run(self, statement: Prepared, values: Mapping[str, object]) -> list[Any]:
        """Run a prepared statement now."""
        spelled = statement.spelled(self._dialect)
        try:
            return spelled.read(self.quick.execute(spelled.sql, spelled.bind(values)).fetchall())
        except sqlite3.Error as error:
            raise told(spelled.sql, error) from error

    async def begin_writing(self) -> None:
        """Begin a transaction that writes, so that it waits here and never fails half-way."""
        try:
            self.quick.execute(_BEGIN)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
                raise told(_BEGIN, error) from error
            await self._begin_after_another()

    async def keep(self) -> None:
        """Commit, and return when it is on the disk; what cannot be kept is rolled back."""
        try:
            await self.driver.commit()
        except sqlite3.Error as error:
            if self.quick.in_transaction:
                self.undo(whole=True)
            raise told(_COMMIT, error) from error

    def savepoint(self) -> None:
        """Begin a transaction within the one that is open."""
        self.quick.execute("SAVEPOINT one")

    def release(self) -> None:
        """End it, and leave what was done to the transaction around."""
        self.quick.execute("RELEASE one")

    def undo(self, *, whole: bool = False) -> None:
        """Roll back what was done since it began; with `whole`, the transaction around as well."""
        if whole:
            self.quick.execute("ROLLBACK")
        else:
            self.quick.execute("ROLLBACK TO one")
            self.quick.execute("RELEASE one")

    async def _begin_after_another(self) -> None:
        # Another process writes: waiting for it is left to the thread.
        self.quick.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        begun = asyncio.ensure_future(self.driver.execute(_BEGIN))
        try:
            await asyncio.shield(begun)
        except sqlite3.Error as error:
            raise told(_BEGIN, error) from error
        except asyncio.CancelledError:
            # Whoever comes next must find neither a busy connection nor an open transaction.
            await asyncio.wait([begun])
            if self.quick.in_transaction:
                self.undo(whole=True)
            raise
        finally:
            self.quick.execute("PRAGMA busy_timeout=0")

    @property
    @override
    def is_usable(self) -> bool:
        return not self.invalidated

    @override
    async def clear(self) -> None:
        if self.in_transaction():
            await self.rollback()


def told(sql: str, error: sqlite3.Error) -> DBAPIError:
    """Return what SQLAlchemy would raise; values are left out, as they are everywhere."""
    kind = IntegrityError if isinstance(error, sqlite3.IntegrityError) else OperationalError
    return kind(sql, None, error, hide_parameters=True)


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    """aiosqlite as SQLAlchemy takes it, with the connections above."""

    @override
    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        return _Connection(self, super().connect(*arg, **kw).driver_connection)


DRIVER: Final = _Driver(aiosqlite, sqlite3)
"""What an engine takes as its `module` for `sqlite+aiosqlite`."""
