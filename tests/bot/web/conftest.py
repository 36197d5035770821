"""A small web chat for the tests of this folder."""

from collections.abc import AsyncIterator

import pytest

from civic.model.community import Community
from civic.ports import Work
from storage.database import Database
from tests.bot.web.chatting import Chatting, chatting
from tests.browser import PlainBrowser
from tests.fakes import CountingRandomness, FrozenClock


@pytest.fixture
async def small_chat(
    database: Database,
    work: Work,
    town: Community,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> AsyncIterator[Chatting]:
    """A running web chat with a small conversation."""
    assert town.id
    async with chatting(database, work, clock, randomness) as running:
        yield running


@pytest.fixture
def browser(small_chat: Chatting) -> PlainBrowser:
    """A browser without a script, on its first visit."""
    return small_chat.browser
