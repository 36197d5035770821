"""Fifty people press and write ten thousand things while weeks go by, and nothing goes wrong."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from pydantic import SecretStr

from bot import sample
from bot.photos import PillowPhotoReader
from bot.program import ProcessRole, Program
from bot.settings import Settings
from bot.wiring import Service, build
from civic.actions.invite import PREFIX, Invite
from civic.model.resident import Role
from civic.model.text import LANGUAGES
from storage.database import Database
from tests.end_to_end.process import free_port
from tests.end_to_end.wanderer import PATIENCE, Dice, Wanderer
from tests.fakes import CountingRandomness, FrozenClock
from tests.telegram.standin import Standin

PEOPLE: Final = 50
ORGANISERS: Final = 3
ACTS: Final = 10_000 if os.environ.get("CI") == "true" else 1_000
"""The whole walk takes minutes, so only CI goes all of it."""
WHOLE: Final = timedelta(days=70)
"""How much time goes by meanwhile; everything in the sample town opens and closes in it."""
LOOKS: Final = 10
"""How many acts of a person pass before the clock is asked to look at the cycles."""
LATER: Final = datetime(2046, 3, 10, 5, tzinfo=UTC)
"""Ahead of any real clock, so that the alarm never rings by itself."""


@pytest.fixture
async def khromtau(database: Database) -> AsyncIterator[tuple[Service, FrozenClock]]:
    """The sample town."""
    clock = FrozenClock(LATER)
    service = build(database, clock, CountingRandomness())
    await sample.load(service.work, clock, PillowPhotoReader())
    yield service, clock
    await service.container.close()


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nothing_goes_wrong_on_a_random_walk(
    khromtau: tuple[Service, FrozenClock], telegram: Standin, caplog: pytest.LogCaptureFixture
) -> None:
    service, clock = khromtau
    settings = Settings(
        port=free_port(),
        secret_key=SecretStr("a secret of thirty-two characters"),
        telegram_token=SecretStr(telegram.token),
        telegram_api=telegram.url,
    )
    telegram.patience = PATIENCE
    invite = await service.container.get(Invite)
    wanderers = [
        Wanderer(telegram.person(language_code=LANGUAGES[i % len(LANGUAGES)]), Dice(f"walk {i}"))
        for i in range(PEOPLE)
    ]

    async def wander(wanderer: Wanderer, *, as_organiser: bool) -> None:
        if as_organiser:
            token = await invite(1, Role.ORGANISER)
            await wanderer.person.says(f"/start {PREFIX}{token}")
        for act in range(ACTS // PEOPLE):
            try:
                await wanderer.act()
            except Exception as error:
                error.add_note(f"after {wanderer.last}")
                raise
            clock.move(WHOLE / ACTS)
            if act % LOOKS == 0:
                service.bell.wake()

    program = Program(settings, service, ProcessRole.ALL, lambda _line: None)
    with caplog.at_level(logging.WARNING):
        async with program.running(), asyncio.TaskGroup() as walks:
            for number, wanderer in enumerate(wanderers):
                walks.create_task(wander(wanderer, as_organiser=number < ORGANISERS))

    assert telegram.violations == []
    assert telegram.unanswered == []
    assert [record.getMessage() for record in caplog.records if _counts(record)] == []


def _counts(record: logging.LogRecord) -> bool:
    # This one logs every refusal of a window; `handlers.errors` logs what is none.
    return record.name != "aiogram_dialog.window"
