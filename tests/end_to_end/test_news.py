"""The whole program tells people what a stage brings, alone and as several processes."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from bot.channels.telegram import CHANNEL
from bot.clock import SystemClock
from civic.model.announcement import AnnouncementState, NoticeKind
from civic.model.audience import EVERYONE
from civic.model.broadcast import Broadcast, Document
from civic.model.cycle import Stage, StageKind, StageState
from civic.model.destination import DestinationKind
from civic.model.resident import ANY_HOUR
from storage.database import Database
from storage.migrate import upgrade
from storage.tables.news import announcements, senders
from storage.unit_of_work import SqlWork
from tests.civic.cycles import cycle, stored
from tests.conftest import TOWN, postgres_database
from tests.end_to_end.monday import Ahead
from tests.end_to_end.process import running, settings_for
from tests.telegram.person import Person
from tests.telegram.public import administrator
from tests.telegram.standin import Standin

MINUTE: Final = timedelta(minutes=1)
PEOPLE: Final = 20
DOCUMENTS: Final = 3


@pytest.fixture
def postgres() -> Iterator[str]:
    """Address of an empty database of this test's own."""
    with postgres_database(f"dauys_news_{os.getpid()}") as url:
        yield url


@asynccontextmanager
async def _prepared(url: str) -> AsyncIterator[Database]:
    """Give a database with a town."""
    database = Database(url)
    try:
        await upgrade(database)
        async with SqlWork(database).write() as work:
            await work.communities.save(TOWN)
            await work.commit()
        yield database
    finally:
        await database.close()


async def _stage_opens(database: Database, person: Person) -> None:
    """Let a stage be due, and somebody want news at any hour of the day."""
    work, now = SqlWork(database), SystemClock().now()
    async with work.write() as unit:
        town = await unit.communities.first()
        assert town is not None
        known, _contact = await unit.residents.add(
            town.id, "en", CHANNEL, str(person.id), person.id, now
        )
        await unit.residents.save(replace(known, greeted=True, hours=ANY_HOUR))
        await unit.commit()
    ideas = Stage(
        *(0, 0, StageKind.IDEAS, now - MINUTE, now + timedelta(days=9)), StageState.PLANNED
    )
    await stored(work, town.id, cycle(ideas))


@pytest.fixture(
    params=[
        pytest.param(["all"], id="one process on SQLite"),
        pytest.param(
            ["web", "worker"], marks=pytest.mark.postgres, id="two processes on PostgreSQL"
        ),
    ]
)
def roles(request: pytest.FixtureRequest) -> list[str]:
    """What processes there are."""
    found: list[str] = request.param
    return found


@pytest.fixture
def url(request: pytest.FixtureRequest, roles: list[str], tmp_path: Path) -> str:
    """Address of a database that these can share."""
    if len(roles) == 1:
        return f"sqlite+aiosqlite:///{tmp_path / 'dauys.db'}"
    found: str = request.getfixturevalue("postgres")
    return found


async def test_a_stage_that_opens_is_told_and_its_button_works(
    telegram: Standin, tmp_path: Path, roles: list[str], url: str
) -> None:
    person = telegram.person(started=True)
    settings = settings_for(
        tmp_path,
        DAUYS_DATABASE_URL=url,
        DAUYS_TELEGRAM_API=telegram.url,
        DAUYS_TELEGRAM_TOKEN=telegram.token,
    )
    async with _prepared(url) as database:
        await _stage_opens(database, person)
        async with AsyncExitStack() as processes:
            for role in roles:
                await processes.enter_async_context(running(settings, role))
            news = await person.sees("What should be done in Khromtau?")
            await person.presses("Ideas")
            assert person.screen.text != news.text
            assert "Put an idea forward" in person.screen.buttons
    assert telegram.violations == []
    assert telegram.unanswered == []


@pytest.mark.postgres
async def test_two_workers_keep_together_to_what_telegram_permits(
    telegram: Standin, tmp_path: Path, postgres: str
) -> None:
    clock = Ahead.at_morning()
    settings = settings_for(
        tmp_path,
        DAUYS_DATABASE_URL=postgres,
        DAUYS_TELEGRAM_API=telegram.url,
        DAUYS_TELEGRAM_TOKEN=telegram.token,
        **clock.settings,
    )
    telegram.permits(30, in_chat=(1, 1.0), in_group=(2, 5.0))
    group = telegram.public("Двор")
    group.makes_bot(telegram, telegram.person(), administrator(), quietly=True)
    people = [telegram.person(started=True) for _person in range(PEOPLE)]
    async with _prepared(postgres) as database, AsyncExitStack() as workers:
        for _worker in range(2):
            await workers.enter_async_context(
                running(settings, "worker", module="tests.end_to_end.monday")
            )
        await _until(database, sa.select(sa.func.count() == 2).select_from(senders))
        await _announce_documents(database, clock, people, group.id)
        await _until(
            database,
            sa.select(sa.func.count() == DOCUMENTS)
            .select_from(announcements)
            .where(announcements.c.state == AnnouncementState.DONE.value),
        )
    assert [made for made in telegram.calls if made.status not in {0, HTTPStatus.OK}] == []
    assert [len(person.history) for person in people] == [DOCUMENTS] * PEOPLE
    assert len(group.texts) == DOCUMENTS


async def _announce_documents(
    database: Database, clock: Ahead, people: Sequence[Person], group: int
) -> None:
    """Announce documents, each of which goes alone, to everyone and to the group."""
    async with SqlWork(database).write() as work:
        town = await work.communities.first()
        assert town is not None
        for person in people:
            await work.residents.add(
                town.id, "ru", CHANNEL, str(person.id), person.id, clock.now()
            )
        there = await work.destinations.add(
            *(town.id, CHANNEL, group, DestinationKind.GROUP, "Двор", "ru"), clock.now()
        )
        for number in range(DOCUMENTS):
            content = f"%PDF-1.7 {number}".encode()
            document = await work.documents.add(content, "application/pdf", clock.now())
            await work.announcements.plan(
                *(f"document {number}", town.id, None, None, NoticeKind.BROADCAST),
                Broadcast({"ru": "Читайте"}, document=Document(document, "План.pdf")).parameters(),
                clock.now(),
                audience=EVERYONE.also_to(there.id),
                public=True,
            )
        await work.commit()


async def _until(database: Database, holds: sa.Select[bool]) -> None:
    """Wait until the query says yes."""
    async with asyncio.timeout(60):
        while True:
            async with database.read() as connection:
                if await connection.scalar(holds):
                    return
            await asyncio.sleep(0.1)
