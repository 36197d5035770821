"""Two who do something at once: at every step of what one does, the other one's turn comes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from itertools import count
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.postgres import PostgresConnection, Reader

_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
First = TypeVar("First")
Second = TypeVar("Second")


class Interruption:
    """Lets the second one do everything once the first has done so many statements."""

    def __init__(self, database: Database, after: int) -> None:
        """Interrupt after that many statements, at least 1."""
        self.happened = False
        """False when the first one was done before."""
        self._database = database
        self._left = after
        self._first: asyncio.Task[Any] | None = None
        self._interrupt: Callable[[], Awaitable[None]] | None = None

    async def meet(
        self, first: Coroutine[Any, Any, First], second: Coroutine[Any, Any, Second]
    ) -> tuple[First, Second]:
        """Return what both return; the second one may have to wait for the first."""
        begin = asyncio.Event()

        async def wait_and_do() -> Second:
            await begin.wait()
            return await second

        async with asyncio.TaskGroup() as both:
            other = both.create_task(wait_and_do())

            async def interrupt() -> None:
                begin.set()
                await done_or_waiting(self._database, other)

            self._interrupt = interrupt
            self._first = one = both.create_task(first)
            one.add_done_callback(lambda _: begin.set())
        return one.result(), other.result()

    async def passed(self) -> None:
        """Note that a statement is done; the first one is held up here."""
        if self._interrupt is None or asyncio.current_task() is not self._first:
            return
        self._left -= 1
        if self._left == 0:
            self.happened = True
            await self._interrupt()


async def done_or_waiting(database: Database, task: asyncio.Task[Any]) -> None:
    """Return once the task is done, or waits for a lock of PostgreSQL."""
    async with database.engine.connect() as connection:
        # Within a transaction the server would show the same again and again.
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        while not task.done():
            if await connection.scalar(_WAITING):
                return


async def at_every_step(
    database: Database, patch: pytest.MonkeyPatch
) -> AsyncIterator[Interruption]:
    """Give interruptions, each one statement later, until the first one is done before."""
    present: Interruption | None = None

    def counted(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever it is
            result = await method(*arguments, **options)
            if present is not None:
                await present.passed()
            return result

        return call

    for kind, name in (
        (PostgresConnection, "rows"),
        (PostgresConnection, "execute"),
        (Reader, "rows"),
    ):
        patch.setattr(kind, name, counted(getattr(kind, name)))
    for after in count(1):
        present = Interruption(database, after)
        yield present
        if not present.happened:
            return
