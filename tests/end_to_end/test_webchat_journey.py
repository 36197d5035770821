"""The whole program on the web chat, with the sample town and a browser that runs no script."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession, CookieJar
from pydantic import SecretStr

from bot import sample
from bot.photos import PillowPhotoReader
from bot.program import ProcessRole, Program
from bot.settings import Settings
from bot.wiring import Service, build
from storage.database import Database
from storage.tables.voting import ballots
from tests.browser import PlainBrowser, picture
from tests.fakes import CountingRandomness, FrozenClock

Run = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def settings() -> Settings:
    """Settings for a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Settings(
            port=probe.getsockname()[1],
            secret_key=SecretStr("a secret of thirty-two characters"),
            telegram_token=None,
        )


@pytest.fixture
async def service(
    database: Database, clock: FrozenClock, randomness: CountingRandomness
) -> AsyncIterator[Service]:
    """The whole service with the sample town."""
    service = build(database, clock, randomness)
    assert await sample.load(service.work, clock, PillowPhotoReader())
    yield service
    await service.container.close()


@pytest.fixture
def run(service: Service, settings: Settings) -> Run:
    """Give a function that runs the program on the sample town."""

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        async with Program(settings, service, ProcessRole.WEB, lambda _line: None).running():
            yield

    return running


@pytest.fixture
async def browser(settings: Settings) -> AsyncIterator[PlainBrowser]:
    """A browser without a script."""
    async with ClientSession(
        f"http://127.0.0.1:{settings.port}", cookie_jar=CookieJar(unsafe=True)
    ) as session:
        yield PlainBrowser(session)


async def votes(service: Service) -> int:
    async with service.database.read() as connection:
        found = await connection.scalar(sa.select(sa.func.count()).select_from(ballots))
    return found or 0


async def join(browser: PlainBrowser) -> None:
    """Come in as somebody new, in English."""
    await browser.begin("English")
    await browser.press("Keep this name")
    for _ in range(3):
        if any("now" in text for text in browser.texts[-1:]):
            return
        await browser.press(next(iter(browser.newest.buttons)))


async def test_a_resident_votes_by_plain_forms_and_goes_on_after_a_restart(
    service: Service, run: Run, browser: PlainBrowser
) -> None:
    async with run():
        await join(browser)
        assert "<progress" in browser.html
        await browser.press("Vote")
        before = browser.newest.text
        await browser.press(next(label for label in browser.newest.buttons if label[0] == "1"))
        title = browser.newest.text.splitlines()[0]
        assert title in before
    assert await votes(service) == 0

    async with run():
        await browser.press("Vote for it")
        while "Vote for it" not in browser.newest.buttons and await votes(service) == 0:
            await browser.press(next(iter(browser.newest.buttons)))
        twice = browser.pressing("All projects")
        await asyncio.gather(
            *(browser.client.post("/press", data=twice, headers=browser.headers) for _ in "ab")
        )
        await browser.open("/")

    assert await votes(service) == 1
    assert re.search(rf"☑.*{re.escape(title)}|{re.escape(title)}.*Chosen", browser.newest.text)


async def test_nothing_that_is_sent_goes_unanswered(run: Run, browser: PlainBrowser) -> None:
    async with run():
        await join(browser)
        for text in ("Hello?", "<b>&lt;</b>", "/nonsense", "\u202e😀" * 1000, "МЕНЮ"):
            before = browser.html
            await browser.say(text)
            assert browser.status == 200
            assert browser.html != before
            assert browser.newest.side in {"bot", "note"}, browser.texts[-3:]
            assert browser.newest.buttons
        await browser.send_file(picture(), "me.png")
        assert browser.newest.side in {"bot", "note"}
        await browser.send_file(b"\0" * 100, "me.exe")
        assert browser.newest.side in {"bot", "note"}
        await browser.press("Language")
        await browser.press("Қазақша")
        assert browser.page.language == "kk"
