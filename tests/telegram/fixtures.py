"""Fixtures for tests that talk to the stand-in; import them in a `conftest.py`."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.telegram.api import DescriptionMissingError, missing_is_a_failure, published
from tests.telegram.standin import Standin


@pytest.fixture
async def telegram() -> AsyncIterator[Standin]:
    """Return a running stand-in of Telegram."""
    try:
        published()
    except DescriptionMissingError as missing:
        if missing_is_a_failure():
            raise
        pytest.skip(f"{missing} is not beside the project, so no call could be checked")
    async with Standin() as standin:
        yield standin


@pytest.fixture
async def plain_bot(telegram: Standin) -> AsyncIterator[Bot]:
    """Return an aiogram bot without anything of ours, connected to the stand-in."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    bot = Bot(telegram.token, session)
    yield bot
    await session.close()
