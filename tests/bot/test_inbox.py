"""Updates are dealt with once, in order for each person, and survive a crash."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NoReturn

import pytest
from aiogram import Bot, Dispatcher
from aiogram.enums import ChatType
from aiogram.fsm.context import FSMContext
from aiogram.types import Chat, Message, MessageEntity, Update, User
from sqlalchemy.exc import OperationalError
from typing_extensions import override

from bot import inbox as bot_inbox
from bot.inbox import MOST_ATTEMPTS, Inbox
from bot.metrics import Metrics
from storage.database import Database
from storage.fsm import SqlStorage
from storage.inbox import Arrival, SqlInbox
from tests.conversation import PhoneSession
from tests.fakes import MORNING, FrozenClock

Heard = list[tuple[int, str]]


class CrashError(BaseException):
    """The process dies: nothing after it runs, as after kill -9."""


def unanswered() -> OperationalError:
    """Return what is raised when a database does not answer."""
    statement = "a statement"
    return OperationalError(statement, None, ConnectionResetError())


def said(number: int, person: int, text: str = "") -> Update:
    """Return an update in which `person` says `text`."""
    message = Message(
        message_id=number,
        date=MORNING,
        chat=Chat(id=person, type=ChatType.PRIVATE),
        from_user=User(id=person, is_bot=False, first_name=""),
        text=text or str(number),
    )
    return Update(update_id=number, message=message)


@pytest.fixture
def bot() -> Bot:
    """A bot that says nothing."""
    return Bot("42:test", session=PhoneSession())


@pytest.fixture
def heard() -> Heard:
    """What the handler heard: person and text, in order."""
    return []


@pytest.fixture
def make(database: Database, clock: FrozenClock, heard: Heard) -> Callable[..., Inbox]:
    """A function that starts a process: an inbox with a handler that also counts in its state."""

    def start(
        handler: Callable[[Message, FSMContext], Awaitable[None]] | None = None,
        store: SqlInbox | None = None,
    ) -> Inbox:
        storage = SqlStorage(database)
        dispatcher = Dispatcher(storage=storage)

        async def hear(message: Message, state: FSMContext) -> None:
            counted = (await state.get_data()).get("count", 0)
            await state.set_data({"count": counted + 1})
            heard.append((message.chat.id, message.text or ""))
            if handler is not None:
                await handler(message, state)

        dispatcher.message.register(hear)
        return Inbox(store or SqlInbox(database), storage, dispatcher, clock, Metrics())

    return start


Make = Callable[..., Inbox]


async def live_and_die(inbox: Inbox, updates: Sequence[Update], bot: Bot) -> None:
    """Receive in a process that does not live to see the end of it."""
    async with inbox.running():
        await inbox.receive("test", updates, bot)
        await asyncio.Event().wait()


async def test_a_repeated_update_is_dealt_with_once(make: Make, bot: Bot, heard: Heard) -> None:
    inbox = make()
    async with inbox.running():
        await inbox.receive("test", [said(1, 7), said(1, 7)], bot)
        await inbox.receive("test", [said(1, 7)], bot)
        await inbox.receive_and_wait("test", said(1, 7), bot)
    assert heard == [(7, "1")]


async def test_the_same_number_on_two_channels_is_two_updates(
    make: Make, bot: Bot, heard: Heard
) -> None:
    inbox = make()
    async with inbox.running():
        await inbox.receive("one", [said(1, 7)], bot)
        await inbox.receive("two", [said(1, 8)], bot)
    assert sorted(heard) == [(7, "1"), (8, "1")]


async def test_one_persons_updates_keep_their_order(make: Make, bot: Bot, heard: Heard) -> None:
    async def dawdle(message: Message, state: FSMContext) -> None:
        del state
        for _ in range(5 if message.text == "1" else 0):
            await asyncio.sleep(0)

    inbox = make(dawdle)
    async with inbox.running():
        await inbox.receive("test", [said(3, 7), said(1, 7), said(2, 7), said(4, 8)], bot)
    assert [text for person, text in heard if person == 7] == ["1", "2", "3"]


async def test_nobody_waits_for_somebody_else(make: Make, bot: Bot, heard: Heard) -> None:
    gate = asyncio.Event()

    async def wait(message: Message, state: FSMContext) -> None:
        del state
        if message.chat.id == 7:
            await gate.wait()

    inbox = make(wait)
    async with inbox.running():
        await inbox.receive("test", [said(1, 7)], bot)
        await inbox.receive_and_wait("test", said(2, 8), bot)
        assert (8, "2") in heard
        gate.set()


async def test_others_stand_back_until_everyone_is_answered(
    make: Make, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_inbox, "LULL_SECONDS", 3600)
    gates = {7: asyncio.Event(), 8: asyncio.Event()}
    answered: list[int] = []

    async def wait(message: Message, state: FSMContext) -> None:
        del state
        await gates[message.chat.id].wait()
        answered.append(message.chat.id)

    async def stand_back() -> None:
        await inbox.lull()
        assert answered == [7, 8]

    inbox = make(wait)
    await inbox.lull()
    async with inbox.running(), asyncio.TaskGroup() as tasks:
        await inbox.receive("test", [said(1, 7), said(2, 8)], bot)
        tasks.create_task(stand_back())
        gates[7].set()
        await inbox.receive_and_wait("test", said(3, 7), bot)
        answered.remove(7)
        gates[8].set()


async def test_others_stand_back_while_something_is_being_stored(
    make: Make, bot: Bot, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_inbox, "LULL_SECONDS", 3600)
    stored: list[int] = []

    class Slow(SqlInbox):
        @override
        async def add(
            self, channel: str, arrivals: Sequence[Arrival], now: datetime
        ) -> frozenset[int]:
            tasks.create_task(stand_back())
            await asyncio.sleep(0)
            stored.extend(arrival.update_id for arrival in arrivals)
            raise unanswered()

    async def stand_back() -> None:
        await inbox.lull()
        assert stored == [1]

    inbox = make(store=Slow(database))
    async with inbox.running(), asyncio.TaskGroup() as tasks:
        with pytest.raises(OperationalError):
            await inbox.receive("test", [said(1, 7)], bot)


async def test_nobody_stands_back_for_long(make: Make, bot: Bot, heard: Heard) -> None:
    gate = asyncio.Event()

    async def wait(message: Message, state: FSMContext) -> None:
        del message, state
        await gate.wait()

    inbox = make(wait)
    async with inbox.running():
        await inbox.receive("test", [said(1, 7)], bot)
        await inbox.lull()
        assert not gate.is_set()
        gate.set()
    assert heard == [(7, "1")]


async def test_what_is_in_flight_is_finished_before_the_end(
    make: Make, bot: Bot, heard: Heard
) -> None:
    inbox = make()
    async with inbox.running():
        await inbox.receive("test", [said(number, 7) for number in range(1, 6)], bot)
    assert len(heard) == 5


async def test_after_a_crash_the_update_is_dealt_with_from_the_same_state(
    make: Make, bot: Bot, heard: Heard
) -> None:
    counts: list[int] = []

    async def crash(message: Message, state: FSMContext) -> None:
        del message, state
        raise CrashError

    async def count(message: Message, state: FSMContext) -> None:
        del message
        counts.append((await state.get_data())["count"])

    with pytest.raises(BaseExceptionGroup):
        await live_and_die(make(crash), [said(1, 7), said(2, 7)], bot)
    next_process = make(count)
    async with next_process.running():
        await next_process.resume({"test": bot})
    assert heard == [(7, "1"), (7, "1"), (7, "2")]
    assert counts == [1, 2]


async def test_what_brings_the_service_down_again_and_again_is_left(
    make: Make, bot: Bot, heard: Heard
) -> None:
    async def crash(message: Message, state: FSMContext) -> None:
        del message, state
        raise CrashError

    with pytest.raises(BaseExceptionGroup):
        await live_and_die(make(crash), [said(1, 7)], bot)
    for _ in range(MOST_ATTEMPTS + 2):
        again = make(crash)
        try:
            async with again.running():
                await again.resume({"test": bot})
        except BaseExceptionGroup:
            continue
    assert len(heard) == 1 + MOST_ATTEMPTS


async def test_an_update_in_trouble_takes_nothing_down_and_does_not_come_back(
    make: Make, bot: Bot, heard: Heard
) -> None:
    async def fail(message: Message, state: FSMContext) -> None:
        del state
        if message.text == "1":
            message_text = "trouble in the error handler itself"
            raise LookupError(message_text)

    inbox = make(fail)
    async with inbox.running():
        await inbox.receive_and_wait("test", said(1, 7), bot)
        await inbox.receive_and_wait("test", said(2, 7), bot)
        await inbox.resume({"test": bot})
    assert heard == [(7, "1"), (7, "2")]


class Unsteady(SqlInbox):
    """A store whose answer is lost `losses` times after it has stored what arrived.

    Asked what is undone, it does not answer `silences` times.
    """

    losses = 0
    silences = 0

    @override
    async def add(
        self, channel: str, arrivals: Sequence[Arrival], now: datetime
    ) -> frozenset[int]:
        added = await super().add(channel, arrivals, now)
        if self.losses:
            self.losses -= 1
            raise unanswered()
        return added

    @override
    async def undone(self, keys: Collection[tuple[str, int]]) -> frozenset[tuple[str, int]]:
        if self.silences:
            self.silences -= 1
            raise unanswered()
        return await super().undone(keys)


async def test_what_was_stored_although_the_answer_was_lost_is_dealt_with_once(
    make: Make, bot: Bot, heard: Heard, database: Database
) -> None:
    store = Unsteady(database)
    inbox = make(store=store)
    async with inbox.running():
        store.losses = 1
        with pytest.raises(OperationalError):
            await inbox.receive("test", [said(1, 7)], bot)
        await inbox.receive("test", [said(1, 7), said(2, 7)], bot)
        await inbox.take_up_left()
        await inbox.take_up_left()
    assert sorted(heard) == [(7, "1"), (7, "2")]


async def test_what_is_left_is_taken_up_by_itself_as_often_as_it_takes(
    make: Make, bot: Bot, heard: Heard, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.LEFT_SECONDS", 0)
    dealt_with = asyncio.Semaphore(0)

    async def note(message: Message, state: FSMContext) -> None:
        del message, state
        dealt_with.release()

    store = Unsteady(database)
    inbox = make(note, store=store)
    async with inbox.running(), asyncio.timeout(60):
        for number in (1, 2):
            store.losses, store.silences = 1, 1
            with pytest.raises(OperationalError):
                await inbox.receive("test", [said(number, 7)], bot)
            await dealt_with.acquire()
            assert store.silences == 0
    assert heard == [(7, "1"), (7, "2")]


async def test_what_was_never_stored_is_not_made_up(
    make: Make, bot: Bot, heard: Heard, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = make()
    async with inbox.running():
        with monkeypatch.context() as patch:
            patch.setattr(database, "store", _fail)
            with pytest.raises(OperationalError):
                await inbox.receive("test", [said(1, 7)], bot)
        await inbox.take_up_left()
        assert heard == []
        await inbox.receive("test", [said(1, 7)], bot)
    assert heard == [(7, "1")]


@pytest.mark.parametrize("trouble", [None, LookupError])
async def test_when_the_database_answers_again_what_was_given_up_is_taken_up(
    make: Make,
    bot: Bot,
    heard: Heard,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    trouble: type[Exception] | None,
) -> None:
    async def fail_once(message: Message, state: FSMContext) -> None:
        del message, state
        if trouble is not None and len(heard) == 1:
            patch.setattr(database, "exclusive", _break)
            raise trouble

    @asynccontextmanager
    async def _break(_name: str) -> AsyncIterator[None]:
        raise unanswered()
        yield

    monkeypatch.setattr("bot.inbox.PAUSES", (0.0, 0.0))
    inbox = make(fail_once)
    async with inbox.running():
        with monkeypatch.context() as patch:
            if trouble is None:
                patch.setattr(database, "exclusive", _break)
            await inbox.receive_and_wait("test", said(1, 7), bot)
        await inbox.take_up_left()
        await inbox.receive_and_wait("test", said(2, 7), bot)
        await inbox.take_up_left()
    assert heard == [(7, "1")] * (1 if trouble is None else 2) + [(7, "2")]


async def _fail(*_steps: object) -> NoReturn:
    raise unanswered()


async def test_words_are_erased_once_dealt_with(make: Make, bot: Bot, database: Database) -> None:
    inbox = make()
    async with inbox.running():
        await inbox.receive("test", [said(1, 7, "my secret")], bot)
    async with database.read() as connection:
        rows = (await connection.exec_driver_sql("SELECT payload FROM inbox")).all()
    assert [tuple(row) for row in rows] == [(None,)]


async def test_half_a_character_does_not_hold_up_what_came_with_it(
    make: Make, heard: Heard, bot: Bot
) -> None:
    """JSON may hold half a surrogate pair, which no database and no messenger would take."""
    inbox = make()
    async with inbox.running():
        await inbox.receive("test", [said(1, 7, "a\ud83d"), said(2, 8, "whole 😀")], bot)
    assert sorted(heard) == [(7, "a?"), (8, "whole 😀")]


async def test_whatever_a_handler_may_answer_is_bound_to_its_bot(make: Make, bot: Bot) -> None:
    """A channel of our own makes updates that no bot has received."""
    seen: list[Message] = []

    async def see(message: Message, state: FSMContext) -> None:
        del state
        seen.append(message)

    inner = said(1, 7).message
    assert inner is not None
    assert inner.bot is None
    link = MessageEntity(type="text_mention", offset=0, length=1, user=inner.from_user)
    outer = inner.model_copy(update={"reply_to_message": inner, "entities": [link]})
    inbox = make(see)
    async with inbox.running():
        await inbox.receive_and_wait("phone", Update(update_id=1, message=outer), bot)
    assert seen == [outer]
    assert seen[0].bot is bot
    assert seen[0].reply_to_message is not None
    assert seen[0].reply_to_message.bot is bot
    assert seen[0].entities is not None
    assert [entity.bot for entity in seen[0].entities] == [bot]
