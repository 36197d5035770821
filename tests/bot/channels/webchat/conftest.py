"""A bot of the web chat with one person."""

from dataclasses import dataclass

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode

from bot.channels.webchat import CHANNEL, TOKEN
from bot.channels.webchat.bell import Bell
from bot.channels.webchat.session import WebChatSession
from civic.model.community import Community
from civic.ports import Work
from storage.database import Database
from storage.repositories.webchat import SqlWebChats, StoredMessage, Visitor
from tests.fakes import CountingRandomness, FrozenClock


@dataclass(frozen=True)
class Chat:
    """What a test needs of one person's chat."""

    bot: Bot
    bell: Bell
    chats: SqlWebChats
    visitor: Visitor
    renewing: Bot
    """Shows windows anew."""

    @property
    def id(self) -> int:
        """The chat as aiogram knows it."""
        return self.visitor.chat_id

    async def shown(self) -> list[StoredMessage]:
        """Return the messages that are shown, top to bottom."""
        return list((await self.chats.page(self.visitor, None, 100)).messages)

    async def words(self) -> list[str]:
        """Return the HTML of the messages that are shown."""
        return [message.bubble.html for message in await self.shown()]


@pytest.fixture
async def chat(
    database: Database,
    work: Work,
    town: Community,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> Chat:
    """One person's chat."""
    async with work.write() as unit:
        await unit.residents.add(town.id, "en", CHANNEL, "here", None, clock.now())
        await unit.commit()
    chats, bell = SqlWebChats(database), Bell()
    visitor = await chats.visitor("here")
    assert visitor is not None
    bot, renewing = (
        Bot(
            TOKEN,
            session=WebChatSession(chats, bell, clock, randomness, renewing=renewing),
            default=DefaultBotProperties(parse_mode=ParseMode.HTML),
        )
        for renewing in (False, True)
    )
    return Chat(bot, bell, chats, visitor, renewing)
