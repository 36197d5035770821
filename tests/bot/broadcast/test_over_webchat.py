"""News in the web chat: what is due together is one message, with a button for each."""

from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode

from bot.broadcast.broadcaster import Broadcaster
from bot.channels.webchat import CHANNEL, TOKEN
from bot.channels.webchat.bell import Bell
from bot.channels.webchat.session import WebChatSession
from bot.metrics import Metrics
from bot.wiring import catalogues
from civic.actions.advance_cycle import AdvanceCycle
from civic.model.community import Community
from civic.model.text import LANGUAGES
from civic.ports import Work
from storage.database import Database
from storage.repositories.webchat import SqlWebChats
from tests.bot.broadcast.messenger import BUDGET, moving
from tests.civic.cycles import consultation, cycle, local, stored
from tests.fakes import CountingRandomness, FrozenClock


@pytest.mark.parametrize("language", LANGUAGES)
async def test_two_openings_are_one_bubble(
    database: Database,
    work: Work,
    town: Community,
    clock: FrozenClock,
    randomness: CountingRandomness,
    language: str,
) -> None:
    async with work.write() as unit:
        await unit.residents.add(town.id, language, CHANNEL, "here", None, clock.now())
        await unit.commit()
    clock.set(local(3, 2, 10))
    for slug, made in (("budget", cycle()), ("draft", consultation())):
        opening = await stored(work, town.id, made, slug)
        await AdvanceCycle(work, clock)(opening.id)
    chats = SqlWebChats(database)
    session = WebChatSession(chats, Bell(), clock, randomness)
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    await Broadcaster(
        *(work, clock, randomness, {CHANNEL: bot}, catalogues(), Metrics()),
        budgets={CHANNEL: BUDGET},
        gathering=timedelta(),
        sleep=moving(clock),
    ).send_due()
    visitor = await chats.visitor("here")
    assert visitor is not None
    (message,) = (await chats.page(visitor, None, 100)).messages
    assert message.bubble.html.startswith("1. <b>")
    assert "\n\n2. <b>" in message.bubble.html
    keyboard = message.bubble.keyboard or []
    labels = [button["label"] for row in keyboard for button in row]
    assert [label[:3] for label in labels] == ["1. ", "1. ", "2. ", "2. "]
    assert max(map(len, labels)) <= 20
