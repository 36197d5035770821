"""PostgreSQL: prepared statements go to asyncpg without SQLAlchemy's engine in between."""

import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import lru_cache, partial
from hashlib import blake2b
from itertools import chain
from typing import Any, Final, Self

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from storage.connection import Connection, Pool, Step
from storage.prepared import Prepared

_FAILURES: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection the server has just closed
)


_PLACE: Final = re.compile(r"\$(\d+)")
"""Where a value stands in a statement."""


class _Transaction:
    """What SQLAlchemy's adapter takes for a transaction, so that it ends what was begun here."""

    def __init__(self, driver: Any) -> None:  # noqa: ANN401 - asyncpg's connection
        self._driver = driver

    async def commit(self) -> None:
        await self._driver.execute("COMMIT")

    async def rollback(self) -> None:
        await self._driver.execute("ROLLBACK")


class PostgresConnection(Connection):
    """A connection of asyncpg; without autocommit its first statement begins a transaction."""

    __slots__ = ("_adapter", "_dialect", "_driver")

    def __init__(self, opened: AsyncConnection, adapter: Any) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
        """Be `opened`, whose driver stands behind `adapter`."""
        super().__init__(opened)
        self._adapter = adapter
        self._driver = adapter.driver_connection
        self._dialect = opened.dialect

    @classmethod
    async def of(cls, opened: AsyncConnection) -> Self:
        """Return the connection that `opened` is."""
        return cls(opened, (await opened.get_raw_connection()).dbapi_connection)

    @override
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        spelled = statement.spelled(self._dialect)
        return spelled.read(await self._fetch(spelled.sql, spelled.bind(values)))

    @override
    async def together(self, *steps: Step) -> None:
        if not steps:
            return
        spelled = [statement.spelled(self._dialect) for statement, _values in steps]
        values = [one.bind(step[1]) for one, step in zip(spelled, steps, strict=True)]
        await self._fetch(_in_one(tuple(one.sql for one in spelled)), [*chain(*values)])

    async def hold(self, name: str) -> None:
        """Begin a transaction and hold the lock called `name` among all processes to its end."""
        number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
        await self._begin(f"SELECT pg_advisory_xact_lock({number})")

    async def _fetch(self, sql: str, values: Sequence[object]) -> Sequence[Sequence[Any]]:
        if self._adapter._transaction is None and not self._adapter.autocommit:  # noqa: SLF001 - its only record
            await self._begin()
        try:
            found: Sequence[Sequence[Any]] = await self._driver.fetch(sql, *values)
        except _FAILURES as error:
            raise _told(sql, error) from error
        return found

    async def _begin(self, statement: str = "") -> None:
        # One journey to the database for both.
        self._adapter._transaction = _Transaction(self._driver)  # noqa: SLF001 - as above
        sql = f"BEGIN; {statement}"
        try:
            await self._driver.execute(sql)
        except _FAILURES as error:
            raise _told(sql, error) from error

    @override
    async def commit(self) -> None:
        if self.in_transaction():
            await super().commit()
        else:
            await self._end("commit")

    @property
    @override
    def is_usable(self) -> bool:
        return not self._driver.is_closed() and not self.invalidated

    @override
    async def clear(self) -> None:
        if self.in_transaction():
            await self.rollback()
        else:
            await self._end("rollback")

    async def _end(self, how: str) -> None:
        transaction = self._adapter._transaction  # noqa: SLF001 - as above
        if transaction is None:
            return
        self._adapter._transaction = None  # noqa: SLF001 - as above
        try:
            await getattr(transaction, how)()
        except _FAILURES as error:
            raise _told(how, error) from error


class Writers:
    """Gives out connections that write."""

    def __init__(
        self, together: Pool[PostgresConnection], single: Pool[PostgresConnection]
    ) -> None:
        """Write through `together`; `single` commits each statement by itself."""
        self._together = together
        self._single = single

    def transaction(self) -> AbstractAsyncContextManager[PostgresConnection]:
        """Open a transaction; commit on its connection, or what it did is rolled back."""
        return self._together.take()

    async def store(self, steps: Sequence[Step]) -> list[list[Any]]:
        """Carry out steps that need no decision in between; return the rows of each."""
        pool = self._single if len(steps) == 1 else self._together
        async with pool.take() as connection:
            rows = [await connection.rows(statement, **values) for statement, values in steps]
            await connection.commit()
        return rows

    async def close(self) -> None:
        """Close the connections that are its own."""
        await self._together.close()


@lru_cache(256)
def _in_one(statements: tuple[str, ...]) -> str:
    """Return one statement that carries out all of them: one journey to the database."""
    shift, numbered = 0, []
    for statement in statements:
        numbered.append(_PLACE.sub(partial(_moved, shift), statement))
        shift += len(set(_PLACE.findall(statement)))
    parts = [f"part{number} AS ({statement})" for number, statement in enumerate(numbered[:-1])]
    return f"WITH {', '.join(parts)} {numbered[-1]}" if parts else numbered[-1]


def _moved(shift: int, place: re.Match[str]) -> str:
    return f"${int(place[1]) + shift}"


def _told(sql: str, error: Exception) -> DBAPIError:
    """Return what SQLAlchemy would raise; values are left out, as they are everywhere."""
    kind = (
        IntegrityError
        if isinstance(error, asyncpg.IntegrityConstraintViolationError)
        else OperationalError
    )
    return kind(sql, None, error, hide_parameters=True)
