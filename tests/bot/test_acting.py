"""Who is taken in when something arrives."""

import pytest
from aiogram.types import Message, Update

from bot.channels.webchat import CHANNEL as WEBCHAT
from bot.wiring import Service
from civic.model.community import Community
from tests.conftest import Talk
from tests.fakes import MORNING


@pytest.mark.parametrize(("channel", "people"), [("test", 1), (WEBCHAT, 0)])
async def test_an_unknown_chat_is_a_newcomer_unless_it_was_separated_from_the_web_chat(
    service: Service, talk: Talk, town: Community, channel: str, people: int
) -> None:
    person = await talk("en", greeted=False)
    message = Message(
        message_id=1, date=MORNING, chat=person.chat, from_user=person.user, text="/menu"
    )
    async with service.inbox.running():
        await service.inbox.receive_and_wait(
            channel, Update(update_id=1, message=message), person.bot
        )
    async with service.work.read() as work:
        assert await work.residents.count(town.id) == people
