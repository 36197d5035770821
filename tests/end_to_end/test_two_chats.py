"""The whole program with somebody who has a Telegram and a web chat, and joins them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import pytest
from aiohttp import ClientSession, CookieJar
from pydantic import SecretStr

from bot.program import ProcessRole, Program
from bot.settings import Settings
from bot.web.chat import SINCE
from bot.wiring import Service
from civic.model.community import Community
from tests.browser import PlainBrowser
from tests.civic.actions.voting import Booth, hold_vote
from tests.end_to_end.process import free_port
from tests.telegram.person import Person
from tests.telegram.standin import Standin

START: Final = "?start="


@pytest.fixture
def program(telegram: Standin, service: Service) -> AbstractAsyncContextManager[PlainBrowser]:
    """The program on both channels, and a browser that runs no script."""
    settings = Settings(
        port=free_port(),
        secret_key=SecretStr("a secret of thirty-two characters"),
        telegram_token=SecretStr(telegram.token),
        telegram_api=telegram.url,
    )

    @asynccontextmanager
    async def running() -> AsyncIterator[PlainBrowser]:
        address = f"http://127.0.0.1:{settings.port}"
        async with (
            Program(settings, service, ProcessRole.WEB, lambda _line: None).running(),
            ClientSession(address, cookie_jar=CookieJar(unsafe=True)) as session,
        ):
            yield PlainBrowser(session)

    return running()


async def web_menu(browser: PlainBrowser) -> None:
    """Get to the menu of the web chat as a newcomer."""
    await browser.begin("English")
    await browser.press("Keep this name")
    await browser.press("Skip")


async def telegram_code(person: Person) -> str:
    """Get to a code in Telegram as a newcomer."""
    await person.says("/start")
    for label in ("English", "Keep this name", "Skip", "Settings", "My chats"):
        await person.presses(label)
    await person.presses("Join another chat")
    return person.screen.text.split("\n\n")[1]


async def test_a_link_in_the_web_chat_joins_telegram_and_the_ballot_is_seen_in_both(
    program: AbstractAsyncContextManager[PlainBrowser],
    telegram: Standin,
    service: Service,
    town: Community,
) -> None:
    vote = await hold_vote(service.work, town.id)
    person = telegram.person(language_code="kk")
    async with program as browser:
        await person.says("/menu")  # by now the service knows its name on Telegram
        await web_menu(browser)
        for label in ("Settings", "My chats", "Join another chat"):
            await browser.press(label)
        link = browser.page.links["Open Telegram ↗"]
        await person.says(f"/start {link.partition(START)[2]}")
        await person.presses("Иә, қосу")
        assert "Done: your chats are one now" in person.screen.text

        async with service.work.read() as unit:
            found = await unit.residents.behind("telegram", person.id)
        assert found is not None
        booth = Booth(service.work, service.clock, service.randomness)
        await booth.cast(await booth.declared(found[0], vote), vote, 0)

        async with asyncio.timeout(60):
            while "A chat was joined to yours: Telegram." not in browser.newest.text:
                await asyncio.sleep(0.1)
                await browser.open()
        await browser.press("Menu")
        await browser.press("My things")
        # The window that is used stays above what came in between.
        assert any("your vote is in" in text for text in browser.texts)
    assert telegram.violations == []


@pytest.mark.parametrize("by_script", [False, True])
async def test_a_code_from_telegram_joins_the_web_chat_which_can_leave_again(
    program: AbstractAsyncContextManager[PlainBrowser], telegram: Standin, *, by_script: bool
) -> None:
    person = telegram.person(language_code="en")
    async with program as browser:
        code = await telegram_code(person)
        await web_menu(browser)
        for label in ("Settings", "My chats", "I have a code"):
            await browser.press(label)
        await browser.say(f"My code is {code}")
        assert "A code has 9 digits" in browser.texts[-2]
        await browser.say(code)
        await browser.press("Yes, join")
        assert "• Telegram\n• Web chat: this chat, news comes here" in browser.newest.text

        await person.sees("A chat was joined to yours: Web chat.")
        await browser.press("My chats")
        await browser.press("Separate a chat")
        await browser.press("Web chat")
        assert "What was written there is erased." in browser.newest.text
        if by_script:
            answer = await browser.client.post(
                "/press",
                data={**browser.pressing("Separate"), "turn": "1"},
                headers={**browser.headers, SINCE: "1"},
            )
            # No changes to put in: the script opens the page anew.
            assert "data-revision" not in await answer.text()
            await browser.open()
        else:
            await browser.press("Separate")
        # Nobody is known by this browser any more.
        assert browser.page.bubbles == []
        await web_menu(browser)
        assert "Settings" in browser.newest.buttons
        await person.presses("Back")
        *_earlier, chats, alert = [message.text for message in person.history]
        assert "Telegram: this chat, news comes here" in chats
        assert "Web chat" not in chats
        assert "Web chat" in alert
    assert telegram.violations == []


async def test_a_link_opened_by_a_newcomer_on_the_web_asks_at_once(
    program: AbstractAsyncContextManager[PlainBrowser], telegram: Standin
) -> None:
    person = telegram.person(language_code="en")
    async with program as browser:
        code = (await telegram_code(person)).replace(" ", "")
        await browser.begin("Русский", f"/?start=join_{code}")
        assert "Присоединить этот чат к чату" in browser.newest.text
        await browser.press("Нет")
        assert "Қай тілде сөйлесеміз?" in browser.newest.text
    assert telegram.violations == []
