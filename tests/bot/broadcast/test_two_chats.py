"""Somebody with two chats is told in one of them: where they want it, or in the next one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode

from bot.broadcast.broadcaster import Broadcaster
from bot.channels.budgets import Budget
from bot.channels.telegram import CHANNEL as TELEGRAM
from bot.channels.telegram.session import news_bot
from bot.channels.webchat import CHANNEL as WEBCHAT
from bot.channels.webchat import TOKEN
from bot.channels.webchat.bell import Bell
from bot.channels.webchat.session import WebChatSession
from bot.metrics import Metrics
from bot.wiring import catalogues
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.meet_resident import MeetResident
from civic.actions.own_chats import ChooseChat, SeparateChat
from civic.model.community import Community
from civic.model.resident import Resident
from civic.ports import Work
from storage.database import Database
from storage.repositories.webchat import SqlWebChats
from tests.bot.broadcast.messenger import moving
from tests.civic.actions.joining import Joining
from tests.civic.cycles import cycle, local, stored
from tests.fakes import CountingRandomness, FrozenClock
from tests.telegram import faults
from tests.telegram.person import Person
from tests.telegram.standin import Standin

BUDGET = Budget(per_second=30, in_flight=3)
MONDAY = local(3, 2, 10)


@dataclass
class Both:
    """Somebody's Telegram and web chat, and the engine that tells them news."""

    person: Person
    resident: Resident
    chats: SqlWebChats
    broadcaster: Broadcaster
    joining: Joining

    async def told(self) -> tuple[int, int]:
        """Send what is due; return how many messages Telegram and the web chat show."""
        await self.broadcaster.send_due()
        visitor = await self.chats.visitor("here")
        assert visitor is not None
        return len(self.person.history), len((await self.chats.page(visitor, None, 9)).messages)

    async def choose(self, channel: str) -> None:
        """Want news there."""
        contacts = await self.joining.contacts(self.resident)
        (wanted,) = (one for one in contacts if one.channel == channel)
        await ChooseChat(self.joining.work, self.joining.clock)(self.resident, wanted.id)


@pytest.fixture
async def both(
    telegram: Standin,
    database: Database,
    work: Work,
    town: Community,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> AsyncIterator[Both]:
    """Somebody whom something is to be told, who wrote last in the web chat."""
    clock.set(MONDAY)
    person, meet = telegram.person(started=True), MeetResident(work, clock)
    anna, _ = await meet(TELEGRAM, str(person.id), "kk", person.id)
    other, _ = await meet(WEBCHAT, "here", "ru")
    joining = Joining(work, clock, randomness)
    made = await stored(work, town.id, cycle())
    await AdvanceCycle(work, clock)(made.id)
    # Each would be told apart, and it is planned so already.
    async with work.write() as unit:
        assert await unit.announcements.fill(100, clock.now(), (TELEGRAM, WEBCHAT)) == 2
        await unit.commit()
    resident = await joining(anna, other)
    chats = SqlWebChats(database)
    session = WebChatSession(chats, Bell(), clock, randomness)
    web = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    bot = news_bot(telegram.token, telegram.url)
    broadcaster = Broadcaster(
        *(work, clock, randomness, {TELEGRAM: bot, WEBCHAT: web}, catalogues(), Metrics()),
        budgets={TELEGRAM: BUDGET, WEBCHAT: BUDGET},
        gathering=timedelta(),
        sleep=moving(clock),
    )
    yield Both(person, resident, chats, broadcaster, joining)
    await bot.session.close()


async def test_news_comes_once_where_the_person_wrote_last(both: Both) -> None:
    assert await both.told() == (0, 1)


async def test_news_comes_once_where_the_person_wants_it(both: Both) -> None:
    await both.choose(TELEGRAM)
    assert await both.told() == (1, 0)


async def test_who_blocked_the_chosen_chat_is_told_in_the_other(
    both: Both, telegram: Standin
) -> None:
    await both.choose(TELEGRAM)
    telegram.faults.add(faults.blocked(), chat_id=both.person.id)
    assert await both.told() == (0, 1)
    assert await both.told() == (0, 1)


async def test_a_separated_chat_is_told_nothing(both: Both) -> None:
    await both.choose(TELEGRAM)
    contacts = await both.joining.contacts(both.resident)
    (gone,) = (one for one in contacts if one.channel == TELEGRAM)
    await SeparateChat(both.joining.work, both.joining.clock)(both.resident, gone.id)
    assert await both.told() == (0, 1)
