"""One lock, one holder: within a process, among processes, and when connections break."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from storage.connection import Exclusive
from storage.database import Database
from storage.prepared import Prepared
from storage.tables.conversation import conversation_state
from tests.conftest import ON_POSTGRES

NAME = "1:1"
NOTE = Prepared(sa.insert(conversation_state))
NOTES = Prepared(sa.select(conversation_state.c.key).order_by(conversation_state.c.key))
HOLDERS = sa.text(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def note(key: str) -> tuple[Prepared, dict[str, object]]:
    return NOTE, {"chat": NAME, "key": key, "state": None, "data": ""}


async def notes(held: Exclusive) -> list[str]:
    return [row.key for row in await held.rows(NOTES)]


async def holders(database: Database) -> list[int]:
    async with database.read() as connection:
        return list(await connection.scalars(HOLDERS))


async def end(database: Database, process: int) -> None:
    async with database.read() as connection:
        await connection.scalar(sa.select(sa.func.pg_terminate_backend(process)))
    while process in await holders(database):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def elsewhere(database: Database) -> AsyncIterator[Database]:
    """Give the same database as another process opens it."""
    other = Database(database.url.render_as_string(hide_password=False))
    yield other
    await other.close()


async def test_what_is_stored_is_there_for_whoever_comes_next(database: Database) -> None:
    async with database.exclusive(NAME) as held:
        await held.store(note("a"), note("b"))
    async with database.exclusive(NAME) as held:
        assert await notes(held) == ["a", "b"]
        await held.store()
    async with database.exclusive(NAME) as held:
        assert await notes(held) == ["a", "b"]


async def test_many_locks_are_held_at_once(database: Database) -> None:
    async with AsyncExitStack() as stack:
        for number in range(40):
            held = await stack.enter_async_context(database.exclusive(str(number)))
            await held.store((NOTE, {**note(f"{number:02}")[1], "chat": str(number)}))
        assert len(await notes(held)) == 40


@ON_POSTGRES
@pytest.mark.parametrize("same_process", [True, False])
async def test_one_waits_for_the_lock_that_another_holds(
    database: Database, elsewhere: Database, *, same_process: bool
) -> None:
    async def second() -> None:
        async with (database if same_process else elsewhere).exclusive(NAME) as held:
            order.append(f"second after {await notes(held)}")
            await held.store(note("b"))

    order: list[str] = []
    async with database.exclusive(NAME) as held:
        waiting = asyncio.ensure_future(second())
        async with database.exclusive("another"), elsewhere.exclusive("yet another"):
            await held.store(note("a"))
            order.append("first")
    await waiting
    assert order == ["first", "second after ['a']"]
    async with elsewhere.exclusive(NAME) as held:
        assert await notes(held) == ["a", "b"]
    assert await holders(database) == []


@ON_POSTGRES
async def test_whoever_stops_waiting_for_a_lock_leaves_nothing_locked(
    database: Database, elsewhere: Database
) -> None:
    async def take(there: Database) -> None:
        async with there.exclusive(NAME):
            pass

    async with database.exclusive(NAME):
        for there in (database, elsewhere):
            for patience in (0, 0.001, 0.05):
                waiting = asyncio.ensure_future(take(there))
                await asyncio.sleep(patience)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
    for patience in range(12):
        stopped = asyncio.ensure_future(take(elsewhere))
        for _ in range(patience):
            await asyncio.sleep(0)
        stopped.cancel()
        await asyncio.wait([stopped])
    await take(database)
    await take(elsewhere)
    assert await holders(database) == []


@ON_POSTGRES
async def test_when_the_lock_is_lost_nothing_is_written(
    database: Database, elsewhere: Database
) -> None:
    async with database.exclusive(NAME) as held, database.exclusive("another") as beside:
        (process,) = set(await holders(elsewhere))
        await end(elsewhere, process)
        async with elsewhere.exclusive(NAME) as taken:
            await taken.store(note("theirs"))
        for lost in (held, beside):
            with pytest.raises(DBAPIError):
                await lost.store(note("ours"))
    async with database.exclusive(NAME) as held:
        assert await notes(held) == ["theirs"]
        await held.store(note("ours"))
    assert await holders(elsewhere) == []


@ON_POSTGRES
async def test_whoever_waited_writes_under_a_lock_too(
    database: Database, elsewhere: Database
) -> None:
    async def second() -> None:
        async with database.exclusive(NAME) as held:
            began.set()
            await go_on.wait()
            with pytest.raises(DBAPIError):
                await held.store(note("ours"))

    began, go_on = asyncio.Event(), asyncio.Event()
    async with elsewhere.exclusive(NAME):
        waiting = asyncio.ensure_future(second())
        while not await _waiting(elsewhere):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)
    await began.wait()
    (process,) = set(await holders(elsewhere))
    await end(elsewhere, process)
    go_on.set()
    await waiting
    async with elsewhere.exclusive(NAME) as held:
        assert await notes(held) == []


async def _waiting(database: Database) -> list[int]:
    async with database.read() as connection:
        return list(
            await connection.scalars(
                sa.text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            )
        )
