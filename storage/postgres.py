"""PostgreSQL: prepared statements go to asyncpg without SQLAlchemy's engine in between."""

import re
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import chain
from types import TracebackType
from typing import Any, Final, Self

import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typing_extensions import override

from civic.ports import Overtaken
from storage.connection import Connection, Pool, Pooled, Step, was_stopped
from storage.journeys import Journeys, Order, Rows
from storage.prepared import Prepared

_FAILURES: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection the server has just closed
)


_MISSING: Final = asyncpg.DivisionByZeroError
"""What a statement fails with when a step that it requires gives no row."""
_COUNTED: Final = "1 / (SELECT count(*) FROM part{})"
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


class PostgresConnection(Pooled):
    """A connection of asyncpg; without autocommit its first statement begins a transaction."""

    __slots__ = ("_adapter", "_dialect", "_driver", "_later")

    def __init__(self, opened: AsyncConnection, adapter: Any) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
        """Be `opened`, whose driver stands behind `adapter`."""
        super().__init__(opened)
        self._adapter = adapter
        self._driver = adapter.driver_connection
        self._dialect = opened.dialect
        self._later: list[Step] = []

    @classmethod
    async def of(cls, opened: AsyncConnection) -> Self:
        """Return the connection that `opened` is."""
        return cls(opened, (await opened.get_raw_connection()).dbapi_connection)

    @override
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        await self._catch_up()
        spelled = statement.spelled(self._dialect)
        return spelled.read(await self._fetch(spelled.sql, spelled.bind(values)))

    @override
    async def execute(self, *arguments: Any, **options: Any) -> Any:
        await self._catch_up()
        return await super().execute(*arguments, **options)

    @override
    async def exec_driver_sql(self, *arguments: Any, **options: Any) -> Any:
        await self._catch_up()
        return await super().exec_driver_sql(*arguments, **options)

    @override
    async def later(self, *steps: Step) -> None:
        self._later += steps

    async def carry(self, order: Order, values: Sequence[Sequence[object]]) -> Sequence[Rows]:
        """See `Carrier`: with autocommit each call is kept as a whole."""
        if len(values) == 1:
            return [await self._fetch(order.sql, values[0])]
        answers: list[list[Sequence[Any]]] = [[] for _ in values]
        try:
            if order.gives_rows:
                numbered = [[*each, number] for number, each in enumerate(values)]
                for row in await self._driver.fetchmany(_numbered(order.sql), numbered):
                    answers[row[0]].append(row[1:])
            else:
                await self._driver.executemany(order.sql, values)
        except _FAILURES as error:
            raise _told(order.sql, error) from error
        return answers

    async def hold(self, number: int) -> None:
        """Begin a transaction and hold a lock among all processes to its end."""
        await self._begin(f"SELECT pg_advisory_xact_lock({number:d})")

    async def _catch_up(self) -> None:
        if self._later:
            steps, self._later = self._later, []
            await self._fetch(*in_one(steps, self._dialect))

    async def _fetch(self, sql: str, values: Sequence[object]) -> Rows:
        if self._adapter._transaction is None and not self._adapter.autocommit:  # noqa: SLF001 - its only record
            await self._begin()
        try:
            found: Rows = await self._driver.fetch(sql, *values)
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
        await self._catch_up()
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
        self._later.clear()
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


class Reader(Connection):
    """Reads what is committed: what is prepared together with others, the rest by itself."""

    __slots__ = ("_journeys", "_opened", "_pool")

    def __init__(
        self, engine: AsyncEngine, pool: Pool[PostgresConnection], journeys: Journeys
    ) -> None:
        """Read through `journeys`, and where that cannot be through a connection of `pool`."""
        super().__init__(engine)
        self._pool = pool
        self._journeys = journeys
        self._opened: PostgresConnection | None = None

    @override
    async def rows(self, statement: Prepared, **values: object) -> list[Any]:
        return await travel(self._journeys, (statement, values), self.engine.dialect)

    @override
    async def execute(self, *arguments: Any, **options: Any) -> Any:
        return await (await self._own()).execute(*arguments, **options)

    @override
    async def exec_driver_sql(self, *arguments: Any, **options: Any) -> Any:
        return await (await self._own()).exec_driver_sql(*arguments, **options)

    @override
    async def later(self, *steps: Step) -> None:
        for statement, values in steps:
            await self.rows(statement, **values)

    @override
    async def commit(self) -> None:
        """Do nothing: each statement stands alone."""

    @override
    async def __aenter__(self) -> Self:
        return self

    @override
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._opened is not None:
            await self._pool.hand_back(self._opened, usable=not was_stopped(kind))

    async def _own(self) -> PostgresConnection:
        if self._opened is None:
            self._opened = await self._pool.lend()
        return self._opened


class Attempt(Reader):
    """Reads what is committed, and writes everything in one journey with its commit."""

    __slots__ = ("_required", "_steps")

    def __init__(
        self, engine: AsyncEngine, pool: Pool[PostgresConnection], journeys: Journeys
    ) -> None:
        """Travel as a reader does."""
        super().__init__(engine, pool, journeys)
        self._required: list[Step] = []
        self._steps: list[Step] = []

    @override
    async def later(self, *steps: Step) -> None:
        self._steps += steps

    @override
    async def require(self, *steps: Step) -> None:
        self._required += steps

    @override
    async def commit(self) -> None:
        """Keep everything, or raise `Overtaken`."""
        if not self._required and not self._steps:
            return
        sql, values = in_one(self._steps, self.engine.dialect, self._required)
        try:
            await self._journeys.rows(Order(sql, gives_rows=False), values)
        except DBAPIError as error:
            if isinstance(error.orig, _MISSING):
                raise Overtaken from error
            raise


async def travel(journeys: Journeys, step: Step, dialect: Dialect) -> list[Any]:
    """Carry out a step that stands alone, together with others like it, and return its rows."""
    statement, values = step
    spelled = statement.spelled(dialect)
    order = Order(spelled.sql, spelled.gives_rows)
    return spelled.read(await journeys.rows(order, spelled.bind(values)))


def in_one(
    steps: Sequence[Step], dialect: Dialect, required: Sequence[Step] = ()
) -> tuple[str, list[object]]:
    """Return one statement that carries out all steps, in one journey, and its values.

    It fails by a division by zero when one of the `required` steps gives no row.
    """
    together = [*required, *steps]
    spelled = [statement.spelled(dialect) for statement, _values in together]
    values = [one.bind(step[1]) for one, step in zip(spelled, together, strict=True)]
    sql = _joined(tuple(one.sql for one in spelled), len(required))
    return sql, [*chain(*values)]


@lru_cache(256)
def _joined(statements: tuple[str, ...], required: int) -> str:
    shift, numbered = 0, []
    for statement in statements:
        numbered.append(_PLACE.sub(partial(_moved, shift), statement))
        shift += len(set(_PLACE.findall(statement)))
    if required:
        # There is no plainer way for a single statement to fail.
        numbered.append(f"SELECT {', '.join(map(_COUNTED.format, range(required)))}")
    parts = [f"part{number} AS ({statement})" for number, statement in enumerate(numbered[:-1])]
    return f"WITH {', '.join(parts)} {numbered[-1]}" if parts else numbered[-1]


@lru_cache(256)
def _numbered(statement: str) -> str:
    """Return the statement with one more value, a number, that begins each of its rows."""
    last = max((int(place) for place in _PLACE.findall(statement)), default=0) + 1
    return f"WITH asked AS ({statement}) SELECT ${last}::INTEGER, asked.* FROM asked"  # noqa: S608 - a statement of ours


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
