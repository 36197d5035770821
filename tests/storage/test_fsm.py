"""Conversations are kept, and written once per turn together with the note that it is done."""

import pytest
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import StorageKey

from storage.database import Database
from storage.fsm import SqlStorage
from storage.inbox import Arrival, SqlInbox
from tests.fakes import MORNING

KEY = StorageKey(bot_id=1, chat_id=7, user_id=7, destiny="aiogd:stack:")
OTHER = StorageKey(bot_id=1, chat_id=70, user_id=70, destiny="aiogd:stack:")


async def test_state_and_data_are_kept_apart_and_together(database: Database) -> None:
    storage = SqlStorage(database)
    await storage.set_state(KEY, State("main", "Menu"))
    await storage.set_data(KEY, {"слово": ["ә", 1, None]})
    fresh = SqlStorage(database)
    assert await fresh.get_state(KEY) == "Menu:main"
    assert await fresh.get_data(KEY) == {"слово": ["ә", 1, None]}
    await storage.set_state(KEY, None)
    assert await fresh.get_state(KEY) is None
    assert await fresh.get_data(KEY) == {"слово": ["ә", 1, None]}
    await storage.set_data(KEY, {})
    assert await fresh.get_data(KEY) == {}


async def test_conversations_do_not_see_each_other(database: Database) -> None:
    storage = SqlStorage(database)
    await storage.set_data(KEY, {"mine": True})
    assert await storage.get_data(OTHER) == {}
    async with storage.turn(1, 70) as turn:
        assert await storage.get_data(OTHER) == {}
        assert await storage.get_data(KEY) == {"mine": True}
        await storage.finish(turn)


async def test_a_turn_that_is_not_finished_changes_nothing(database: Database) -> None:
    storage = SqlStorage(database)
    await storage.set_data(KEY, {"step": 1})
    async with storage.turn(1, 7):
        await storage.set_data(KEY, {"step": 2})
        await storage.set_state(KEY, "x")
        assert await storage.get_data(KEY) == {"step": 2}
    assert await storage.get_data(KEY) == {"step": 1}
    assert await storage.get_state(KEY) is None


async def test_a_finished_turn_is_kept_with_what_was_written_beside_it(database: Database) -> None:
    storage = SqlStorage(database)
    inbox = SqlInbox(database)
    await inbox.add("phone", [Arrival(1, "{}")], MORNING)
    done = inbox.done("phone", 1, MORNING)
    async with storage.turn(1, 7) as turn:
        await storage.set_data(KEY, {"step": 2})
        with pytest.raises(KeyError):
            await storage.finish(turn, done, (done[0], {}))
    assert await storage.get_data(KEY) == {}
    assert len(await inbox.waiting("phone", 9)) == 1
    async with storage.turn(1, 7) as turn:
        await storage.set_data(KEY, {"step": 2})
        await storage.finish(turn, done)
    assert await SqlStorage(database).get_data(KEY) == {"step": 2}
    assert await inbox.waiting("phone", 9) == []


async def test_emptied_records_leave_no_rows(database: Database) -> None:
    storage = SqlStorage(database)
    async with storage.turn(1, 7) as turn:
        await storage.set_data(KEY, {"step": 2})
        await storage.finish(turn)
    async with storage.turn(1, 7) as turn:
        await storage.set_data(KEY, {})
        await storage.finish(turn)
    async with database.read() as connection:
        rows = await connection.exec_driver_sql("SELECT count(*) FROM conversation_state")
        assert rows.scalar_one() == 0
