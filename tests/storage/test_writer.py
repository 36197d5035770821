"""SQLite's transactions share commits without sharing anything else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage import sqlite
from storage.database import Database
from storage.prepared import Prepared


class CrashError(Exception):
    """Something went wrong inside a transaction."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{path}")
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE notes (number INTEGER PRIMARY KEY)")
        await connection.commit()
    yield database
    await database.close()


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each journey to the disk."""
    counted: list[str] = []
    commit = aiosqlite.Connection.commit

    async def count(connection: aiosqlite.Connection) -> None:
        counted.append("commit")
        await commit(connection)

    monkeypatch.setattr(aiosqlite.Connection, "commit", count)
    return counted


async def note(database: Database, number: int, *, crash: bool = False) -> None:
    async with database.write() as connection:
        await connection.exec_driver_sql("INSERT INTO notes VALUES (?)", (number,))
        await asyncio.sleep(0)
        if crash:
            raise CrashError
        await connection.commit()


def on_disk(path: Path) -> list[int]:
    """Read as another process would."""
    with sqlite3.connect(path) as other:
        return [row[0] for row in other.execute("SELECT number FROM notes ORDER BY number")]


async def test_transactions_that_wait_for_one_another_share_a_commit(
    database: Database, path: Path, commits: list[str]
) -> None:
    await asyncio.gather(*(note(database, number) for number in range(20)))
    assert on_disk(path) == list(range(20))
    assert len(commits) < 5


async def test_whoever_has_committed_is_on_the_disk(database: Database, path: Path) -> None:
    async def note_and_look(number: int) -> bool:
        await note(database, number)
        return number in on_disk(path)

    assert all(await asyncio.gather(*(note_and_look(number) for number in range(10))))


async def test_one_that_fails_takes_nothing_of_the_others_with_it(
    database: Database, path: Path
) -> None:
    outcomes = await asyncio.gather(
        *(note(database, number, crash=number % 2 == 1) for number in range(6)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), CrashError] * 3
    assert on_disk(path) == [0, 2, 4]


async def test_one_that_is_cancelled_keeps_nobody_from_writing(
    database: Database, path: Path
) -> None:
    tasks = [asyncio.ensure_future(note(database, number)) for number in range(6)]
    for victim in (0, 3, 5):
        await asyncio.sleep(0)
        tasks[victim].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    await note(database, 6)
    kept = {number for number, outcome in enumerate(outcomes) if outcome is None}
    assert {*kept, 6} <= set(on_disk(path))
    assert {1, 2, 4} <= kept
    # The writer's place is free for other processes.
    with sqlite3.connect(path, timeout=0) as other:
        other.execute("INSERT INTO notes VALUES (7)")


async def test_a_commit_that_fails_fails_everybody_who_shares_it(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_connection: aiosqlite.Connection) -> None:
        message = "database or disk is full"
        raise sqlite3.OperationalError(message)

    with monkeypatch.context() as patch:
        patch.setattr(aiosqlite.Connection, "commit", full)
        outcomes = await asyncio.gather(
            *(note(database, number) for number in range(4)), return_exceptions=True
        )
    assert all(isinstance(outcome, SQLAlchemyError) for outcome in outcomes)
    await note(database, 9)
    assert on_disk(path) == [9]


async def test_what_sqlite_rolls_back_by_itself_is_not_taken_for_kept(
    database: Database, path: Path
) -> None:
    async def spoil() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("ROLLBACK")

    first = asyncio.ensure_future(note(database, 1))
    await asyncio.sleep(0)
    outcomes = await asyncio.gather(first, spoil(), return_exceptions=True)
    assert isinstance(outcomes[0], SQLAlchemyError)
    await note(database, 2)
    assert on_disk(path) == [2]


@pytest.mark.parametrize("several", [False, True])
async def test_nor_is_what_was_to_be_kept_together_with_it(
    database: Database, path: Path, *, several: bool
) -> None:
    notes = sa.table("notes", sa.column("number", sa.Integer))
    write = Prepared(sa.insert(notes).values(number=sa.bindparam("of")))
    spoil = Prepared(sa.insert(notes).prefix_with("OR ROLLBACK").values(number=sa.bindparam("of")))
    await database.store((write, {"of": 1}))
    spoiling = [(spoil, {"of": 1})]
    outcomes = await asyncio.gather(
        database.store((write, {"of": 2})),
        database.store(*[(write, {"of": 3})] * several, *spoiling),
        return_exceptions=True,
    )
    assert all(isinstance(outcome, SQLAlchemyError) for outcome in outcomes)
    assert on_disk(path) == [1]
    await database.store((write, {"of": 4}))
    assert on_disk(path) == [1, 4]


async def patience(task: asyncio.Task[None]) -> None:
    """Let `task` come as far as it can; a held-up event loop would never get here."""
    for _ in range(20):
        await asyncio.sleep(0)
    assert not task.done()


async def test_whoever_waits_for_another_process_holds_nobody_up(
    database: Database, path: Path
) -> None:
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.ensure_future(note(database, 1))
        await patience(waiting)
        other.execute("COMMIT")
    await waiting
    assert on_disk(path) == [1]


async def test_whoever_is_told_to_stop_waiting_leaves_nothing_open(
    database: Database, path: Path
) -> None:
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.ensure_future(note(database, 1))
        await patience(waiting)
        waiting.cancel()
        await asyncio.sleep(0)
        other.execute("COMMIT")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with sqlite3.connect(path, timeout=0) as other:
        other.execute("INSERT INTO notes VALUES (7)")
    await note(database, 2)
    assert on_disk(path) == [2, 7]


async def test_whoever_has_waited_too_long_is_told(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            await note(database, 1)
        other.execute("COMMIT")
    await note(database, 2)
    assert on_disk(path) == [2]


async def test_a_beginning_that_fails_otherwise_is_not_waited_for(database: Database) -> None:
    async with database.write() as connection:
        assert isinstance(connection, sqlite.SqliteConnection)
        with pytest.raises(OperationalError, match="within a transaction"):
            await connection.begin_writing()
