"""News reaches each person once, whatever the messenger answers."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import Chat, InlineKeyboardMarkup, Message
from typing_extensions import override

from bot.broadcaster import ATTEMPTS, BATCH, STUCK, Broadcaster
from bot.wiring import catalogues
from civic.actions.advance_cycle import AdvanceCycle
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.model.resident import Contact, NewsChoice, Resident
from civic.ports import Work
from storage.database import Database
from storage.tables.news import deliveries
from tests.civic.cycles import IDEAS, cycle, stored
from tests.conftest import Meet
from tests.fakes import MORNING, FrozenClock


@dataclass
class Sent:
    """A message that reached somebody."""

    chat_id: int
    html: str
    keyboard: InlineKeyboardMarkup
    at: datetime


class Messenger(BaseSession):
    """Delivers in memory, or answers with the errors that a test has prepared for a chat."""

    def __init__(self, clock: FrozenClock) -> None:
        """Begin with nothing sent and no errors prepared."""
        super().__init__()
        self.clock = clock
        self.sent: list[Sent] = []
        self.asked: list[int] = []
        self.errors: dict[int, list[BaseException]] = defaultdict(list)
        self.in_flight = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    @property
    def reached(self) -> list[int]:
        """Chats that got a message, in order."""
        return [entry.chat_id for entry in self.sent]

    @override
    async def close(self) -> None:
        """Nothing to close."""

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        yield b""

    @override
    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        assert isinstance(method, SendMessage)
        assert method.parse_mode == "HTML"
        assert isinstance(method.reply_markup, InlineKeyboardMarkup)
        chat_id = int(method.chat_id)
        self.asked.append(chat_id)
        self.in_flight.set()
        await self.may_go_on.wait()
        if self.errors[chat_id]:
            raise self.errors[chat_id].pop(0)
        self.sent.append(Sent(chat_id, method.text, method.reply_markup, self.clock.now()))
        return Message(
            message_id=len(self.sent), date=MORNING, chat=Chat(id=chat_id, type="private")
        )


METHOD = SendMessage(chat_id=1, text="-")


@pytest.fixture
def messenger(clock: FrozenClock) -> Messenger:
    """A messenger in memory."""
    return Messenger(clock)


@pytest.fixture
def broadcaster(work: Work, clock: FrozenClock, messenger: Messenger) -> Broadcaster:
    """A broadcaster whose waiting moves the clock."""
    return _broadcaster(work, clock, {"test": messenger})


def _broadcaster(work: Work, clock: FrozenClock, messengers: dict[str, Messenger]) -> Broadcaster:
    async def sleep(seconds: float) -> None:
        clock.move(timedelta(seconds=seconds))

    bots = {
        channel: Bot("42:test", session=messenger) for channel, messenger in messengers.items()
    }
    return Broadcaster(work, clock, bots, catalogues(), sleep)


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A participatory budget."""
    return await stored(work, town.id, cycle())


async def _open_ideas(work: Work, clock: FrozenClock, made: Cycle) -> None:
    clock.set(IDEAS.opens_at)
    await AdvanceCycle(work, clock)(made.id)


async def _contact(work: Work, person: Resident) -> Contact:
    async with work.read() as unit:
        return (await unit.residents.contacts(person.id))[0]


async def _states(database: Database) -> list[tuple[str, str]]:
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(deliveries.c.state, deliveries.c.error).order_by(deliveries.c.id)
        )
        return [(row.state, row.error) for row in rows]


async def _send_all(broadcaster: Broadcaster) -> None:
    while await broadcaster.send_due():
        pass


async def test_each_person_reads_it_once_in_their_language_with_a_way_on_and_a_way_out(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    people = [await resident(language) for language in ("kk", "ru", "en")]
    await _open_ideas(work, clock, made)
    await _send_all(broadcaster)
    await _send_all(broadcaster)
    assert messenger.reached == [(await _contact(work, person)).chat_id for person in people]
    kazakh, russian, english = [entry.html for entry in messenger.sent]
    assert "не істеу керек" in kazakh
    assert "что нужно сделать" in russian
    assert "What should be done in Khromtau?" in english
    assert "until March 15, 18:00" in english
    for entry in messenger.sent:
        assert "/stop" in entry.html.splitlines()[-1]
        places = [row[0].callback_data for row in entry.keyboard.inline_keyboard]
        assert places == [f"go:l_{made.id}", f"go:c_{made.id}"]


async def test_messages_keep_the_pace_of_the_channel(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    count = BATCH + 10
    for _person in range(count):
        await resident()
    await _open_ideas(work, clock, made)
    await _send_all(broadcaster)
    assert len(set(messenger.reached)) == count
    moments = [entry.at for entry in messenger.sent]
    for earlier, later in zip(moments, moments[25:], strict=False):
        assert later - earlier >= timedelta(seconds=1)
    assert moments[-1] - moments[0] <= timedelta(seconds=count / 20)


async def test_429_pauses_everyone_for_as_long_as_asked_and_counts_as_no_attempt(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    people = [await resident() for _person in range(3)]
    first = (await _contact(work, people[0])).chat_id
    messenger.errors[first] = [
        TelegramRetryAfter(METHOD, "slow down", 30) for _time in range(ATTEMPTS + 1)
    ]
    await _open_ideas(work, clock, made)
    for _pause in range(ATTEMPTS + 1):
        await _send_all(broadcaster)
        assert messenger.sent == []
        assert await _states(database) == [("pending", "429")] * 3
        clock.move(timedelta(seconds=29))
        asked = len(messenger.asked)
        await _send_all(broadcaster)
        assert len(messenger.asked) == asked
        clock.move(timedelta(seconds=1))
    await _send_all(broadcaster)
    assert len(messenger.sent) == 3
    assert await _states(database) == [("sent", "")] * 3


async def test_403_ends_it_and_the_person_is_told_nothing_more_until_they_write(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    lost, other = await resident(), await resident()
    contact = await _contact(work, lost)
    messenger.errors[contact.chat_id] = [TelegramForbiddenError(METHOD, "bot was blocked")]
    await _open_ideas(work, clock, made)
    await _send_all(broadcaster)
    assert await _states(database) == [("blocked", "blocked"), ("sent", "")]
    assert messenger.reached == [(await _contact(work, other)).chat_id]
    assert not (await _contact(work, lost)).reachable
    async with work.read() as unit:
        assert await unit.announcements.audience(made.community_id, made.id) == 1


async def test_a_chat_that_is_gone_counts_as_blocked(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    contact = await _contact(work, await resident())
    messenger.errors[contact.chat_id] = [TelegramBadRequest(METHOD, "Bad Request: chat not found")]
    await _open_ideas(work, clock, made)
    await _send_all(broadcaster)
    assert await _states(database) == [("blocked", "blocked")]


async def test_a_message_refused_as_malformed_is_not_sent_again(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    contact = await _contact(work, await resident())
    messenger.errors[contact.chat_id] = [TelegramBadRequest(METHOD, "can't parse entities")]
    await _open_ideas(work, clock, made)
    await _send_all(broadcaster)
    assert await _states(database) == [("failed", "400")]


@pytest.mark.parametrize(
    "error",
    [
        TelegramServerError(METHOD, "Bad Gateway"),
        TelegramNetworkError(METHOD, "connection reset"),
        ValueError("a bug"),
    ],
)
async def test_passing_trouble_is_tried_again_after_longer_and_longer_waits(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
    error: Exception,
) -> None:
    contact = await _contact(work, await resident())
    messenger.errors[contact.chat_id] = [error] * (ATTEMPTS - 1)
    await _open_ideas(work, clock, made)
    for wait in (15, 30, 60, 120):
        await _send_all(broadcaster)
        assert await _states(database) == [("pending", type(error).__name__)]
        clock.move(timedelta(seconds=wait - 1))
        assert await broadcaster.send_due() == 0
        clock.move(timedelta(seconds=1))
    await _send_all(broadcaster)
    assert messenger.reached == [contact.chat_id]


async def test_after_five_failures_it_is_given_up(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    contact = await _contact(work, await resident())
    messenger.errors[contact.chat_id] = [TelegramServerError(METHOD, "down")] * 10
    await _open_ideas(work, clock, made)
    for _attempt in range(ATTEMPTS):
        await _send_all(broadcaster)
        clock.move(timedelta(hours=1))
    assert await _states(database) == [("failed", "TelegramServerError")]
    assert len(messenger.asked) == ATTEMPTS


async def test_trouble_with_one_person_does_not_hold_up_the_others(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    people = [await resident() for _person in range(3)]
    first = (await _contact(work, people[0])).chat_id
    messenger.errors[first] = [TelegramServerError(METHOD, "down")] * 10
    await _open_ideas(work, clock, made)
    await _send_all(broadcaster)
    assert messenger.reached == [(await _contact(work, person)).chat_id for person in people[1:]]


async def test_a_crash_between_sending_and_noting_it_leaves_one_copy_in_doubt(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
) -> None:
    people = [await resident() for _person in range(4)]
    chats = [(await _contact(work, person)).chat_id for person in people]
    await _open_ideas(work, clock, made)

    class Dying(Broadcaster):
        """Dies after the second message went out and before that is written down."""

        @override
        async def _settle(self, *args: Any) -> None:
            if len(messenger.sent) == 2:
                raise asyncio.CancelledError
            await super()._settle(*args)

    dying = Dying(work, clock, {"test": Bot("42:test", session=messenger)}, catalogues())
    with pytest.raises(asyncio.CancelledError):
        await dying.send_due()
    after = _broadcaster(work, clock, {"test": messenger})
    await _send_all(after)
    assert messenger.reached == chats[:2]
    clock.move(STUCK)
    await _send_all(after)
    # Only the copy in flight is doubtful: it is sent again rather than missed.
    assert messenger.reached == [*chats[:2], *chats[1:]]
    assert await _states(database) == [("sent", "")] * 4


async def test_two_broadcasters_share_the_work_and_tell_nobody_twice(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, messenger: Messenger
) -> None:
    for _person in range(BATCH * 2):
        await resident()
    await _open_ideas(work, clock, made)
    pair = [_broadcaster(work, clock, {"test": messenger}) for _process in range(2)]
    await asyncio.gather(*(_send_all(one) for one in pair))
    assert len(messenger.sent) == len(set(messenger.reached)) == BATCH * 2


async def test_who_said_stop_after_the_news_was_written_is_not_told(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    person = await resident()
    await _open_ideas(work, clock, made)
    async with work.write() as unit:
        await unit.residents.save(replace(person, news=NewsChoice.NONE))
        await unit.commit()
    await _send_all(broadcaster)
    assert messenger.sent == []
    assert await _states(database) == [("skipped", "unwanted")]


async def test_news_that_has_lost_its_sense_meanwhile_is_not_sent(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    await resident()
    await _open_ideas(work, clock, made)
    clock.set(IDEAS.closes_at)
    await _send_all(broadcaster)
    assert messenger.sent == []
    assert await _states(database) == [("skipped", "stale")]


async def test_a_person_who_blocked_one_channel_is_told_on_the_next(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
) -> None:
    person = await resident()
    first = await _contact(work, person)
    await _add_web_contact(database, person)
    web = Messenger(clock)
    messenger.errors[first.chat_id] = [TelegramForbiddenError(METHOD, "blocked")]
    await _open_ideas(work, clock, made)
    await _send_all(_broadcaster(work, clock, {"test": messenger, "web": web}))
    assert web.reached == [777]
    assert await _states(database) == [("sent", "")]


async def _add_web_contact(database: Database, person: Resident) -> None:
    async with database.write() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO contacts"
                " (resident_id, channel, address, chat_id, reachable, created_at)"
                " SELECT resident_id, 'web', 'second', 777, reachable, created_at"
                " FROM contacts WHERE resident_id = :person"
            ),
            {"person": person.id},
        )
        await connection.commit()


async def test_news_waits_for_a_channel_that_is_off(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
) -> None:
    await resident()
    await _open_ideas(work, clock, made)
    await _send_all(_broadcaster(work, clock, {"web": messenger}))
    assert await _states(database) == [("pending", "channel is off")]
    clock.move(timedelta(minutes=1))
    await _send_all(_broadcaster(work, clock, {"test": messenger}))
    assert len(messenger.sent) == 1


async def test_stopping_finishes_the_message_in_flight_and_gives_the_rest_back(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    for _person in range(3):
        await resident()
    await _open_ideas(work, clock, made)
    messenger.may_go_on.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(broadcaster.run())
        await messenger.in_flight.wait()
        broadcaster.stop()
        messenger.may_go_on.set()
    assert len(messenger.sent) == 1
    assert await _states(database) == [("sent", ""), ("pending", ""), ("pending", "")]


async def test_a_waiting_broadcaster_is_woken_by_news(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    await resident()
    async with asyncio.TaskGroup() as group:
        group.create_task(broadcaster.run())
        await asyncio.sleep(0)
        await _open_ideas(work, clock, made)
        broadcaster.wake()
        async with asyncio.timeout(4):
            await messenger.in_flight.wait()
        broadcaster.stop()
    assert len(messenger.sent) == 1


async def test_a_bad_round_does_not_end_the_news(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, messenger: Messenger
) -> None:
    await resident()
    await _open_ideas(work, clock, made)

    class Stumbling(Broadcaster):
        """Loses the database in its first round."""

        rounds = 0

        @override
        async def send_due(self) -> int:
            self.rounds += 1
            if self.rounds == 1:
                self.wake()
                msg = "the database is away"
                raise OSError(msg)
            return await super().send_due()

    bots = {"test": Bot("42:test", session=messenger)}
    stumbling = Stumbling(work, clock, bots, catalogues())
    async with asyncio.TaskGroup() as group:
        group.create_task(stumbling.run())
        async with asyncio.timeout(4):
            await messenger.in_flight.wait()
        stumbling.stop()
    assert len(messenger.sent) == 1
