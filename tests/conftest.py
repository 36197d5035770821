"""Fixtures that all tests share: a fresh database, a frozen clock, a small town."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.wiring import Service, build
from civic.model.community import Community, District, Topic
from civic.model.resident import Resident
from civic.ports import Work
from storage.database import Database
from storage.tables import metadata
from storage.unit_of_work import SqlWork
from tests.conversation import Conversation, PhoneSession
from tests.fakes import CountingRandomness, FrozenClock
from tests.interleaving import Interruption, at_every_step

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
POSTGRES = os.environ.get(
    "DAUYS_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
)
"""Where tests may make databases of their own."""


def left_out(reason: str) -> None:
    """Skip a test for want of something; under CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_configure() -> None:
    """Compile the catalogues, so that tests see what people see."""
    subprocess.run([sys.executable, "-m", "locales.compile"], cwd=ROOT, check=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left with it alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real data from outside the project."""
    if not (SHARED / "data").is_dir():
        left_out("the folder shared/data is not beside the project")
    return SHARED


@contextmanager
def postgres_database(name: str) -> Iterator[str]:
    """Make an empty database on PostgreSQL, give its address, and remove it afterwards.

    Without PostgreSQL the test is skipped, and fails under CI.
    """
    try:
        # A run that was killed leaves its database behind, and numbers of processes come again.
        asyncio.run(_administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        asyncio.run(_administer(f'CREATE DATABASE "{name}"'))
    except (OperationalError, OSError):
        left_out("PostgreSQL does not answer; what needs it is left out")
    # Nothing here has to survive a power cut.
    asyncio.run(_administer(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    url = sa.engine.make_url(POSTGRES).set(database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        asyncio.run(_administer(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a database of this run's own with all tables, removed afterwards."""
    with postgres_database(f"dauys_test_{os.getpid()}") as url:
        asyncio.run(_create_tables(url))
        yield url


async def _administer(statement: str) -> None:
    engine = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.text(statement))
    finally:
        await engine.dispose()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "dauys.db"
    asyncio.run(_create_tables(f"sqlite+aiosqlite:///{path}"))
    return path


async def _create_tables(url: str) -> None:
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database; every test that uses it runs on both kinds.

    The one of SQLite is a file that is not there yet, that of PostgreSQL holds what the test
    before has left.
    """
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'dauys.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""Runs a test on PostgreSQL alone, which can do what SQLite with its one writer cannot."""


@pytest.fixture
async def database(database_url: str, empty_sqlite: Path) -> AsyncIterator[Database]:
    """A database with all tables and nothing in them."""
    database = Database(database_url)
    if database.is_sqlite:
        shutil.copy(empty_sqlite, str(database.url.database))
        sa.event.listen(database.engine.sync_engine, "connect", _do_not_wait_for_the_disk)
    else:
        await _empty(database)
    yield database
    await database.close()


_EMPTY = "; ".join(
    [
        *(str(table.delete()) for table in reversed(metadata.sorted_tables)),
        (
            "SELECT setval(quote_ident(sequencename)::regclass, 1, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        ),
    ]
)
"""Deletes every row and begins all numbers anew.

TRUNCATE makes new files for every table, which takes a hundred times as long.
"""


async def _empty(database: Database) -> None:
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        # Past SQLAlchemy, which would have each statement prepared on a journey of its own.
        await driver.execute(_EMPTY)


def _do_not_wait_for_the_disk(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - a DBAPI connection
    # Nothing here has to survive a power cut.
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


@pytest.fixture
def interruptions(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Interruption]:
    """Every moment at which somebody else's turn can come; on PostgreSQL alone."""
    return at_every_step(database, monkeypatch)


@pytest.fixture
def work(database: Database) -> Work:
    """Units of work on the fresh database."""
    return SqlWork(database)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at 10:00 in Almaty, 10 March 2026."""
    return FrozenClock()


@pytest.fixture
def randomness() -> CountingRandomness:
    """Chance that repeats itself."""
    return CountingRandomness()


TOWN = Community(
    id=0,
    slug="khromtau",
    names={"kk": "Хромтау", "ru": "Хромтау", "en": "Khromtau"},
    timezone="Asia/Almaty",
    currency="KZT",
    districts=(
        District("center", {"kk": "Орталық", "ru": "Центр", "en": "Centre"}),
        District("east", {"kk": "Шығыс", "ru": "Восток", "en": "East"}),
    ),
    topics=(
        Topic("sport", {"kk": "Спорт", "ru": "Спорт", "en": "Sport"}),
        Topic("parks", {"kk": "Саябақтар", "ru": "Парки", "en": "Parks"}),
    ),
    contact={"kk": "+7 71336 00000", "ru": "+7 71336 00000", "en": "+7 71336 00000"},
)


@pytest.fixture
async def town(work: Work) -> Community:
    """A small town in the database."""
    async with work.write() as unit:
        town_id = await unit.communities.save(TOWN)
        await unit.commit()
    return replace(TOWN, id=town_id)


Meet = Callable[..., Awaitable[Resident]]


@pytest.fixture
def resident(work: Work, town: Community, clock: FrozenClock) -> Meet:
    """Give a function that takes a person in, speaking Kazakh or `language`."""
    count = 0

    async def meet(language: str = "kk", community_id: int | None = None) -> Resident:
        nonlocal count
        count += 1
        async with work.write() as unit:
            person, _contact = await unit.residents.add(
                community_id or town.id, language, "test", f"address-{count}", None, clock.now()
            )
            await unit.commit()
        return person

    return meet


@pytest.fixture
async def service(
    database: Database, town: Community, clock: FrozenClock, randomness: CountingRandomness
) -> AsyncIterator[Service]:
    """The whole service on the fresh database, with a town but no cycles yet."""
    assert town.id
    service = build(database, clock, randomness)
    yield service
    await service.container.close()


Talk = Callable[..., Awaitable[Conversation]]


@pytest.fixture
def talk(service: Service) -> Talk:
    """Give a function that begins to talk, in Kazakh or `language`, with the hello over.

    With `greeted=False` the person is new and has not written yet.
    """
    session = PhoneSession()

    async def begin(language: str = "kk", *, greeted: bool = True) -> Conversation:
        person = Conversation(service, session, session.number() + 1000, language)
        if greeted:
            async with service.work.write() as work:
                community = await work.communities.first()
                assert community is not None
                known, _contact = await work.residents.add(
                    community.id,
                    language,
                    "test",
                    str(person.person),
                    person.person,
                    service.clock.now(),
                )
                await work.residents.save(replace(known, greeted=True))
                await work.commit()
        return person

    return begin
