"""Those who ask for the same at the same time travel together, and each gets an answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.exc import OperationalError

from storage.journeys import Journeys, Order, Rows

NAMES = Order("names", gives_rows=True)
NUMBERS = Order("numbers", gives_rows=True)
BAD = "bad"


class Echo:
    """A database that answers with what it was asked, when it is let."""

    def __init__(self) -> None:
        """Keep those who ask waiting."""
        self.journeys: list[tuple[str, list[object]]] = []
        self.open = asyncio.Event()
        self._begun = asyncio.Condition()

    async def travelling(self, count: int) -> None:
        """Wait until so many journeys have begun."""
        async with self._begun:
            await self._begun.wait_for(lambda: len(self.journeys) >= count)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator["Echo"]:
        yield self

    async def carry(self, order: Order, values: Sequence[Sequence[object]]) -> Sequence[Rows]:
        asked = [each[0] for each in values]
        self.journeys.append((order.sql, asked))
        async with self._begun:
            self._begun.notify_all()
        await self.open.wait()
        if BAD in asked:
            raise OperationalError(order.sql, None, ValueError(BAD))
        return [[(each,)] for each in asked]


def ask(journeys: Journeys, order: Order, *asked: object) -> list[asyncio.Future[Rows]]:
    return [asyncio.ensure_future(_ask(journeys, order, each)) for each in asked]


async def _ask(journeys: Journeys, order: Order, asked: object) -> Rows:
    return await journeys.rows(order, [asked])


async def test_whoever_comes_while_a_journey_is_under_way_takes_the_next() -> None:
    echo = Echo()
    journeys = Journeys(echo.lend)
    first = ask(journeys, NAMES, "a")
    await echo.travelling(1)
    then = ask(journeys, NAMES, "b", "c")
    other = ask(journeys, NUMBERS, 1)
    await echo.travelling(2)
    echo.open.set()
    answers = await asyncio.gather(*first, *then, *other)
    assert answers == [[("a",)], [("b",)], [("c",)], [(1,)]]
    assert echo.journeys == [("names", ["a"]), ("numbers", [1]), ("names", ["b", "c"])]


async def test_those_who_ask_at_once_travel_at_once() -> None:
    echo = Echo()
    echo.open.set()
    journeys = Journeys(echo.lend)
    await asyncio.gather(*ask(journeys, NAMES, "a", "b"))
    await asyncio.gather(*ask(journeys, NAMES, "c"))
    assert echo.journeys == [("names", ["a", "b"]), ("names", ["c"])]


async def test_one_that_fails_does_not_fail_those_beside_it() -> None:
    echo = Echo()
    echo.open.set()
    outcomes = await asyncio.gather(
        *ask(Journeys(echo.lend), NAMES, "a", BAD, "c"), return_exceptions=True
    )
    assert outcomes[0] == [("a",)]
    assert isinstance(outcomes[1], OperationalError)
    assert outcomes[2] == [("c",)]


async def test_a_connection_that_cannot_be_had_is_told_to_all() -> None:
    @asynccontextmanager
    async def lend() -> AsyncIterator[Echo]:
        message = "no server"
        raise OSError(message)
        yield Echo()

    outcomes = await asyncio.gather(*ask(Journeys(lend), NAMES, "a", "b"), return_exceptions=True)
    assert [type(each) for each in outcomes] == [OSError, OSError]


async def test_who_is_told_to_stop_does_not_stop_the_others() -> None:
    echo = Echo()
    journeys = Journeys(echo.lend)
    stopped, waiting = ask(journeys, NAMES, "a", "b")
    await echo.travelling(1)
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    echo.open.set()
    assert await waiting == [("b",)]


async def test_it_closes_when_everybody_is_back() -> None:
    echo = Echo()
    journeys = Journeys(echo.lend)
    asked = ask(journeys, NAMES, "a")
    await echo.travelling(1)
    closing = asyncio.ensure_future(journeys.close())
    await asyncio.sleep(0)
    assert not closing.done()
    echo.open.set()
    await closing
    assert asked[0].done()
