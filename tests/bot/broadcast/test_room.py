"""What goes out beside the news has its part of what a messenger permits, in all processes."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import pytest
import sqlalchemy as sa
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardMarkup

from bot.broadcast.broadcaster import BEAT, Broadcaster
from bot.broadcast.room import KEPT, MakeRoom, Room
from bot.channels.budgets import Budget
from civic.actions.advance_cycle import AdvanceCycle
from civic.model.community import Community
from civic.model.destination import DestinationKind
from civic.model.resident import Resident
from civic.ports import Work
from storage.database import Database
from storage.tables.news import destinations, replies
from tests.bot.broadcast.messenger import METHOD, Messenger, broadcaster_through, chat_of, moving
from tests.civic.cycles import cycle, local, stored
from tests.conftest import Meet
from tests.fakes import CountingRandomness, FrozenClock

PERSON, GROUP = 5, -5
BUDGET: Final = Budget(per_second=10, in_flight=4, chat_seconds=1.0, group_seconds=3.0)
SECOND: Final = timedelta(seconds=1)


class Process:
    """A process that answers people through a messenger in memory."""

    def __init__(self, work: Work, clock: FrozenClock, news: Broadcaster | None = None) -> None:
        """Send this `news` besides, or none."""
        name = "web" if news is None else news.name
        self.room = Room(work, clock, name, news, {"test": BUDGET}, moving(clock))
        self.messenger = Messenger(clock)
        self.messenger.middleware(MakeRoom("test", self.room))
        self._bot = Bot("42:test", session=self.messenger)

    async def replies(self, chat_id: int) -> None:
        """Answer somebody."""
        keyboard = InlineKeyboardMarkup(inline_keyboard=[])
        await self._bot(
            SendMessage(chat_id=chat_id, text="-", parse_mode="HTML", reply_markup=keyboard)
        )

    async def is_refused(self, chat_id: int, seconds: int) -> None:
        """Answer somebody, and be asked to wait so long."""
        self.messenger.errors[chat_id] = [TelegramRetryAfter(METHOD, "slow down", seconds)]
        with pytest.raises(TelegramRetryAfter):
            await self.replies(chat_id)


@pytest.fixture(autouse=True)
def monday(clock: FrozenClock) -> None:
    """Let it be the morning of a working day."""
    clock.set(local(3, 2, 10))


@pytest.fixture
def web(work: Work, clock: FrozenClock) -> Process:
    """A process that sends no news."""
    return Process(work, clock)


@pytest.fixture
def worker(
    work: Work,
    clock: FrozenClock,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> Broadcaster:
    """A process that sends news."""
    return broadcaster_through(work, clock, {"test": messenger}, randomness, BUDGET)


@pytest.fixture
async def person(work: Work, clock: FrozenClock, town: Community, resident: Meet) -> Resident:
    """Somebody to whom something is to be told."""
    found = await resident()
    made = await stored(work, town.id, cycle())
    await AdvanceCycle(work, clock)(made.id)
    return found


async def _group_is_free_at(database: Database) -> datetime | None:
    async with database.read() as connection:
        found: datetime | None = await connection.scalar(sa.select(destinations.c.free_at))
    return found


async def test_429_on_a_reply_pauses_the_news_of_its_own_process_at_once(
    work: Work, clock: FrozenClock, worker: Broadcaster
) -> None:
    both = Process(work, clock, worker)
    await both.is_refused(PERSON, 7)
    assert worker._lanes["test"].pace.paused_until == clock.now() + 7 * SECOND
    await both.replies(PERSON)
    assert both.messenger.reached == [PERSON]


@pytest.mark.usefixtures("person")
async def test_429_on_a_reply_pauses_the_news_of_other_processes(
    web: Process, worker: Broadcaster, messenger: Messenger, clock: FrozenClock
) -> None:
    await web.is_refused(PERSON, 30)
    await worker.send_due()
    assert messenger.asked == []
    clock.move(29 * SECOND)
    await worker.send_due()
    assert messenger.asked == []
    clock.move(SECOND)
    await worker.send_due()
    assert len(messenger.sent) == 1


async def test_429_in_a_group_is_about_that_group_alone(
    web: Process,
    worker: Broadcaster,
    messenger: Messenger,
    clock: FrozenClock,
    work: Work,
    database: Database,
    person: Resident,
) -> None:
    await _group(work, person, clock)
    await web.is_refused(GROUP, 30)
    assert await _group_is_free_at(database) == clock.now() + 30 * SECOND
    await worker.send_due()
    assert len(messenger.sent) == 1


async def test_a_pause_that_cannot_be_told_to_others_costs_nobody_the_reply(
    web: Process, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("storage.repositories.deliveries.SqlDeliveries.pause", None)
    await web.is_refused(PERSON, 7)
    assert "could not be told to others" in caplog.text
    await web.replies(PERSON)
    assert web.messenger.reached == [PERSON]


async def test_who_was_answered_by_another_process_is_told_news_a_moment_later(
    web: Process,
    worker: Broadcaster,
    messenger: Messenger,
    clock: FrozenClock,
    work: Work,
    person: Resident,
) -> None:
    await web.replies(await chat_of(work, person))
    answered_at = clock.now()
    await web.room.tell()
    await worker.send_due()
    (sent,) = messenger.sent
    assert sent.at == answered_at + SECOND


async def test_replies_of_another_process_are_counted_once_against_the_news(
    web: Process, worker: Broadcaster, clock: FrozenClock
) -> None:
    for number in range(BUDGET.per_second // 2):
        await web.replies(PERSON + number)
    await web.room.tell()
    lane = worker._lanes["test"]
    for _time in range(3):
        await lane._turn_over()
    answered = sum(slot > clock.now() for slot in lane.pace._slots)
    assert answered == BUDGET.per_second // 2


async def test_after_an_answer_in_a_group_news_waits_for_its_turn_there(
    web: Process, clock: FrozenClock, work: Work, database: Database, person: Resident
) -> None:
    await _group(work, person, clock)
    await web.replies(GROUP)
    answered_at = clock.now()
    await web.room.tell()
    assert await _group_is_free_at(database) == answered_at + 3 * SECOND
    async with work.write() as unit:
        await unit.replies.keep_free("test", GROUP, answered_at)
        await unit.commit()
    assert await _group_is_free_at(database) == answered_at + 3 * SECOND


async def test_others_are_told_of_replies_only_where_there_are_others(
    worker: Broadcaster,
    work: Work,
    clock: FrozenClock,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    both = Process(work, clock, worker)
    await worker.send_due()
    await both.replies(PERSON)
    await both.room.tell()
    assert await _told(database) == []
    other = broadcaster_through(work, clock, {"test": messenger}, randomness, BUDGET)
    await other.send_due()
    clock.move(BEAT)
    await worker.send_due()
    await both.replies(PERSON)
    await both.room.tell()
    assert await _told(database) == [PERSON]


async def test_replies_are_told_by_themselves_and_forgotten_soon(
    web: Process,
    clock: FrozenClock,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with web.room.running():
        with monkeypatch.context() as broken:
            broken.setattr("storage.repositories.replies.SqlReplies.note", None)
            await web.replies(PERSON)
            while "could not be told" not in caplog.text:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0)
        for number in (1, 2):
            await web.replies(PERSON + number)
            while await _told(database) != [PERSON + number]:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0)
            clock.move(2 * KEPT)


async def _told(database: Database) -> list[int]:
    async with database.read() as connection:
        return list(await connection.scalars(sa.select(replies.c.chat_id)))


async def _group(work: Work, person: Resident, clock: FrozenClock) -> None:
    async with work.write() as unit:
        await unit.destinations.add(
            *(person.community_id, "test", GROUP, DestinationKind.GROUP, "Двор", "kk"),
            clock.now(),
        )
        await unit.commit()
