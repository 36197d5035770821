"""Statements that go to PostgreSQL together: a journey there costs more than what is done there.

While one journey is under way, those who ask for the same statement wait; then all of them travel
at once. Whoever asks alone travels alone and waits for nobody.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol

from sqlalchemy.exc import DBAPIError

Rows = Sequence[Sequence[Any]]


class Order(NamedTuple):
    """A statement without its values."""

    sql: str
    gives_rows: bool


class Carrier(Protocol):
    """A connection on which each statement is kept as soon as it is done."""

    async def carry(self, order: Order, values: Sequence[Sequence[object]]) -> Sequence[Rows]:
        """Run a statement for each of `values`, and return the rows of each.

        All are kept or none; raises `DBAPIError`.
        """


class _Asked(NamedTuple):
    values: Sequence[object]
    told: asyncio.Future[Rows]


class Journeys:
    """Takes statements to the database, those that are alike together."""

    def __init__(self, lend: Callable[[], AbstractAsyncContextManager[Carrier]]) -> None:
        """Travel on connections that `lend` gives, one for each kind of statement at a time."""
        self._lend = lend
        self._waiting: dict[Order, list[_Asked]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def rows(self, order: Order, values: Sequence[object]) -> Rows:
        """Run a statement that stands alone and return its rows; raises `DBAPIError`."""
        asked = _Asked(values, asyncio.get_running_loop().create_future())
        others = self._waiting.get(order)
        if others is None:
            self._waiting[order] = [asked]
            # Apart, because others depend on it when whoever asked first is told to stop.
            task = asyncio.ensure_future(self._travel(order))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        else:
            others.append(asked)
        return await asked.told

    async def close(self) -> None:
        """Return when nothing is under way any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _travel(self, order: Order) -> None:
        while together := self._waiting[order]:
            self._waiting[order] = []
            await self._carry(order, together)
        del self._waiting[order]

    async def _carry(self, order: Order, together: Sequence[_Asked]) -> None:
        try:
            async with self._lend() as carrier:
                answers = await carrier.carry(order, [one.values for one in together])
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            await self._fail(order, together, error)
            return
        for one, rows in zip(together, answers, strict=True):
            if not one.told.done():
                one.told.set_result(rows)

    async def _fail(self, order: Order, together: Sequence[_Asked], error: Exception) -> None:
        if len(together) > 1 and isinstance(error, DBAPIError):
            # Whoever is to blame must not fail the others.
            for one in together:
                await self._carry(order, [one])
            return
        for one in together:
            if not one.told.done():
                one.told.set_exception(error)
