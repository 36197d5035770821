"""Prepared statements and SQLAlchemy's own share connections, transactions and errors."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from storage.connection import Connection
from storage.database import Database
from storage.on_postgres import READERS, WRITERS
from storage.prepared import Prepared
from storage.tables.conversation import conversation_state, inbox
from tests.conftest import ON_POSTGRES
from tests.fakes import MORNING

Adding = Callable[[Connection, int], Awaitable[None]]

ADD = Prepared(sa.insert(inbox).returning(inbox.c.update_id, inbox.c.received_at))
ALL = Prepared(sa.select(inbox).order_by(inbox.c.update_id))
TRY_AGAIN = Prepared(
    sa.update(inbox)
    .where(inbox.c.update_id == sa.bindparam("number"))
    .values(attempts=inbox.c.attempts + 1)
)
FORGET = Prepared(sa.delete(inbox).where(inbox.c.update_id == sa.bindparam("number")))
NOTE = Prepared(sa.insert(conversation_state))
NOTE_OF_NOBODY = Prepared(
    sa.select(conversation_state.c.data).where(conversation_state.c.chat == "nobody")
)
WHO = Prepared(sa.select(sa.func.pg_backend_pid().label("number")))
WRONG = Prepared(sa.select(sa.literal_column("1 FROM nowhere")))


def arrival(number: int) -> dict[str, object]:
    return {
        "channel": "phone",
        "update_id": number,
        "payload": None,
        "received_at": MORNING,
        "attempts": 0,
        "done_at": None,
    }


async def kept(database: Database) -> list[int]:
    async with database.read() as connection:
        return [row.update_id for row in await connection.rows(ALL)]


async def add(connection: Connection, number: int) -> None:
    await connection.rows(ADD, **arrival(number))


async def add_by_sqlalchemy(connection: Connection, number: int) -> None:
    await connection.execute(sa.insert(inbox), arrival(number))


async def test_rows_are_as_the_model_has_them(database: Database) -> None:
    async with database.write() as connection:
        row = await connection.row(ADD, **arrival(1))
        await connection.commit()
    assert (row.update_id, row.received_at) == (1, MORNING)
    assert row.received_at.utcoffset() == timedelta(0)
    async with database.read() as connection:
        assert await connection.row(ALL) is not None
        assert await connection.row(NOTE_OF_NOBODY) is None


async def test_a_value_that_is_missing_is_noticed(database: Database) -> None:
    async with database.write() as connection:
        with pytest.raises(KeyError):
            await connection.rows(NOTE, chat="1:1", key="k")


@pytest.mark.parametrize("first", [add, add_by_sqlalchemy])
@pytest.mark.parametrize("second", [add, add_by_sqlalchemy])
async def test_both_kinds_of_statements_are_kept_or_rolled_back_together(
    database: Database, first: Adding, second: Adding
) -> None:
    for _ in range(WRITERS + 1):
        async with database.write() as connection:
            await first(connection, 1)
            await second(connection, 2)
    assert await kept(database) == []
    for number in range(0, 2 * WRITERS + 2, 2):
        async with database.write() as connection:
            await first(connection, number)
            await second(connection, number + 1)
            await connection.commit()
    assert await kept(database) == list(range(2 * WRITERS + 2))


async def test_what_is_not_committed_leaves_no_transaction_to_the_next(
    database: Database,
) -> None:
    async with database.write() as connection:
        await add(connection, 1)
    async with database.write() as connection:
        await connection.commit()
    assert await kept(database) == []


async def test_a_reader_keeps_nothing_open(database: Database) -> None:
    for number in range(READERS + 1):
        async with database.read() as connection:
            assert await connection.scalar(sa.select(sa.func.count()).select_from(inbox)) == number
            await connection.commit()
        await database.store((ADD, arrival(number)))


async def test_steps_are_kept_all_or_none(database: Database) -> None:
    rows = await database.store((ADD, arrival(1)), (ADD, arrival(2)))
    assert [[row.update_id for row in found] for found in rows] == [[1], [2]]
    with pytest.raises(IntegrityError):
        await database.store((ADD, arrival(3)), (ADD, arrival(1)))
    assert await kept(database) == [1, 2]


async def test_what_is_for_later_is_done_before_the_next_statement_or_with_the_commit(
    database: Database,
) -> None:
    await database.store((ADD, arrival(1)), (ADD, arrival(2)))
    async with database.write() as connection:
        await connection.later()
        await connection.later((TRY_AGAIN, {"number": 1}))
        assert [row.attempts for row in await connection.rows(ALL)] == [1, 0]
        await connection.later((ADD, arrival(3)), (TRY_AGAIN, {"number": 2}))
        await connection.later((FORGET, {"number": 1}))
        assert await connection.scalar(sa.select(sa.func.sum(inbox.c.attempts))) == 1
        await connection.later((FORGET, {"number": 2}))
        await connection.commit()
    assert await kept(database) == [3]


async def test_what_is_for_later_is_gone_when_nothing_is_committed(database: Database) -> None:
    for number in range(WRITERS + 1):
        async with database.write() as connection:
            await connection.later((ADD, arrival(number)))
    async with database.write() as connection:
        await connection.commit()
    assert await kept(database) == []


async def test_a_reader_puts_nothing_off(database: Database) -> None:
    async with database.read() as connection:
        await connection.later((ADD, arrival(1)), (ADD, arrival(2)))
        assert await kept(database) == [1, 2]


async def test_of_steps_for_later_all_are_carried_out_or_none(database: Database) -> None:
    await database.store((ADD, arrival(1)))
    async with database.write() as connection:
        with pytest.raises(IntegrityError):
            await _commit_later(connection, arrival(2), arrival(1))
    assert await kept(database) == [1]


async def _commit_later(connection: Connection, *arrivals: dict[str, object]) -> None:
    await connection.later(*((ADD, each) for each in arrivals))
    await connection.commit()


async def test_steps_that_fail_take_nothing_of_the_others_with_them(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(database.store((ADD, arrival(number // 2))) for number in range(10)),
        return_exceptions=True,
    )
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [type(each) for each in failed] == [IntegrityError] * 5
    assert await kept(database) == [0, 1, 2, 3, 4]


async def test_what_a_driver_says_is_told_as_sqlalchemy_does_without_values(
    database: Database,
) -> None:
    async with database.read() as connection:
        with pytest.raises(OperationalError) as told:
            await connection.rows(WRONG)
    assert "nowhere" in str(told.value)
    await database.store((ADD, arrival(1)))
    with pytest.raises(IntegrityError) as told_twice:
        await database.store((ADD, arrival(1)))
    assert "parameters" not in str(told_twice.value)


@ON_POSTGRES
async def test_a_connection_the_server_has_closed_is_lent_to_nobody(database: Database) -> None:
    async with database.write() as connection:
        await add(connection, 1)
        await _let_go(database, connection)
    async with database.write() as connection:
        await add(connection, 2)
        await connection.commit()
    assert await kept(database) == [2]


@ON_POSTGRES
async def test_a_server_that_goes_away_is_told_at_every_step(database: Database) -> None:
    async with database.write() as connection:
        await _let_go(database, connection)
        with pytest.raises(DBAPIError):
            await connection.commit()
    await database.store((ADD, arrival(3)))
    assert await kept(database) == [3]


async def _let_go(database: Database, connection: Connection) -> None:
    process = (await connection.row(WHO)).number
    async with database.read() as other:
        await other.scalar(sa.select(sa.func.pg_terminate_backend(process)))
