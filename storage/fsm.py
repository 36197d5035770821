"""Where conversations stand, kept in the database and written once per turn.

A turn is the handling of one update. While one is open, its reads come from what the person's
conversation was at the beginning, its writes are gathered, and `finish` stores them together with
the note that the update is done: after a crash either all of it happened or the update is handled
again from the same state.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, DefaultKeyBuilder, StateType, StorageKey
from typing_extensions import override

from storage.connection import Connection, Exclusive, Step
from storage.database import Database
from storage.prepared import Prepared
from storage.repositories.upsert import insert_into
from storage.tables.conversation import HAS_STATE, conversation_state

_KEYS: Final = DefaultKeyBuilder(
    prefix="fsm", with_bot_id=True, with_business_connection_id=True, with_destiny=True
)

_OF_CHAT: Final = Prepared(
    sa.select(conversation_state).where(conversation_state.c.chat == sa.bindparam("chat"))
)
_IN_STATE: Final = sa.select(conversation_state.c.data).where(
    HAS_STATE, conversation_state.c.state == sa.bindparam("state")
)
_REMOVE: Final = Prepared(
    sa.delete(conversation_state).where(
        conversation_state.c.chat == sa.bindparam("of"),
        conversation_state.c.key == sa.bindparam("named"),
    )
)


@Prepared
def _STORE(dialect: str) -> sa.Insert:  # noqa: N802 - a statement like the others
    statement = insert_into(conversation_state, dialect)
    return statement.on_conflict_do_update(
        index_elements=["chat", "key"],
        set_={"state": statement.excluded.state, "data": statement.excluded.data},
    )


@dataclass(frozen=True, slots=True)
class _Record:
    state: str | None = None
    data: str = ""

    @property
    def is_empty(self) -> bool:
        return self.state is None and not self.data


_NOTHING: Final = _Record()


@dataclass(slots=True)
class Turn:
    """What one person's conversation was when the turn began, and what it has become since."""

    chat: str
    held: Exclusive
    before: dict[str, _Record]
    after: dict[str, _Record] = field(default_factory=dict)

    def get(self, key: str) -> _Record:
        """Return the record as this turn sees it."""
        return self.after.get(key) or self.before.get(key, _NOTHING)


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


class SqlStorage(BaseStorage):
    """aiogram's storage on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Keep conversations in `database`."""
        self._database = database

    @asynccontextmanager
    async def turn(self, bot_id: int, chat_id: int) -> AsyncIterator[Turn]:
        """Gather the writes to one private conversation; without `finish` they are forgotten."""
        chat = f"{bot_id}:{chat_id}"
        async with self._database.exclusive(chat) as held:
            turn = Turn(chat, held, await _load_all(held, chat))
            token = _turn.set(turn)
            try:
                yield turn
            finally:
                _turn.reset(token)

    async def in_state(self, state: str) -> Sequence[Mapping[str, Any]]:
        """Return the data of every record that is in that state, of all chats."""
        async with self._database.read() as connection:
            found = await connection.scalars(_IN_STATE, {"state": state})
            return [json.loads(data) for data in found]

    def begin_anew(self) -> None:
        """Forget what the conversation was whose turn it is; as all else, once it is finished."""
        turn = _turn.get()
        if turn is not None:
            turn.after.update(dict.fromkeys([*turn.before, *turn.after], _NOTHING))

    async def finish(self, turn: Turn, *also: Step) -> None:
        """Keep what the turn changed, together with what `also` writes, in one transaction."""
        steps = [
            _writing(turn.chat, key, record)
            for key, record in turn.after.items()
            if record != turn.before.get(key, _NOTHING)
        ]
        await turn.held.store(*steps, *also)

    @override
    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        await self._change(key, lambda old: _Record(name, old.data))

    @override
    async def get_state(self, key: StorageKey) -> str | None:
        return (await self._read(key)).state

    @override
    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")) if data else ""
        await self._change(key, lambda old: _Record(old.state, text))

    @override
    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        text = (await self._read(key)).data
        loaded: dict[str, Any] = json.loads(text) if text else {}
        return loaded

    @override
    async def close(self) -> None:
        """Leave the database open; whoever opened it closes it."""

    async def _read(self, key: StorageKey) -> _Record:
        chat, name = _chat(key), _KEYS.build(key)
        turn = _turn.get()
        if turn is not None and turn.chat == chat:
            return turn.get(name)
        async with self._database.read() as connection:
            return await _load(connection, chat, name)

    async def _change(self, key: StorageKey, change: Callable[[_Record], _Record]) -> None:
        chat, name = _chat(key), _KEYS.build(key)
        turn = _turn.get()
        if turn is not None and turn.chat == chat:
            turn.after[name] = change(turn.get(name))
            return
        async with self._database.write() as connection:
            record = change(await _load(connection, chat, name))
            statement, values = _writing(chat, name, record)
            await connection.rows(statement, **values)
            await connection.commit()


def _chat(key: StorageKey) -> str:
    return f"{key.bot_id}:{key.chat_id}"


async def _load_all(connection: Connection | Exclusive, chat: str) -> dict[str, _Record]:
    rows = await connection.rows(_OF_CHAT, chat=chat)
    return {row.key: _Record(row.state, row.data or "") for row in rows}


async def _load(connection: Connection, chat: str, key: str) -> _Record:
    return (await _load_all(connection, chat)).get(key, _NOTHING)


def _writing(chat: str, key: str, record: _Record) -> Step:
    if record.is_empty:
        return _REMOVE, {"of": chat, "named": key}
    return _STORE, {"chat": chat, "key": key, "state": record.state, "data": record.data}
