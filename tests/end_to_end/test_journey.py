"""The same way through everything on both channels, also through a kill in the middle."""

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession, CookieJar

from storage.database import Database
from storage.tables import people
from tests.browser import PlainBrowser, chromium, phone
from tests.conftest import postgres_database
from tests.end_to_end.journey import (
    JOURNEY,
    Chat,
    ScriptedWebChat,
    TelegramChat,
    WebChat,
    rows_of,
    walk,
)
from tests.end_to_end.process import running, settings_for
from tests.telegram.standin import Standin

WHILE_KILLED: Final = (
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
)
"""What a browser complains of by itself while nobody listens."""

Open = Callable[[Mapping[str, str]], AbstractAsyncContextManager[Chat]]


@asynccontextmanager
async def web_chat(settings: Mapping[str, str]) -> AsyncIterator[Chat]:
    """Give a chat on the web."""
    async with ClientSession(
        f"http://127.0.0.1:{settings['DAUYS_PORT']}", cookie_jar=CookieJar(unsafe=True)
    ) as session:
        yield WebChat(PlainBrowser(session))


@asynccontextmanager
async def scripted_web_chat(settings: Mapping[str, str]) -> AsyncIterator[Chat]:
    """Give a chat on the web in a real browser."""
    async with chromium() as browser, phone(browser, expected=WHILE_KILLED) as window:
        address = f"http://127.0.0.1:{settings['DAUYS_PORT']}"
        yield ScriptedWebChat(await window.new_page(), address)


def on_telegram(standin: Standin) -> Open:
    """Return what gives a chat on the stand-in."""

    @asynccontextmanager
    async def telegram_chat(settings: Mapping[str, str]) -> AsyncIterator[Chat]:
        del settings
        yield TelegramChat(standin.person(language_code="ru"))

    return telegram_chat


@pytest.fixture
def database_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give the settings of a service with a database of its own."""
    settings = settings_for(tmp_path)
    if request.param == "sqlite":
        yield settings
        return
    with postgres_database(f"dauys_journey_{os.getpid()}") as url:
        yield {**settings, "DAUYS_DATABASE_URL": url}


@pytest.fixture
def channel(
    request: pytest.FixtureRequest, telegram: Standin, database_settings: dict[str, str]
) -> tuple[Open, dict[str, str]]:
    """Give a way to open a chat, and the settings of a service that serves it."""
    settings = database_settings
    if request.param in {"webchat", "script"}:
        return {"webchat": web_chat, "script": scripted_web_chat}[request.param], settings
    settings |= {"DAUYS_TELEGRAM_API": telegram.url, "DAUYS_TELEGRAM_TOKEN": telegram.token}
    if request.param == "webhook":
        settings["DAUYS_PUBLIC_URL"] = f"http://127.0.0.1:{settings['DAUYS_PORT']}"
    return on_telegram(telegram), settings


def ways(*names: str) -> pytest.MarkDecorator:
    """Run a test once for each channel and database, as in «polling on sqlite»."""
    marks = {"script": pytest.mark.browser, "postgres": pytest.mark.postgres}
    parameters = []
    for name in names:
        pair = name.split(" on ")
        parameters.append(
            pytest.param(*pair, marks=[marks[one] for one in pair if one in marks], id=name)
        )
    return pytest.mark.parametrize(("channel", "database_settings"), parameters, indirect=True)


async def left_by_newcomer(settings: Mapping[str, str]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of the person who came last."""
    url = settings["DAUYS_DATABASE_URL"]
    database = Database(url)
    async with database.read() as connection:
        newest = await connection.scalar(sa.select(sa.func.max(people.residents.c.id)))
    await database.close()
    assert newest is not None
    return await rows_of(url, newest)


EXPECTED = {
    "resident": [("kk", "Айгүл", "centre", True, "all", 16)],
    "drafts": [],
    "supports": [(2,)],
    "comments": [
        ("question", "Почему на дошкольное воспитание денег меньше?", "04"),
    ],
    "engagements": [("consultation", True), ("ideas", True), ("voting", True)],
    "ballots": [(1,)],
    "choices": [(1,)],
    "participation": [(1,)],
}


def check(rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Compare what was left with what the journey is about, the same on every channel."""
    ideas = rows.pop("ideas")
    assert rows == EXPECTED
    assert len(ideas) == 1
    title, topic, status, content = ideas[0]
    assert (title, topic, status) == ("Освещение у детского сада", "roads", "submitted")
    assert content["cost"] == 1_500_000
    assert content["place"] == "У детского сада «Айгөлек»"
    assert len(content["photos"]) == 1


@ways(
    "polling on sqlite",
    "webhook on postgres",
    "webchat on sqlite",
    "webchat on postgres",
    "script on sqlite",
)
async def test_the_journey_leaves_the_same_on_every_channel(
    channel: tuple[Open, dict[str, str]], telegram: Standin
) -> None:
    open_chat, settings = channel
    async with running(settings), open_chat(settings) as chat:
        await walk(chat, JOURNEY)
    check(await left_by_newcomer(settings))
    assert telegram.violations == []
    assert telegram.unanswered == []


@ways(
    "polling on sqlite",
    "webhook on postgres",
    "webchat on sqlite",
    "script on postgres",
)
async def test_a_kill_at_many_steps_changes_nothing(
    channel: tuple[Open, dict[str, str]], telegram: Standin
) -> None:
    """Killed as by `kill -9` and started again every seventh step, in drafts and forms alike."""
    open_chat, settings = channel
    async with open_chat(settings) as chat:
        for start in range(0, len(JOURNEY), 7):
            async with running(settings):
                await walk(chat, JOURNEY[start : start + 7])
    check(await left_by_newcomer(settings))
    assert telegram.violations == []
