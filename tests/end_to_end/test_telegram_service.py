"""The whole program on Telegram: people write, it answers, once each, through whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.program import ProcessRole, Program
from bot.settings import Settings
from bot.wiring import Service
from civic.model.resident import Contact
from tests.end_to_end.process import free_port, running, settings_for
from tests.telegram import faults
from tests.telegram.person import Person
from tests.telegram.standin import Standin

Run = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture(params=["polling", "webhook"])
def run(request: pytest.FixtureRequest, telegram: Standin, service: Service) -> Run:
    """Give a function that runs the program: one that asks for updates, or has them delivered."""
    port = free_port()
    settings = Settings(
        port=port,
        public_url=f"http://127.0.0.1:{port}" if request.param == "webhook" else None,
        secret_key=SecretStr("a secret of thirty-two characters"),
        telegram_token=SecretStr(telegram.token),
        telegram_api=telegram.url,
    )

    @asynccontextmanager
    async def serve() -> AsyncIterator[None]:
        program = Program(settings, service, ProcessRole.WEB, lambda _line: None)
        async with program.running():
            yield

    return serve


async def contact(service: Service, person: Person) -> Contact:
    async with service.work.read() as work:
        found = await work.residents.by_address("telegram", str(person.id))
    assert found is not None
    return found[1]


async def get_to_menu(person: Person) -> None:
    await person.says("/start")
    await person.presses("English")
    await person.presses("Keep this name")
    await person.presses("Skip")


async def test_a_newcomer_gets_to_the_menu_in_four_steps(telegram: Standin, run: Run) -> None:
    person = telegram.person(language_code="en")
    async with run():
        await get_to_menu(person)
    assert "Settings" in person.screen.buttons
    assert len(person.history) == 1
    assert telegram.violations == []
    assert telegram.unanswered == []


async def test_a_person_is_known_by_their_telegram_number(
    telegram: Standin, run: Run, service: Service
) -> None:
    person = telegram.person(7_000_000_123, language_code="ru")
    async with run():
        await person.says("/start")
    kept = await contact(service, person)
    assert (kept.address, kept.chat_id, kept.reachable) == ("7000000123", 7_000_000_123, True)


async def test_what_arrives_twice_is_answered_once(telegram: Standin, run: Run) -> None:
    person = telegram.person(language_code="en")
    async with run():
        await get_to_menu(person)
        before = telegram.counts["sendMessage"]
        telegram.repeat_next_updates(2)
        await person.says("/help")
        await person.says("/privacy")
        await person.says("/menu")
    assert telegram.counts["sendMessage"] == before + 3


async def test_who_blocks_the_bot_is_not_reachable_until_they_write_again(
    telegram: Standin, run: Run, service: Service
) -> None:
    person = telegram.person(language_code="en")
    async with run():
        await get_to_menu(person)
        person.blocks()
        async with asyncio.timeout(60):
            while (await contact(service, person)).reachable:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0)  # reading SQLite lets nobody else go on
        person.unblocks()
        await person.says("/menu")
    assert (await contact(service, person)).reachable


async def test_who_blocks_the_bot_while_it_answers_is_answered_when_they_come_back(
    telegram: Standin, run: Run
) -> None:
    person = telegram.person(language_code="en")
    async with run():
        await get_to_menu(person)
        telegram.faults.add(faults.blocked(), method="sendMessage")
        await person.says("/help", wait=False)
        await person.says("/menu")
    assert "Settings" in person.screen.buttons
    assert telegram.violations == []


async def test_passing_trouble_is_not_noticed_by_people(telegram: Standin, run: Run) -> None:
    person = telegram.person(language_code="en")
    async with run():
        telegram.faults.add(faults.server_error(), times=2, method="sendMessage")
        telegram.faults.add(faults.call_lost(), method="editMessageText")
        telegram.faults.add(faults.answer_lost(), method="answerCallbackQuery")
        await get_to_menu(person)
    assert "Settings" in person.screen.buttons
    assert telegram.violations == []


async def test_what_was_written_while_the_program_was_away_is_answered(
    telegram: Standin, run: Run
) -> None:
    person = telegram.person(language_code="en")
    async with run():
        await person.says("/start")
    await person.presses("English", wait=False)
    async with run():
        await person.sees("What shall we call you?")
    assert telegram.unanswered == []


async def test_after_a_kill_the_conversation_goes_on_where_it_was(
    telegram: Standin, tmp_path: Path
) -> None:
    person = telegram.person(language_code="en")
    settings = settings_for(
        tmp_path, DAUYS_TELEGRAM_API=telegram.url, DAUYS_TELEGRAM_TOKEN=telegram.token
    )
    async with running(settings):
        await person.says("/start")
        await person.presses("English")
    await person.presses("Keep this name", wait=False)
    async with running(settings):
        await person.sees("Where in town do you live?")
        await person.presses("Skip")
    assert "Settings" in person.screen.buttons
    assert telegram.violations == []
    assert telegram.unanswered == []
