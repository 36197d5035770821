"""The webhook: only Telegram is believed, and nothing is acknowledged before it is stored."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Update
from aiohttp import ClientSession, web

from bot.channels.telegram.inbound import (
    PATH,
    SECRET_HEADER,
    Resequencer,
    Webhook,
    webhook_secret,
)
from bot.channels.telegram.limits import UPDATE_BYTES
from tests.bot.channels.telegram.conftest import Pauses, RememberingInbox
from tests.fakes import CountingRandomness
from tests.telegram import faults
from tests.telegram.standin import Standin


@pytest.fixture
def secret(bot: Bot) -> str:
    return webhook_secret(CountingRandomness(), bot)


@pytest.fixture
async def public_url(bot: Bot, inbox: RememberingInbox, secret: str) -> AsyncIterator[str]:
    """Serve the webhook and announce it to Telegram; return the service's address."""
    webhook = Webhook(bot, inbox, secret)
    application = web.Application()
    application.router.add_post(PATH, webhook.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await webhook.announce(url + "/")
    yield url
    await bot.delete_webhook()
    await runner.cleanup()


async def post(url: str, body: bytes, secret: str | None) -> int:
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers[SECRET_HEADER] = secret
    async with (
        ClientSession() as session,
        session.post(url + PATH, data=io.BytesIO(body), headers=headers) as response,
    ):
        return response.status


def update(number: int) -> Update:
    return Update(update_id=number)


async def test_what_people_write_is_received(
    telegram: Standin, inbox: RememberingInbox, public_url: str
) -> None:
    assert public_url
    await telegram.person().says("/start", wait=False)
    await inbox.holds(1)
    assert inbox.texts == ["/start"]
    webhook = telegram.methods.arrivals.webhook
    assert webhook is not None
    assert webhook.max_connections == 1
    assert telegram.violations == []


async def test_a_message_about_link_previews_can_be_kept_as_json(
    telegram: Standin, inbox: RememberingInbox, public_url: str
) -> None:
    assert public_url
    content = {"text": "https://e.gov.kz", "link_preview_options": {"is_disabled": True}}
    await telegram.person().sends(content, wait=False)
    await inbox.holds(1)
    assert inbox.calls == 1


async def test_announcing_waits_for_a_telegram_that_does_not_answer_yet(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    telegram.faults.add(faults.server_error(), times=6)
    await Webhook(bot, inbox, "secret", pauses).announce("https://dauys.example.kz")
    webhook = telegram.methods.arrivals.webhook
    assert webhook is not None
    assert webhook.url == f"https://dauys.example.kz{PATH}"


async def test_what_could_not_be_stored_comes_again(
    telegram: Standin, inbox: RememberingInbox, public_url: str
) -> None:
    assert public_url
    inbox.failures = [OSError("disk full")]
    await telegram.person().says("бір", wait=False)
    await inbox.holds(1)
    assert inbox.calls == 2
    assert inbox.texts == ["бір"]


async def test_an_update_that_comes_twice_is_kept_once(
    telegram: Standin, inbox: RememberingInbox, public_url: str
) -> None:
    assert public_url
    telegram.repeat_next_updates()
    person = telegram.person()
    await person.says("бір", wait=False)
    await person.says("екі", wait=False)
    await inbox.holds(2)
    assert inbox.texts == ["бір", "екі"]
    assert inbox.calls == 3


async def test_updates_that_arrive_at_once_out_of_order_are_stored_in_order(
    bot: Bot, telegram: Standin, inbox: RememberingInbox, public_url: str, secret: str
) -> None:
    await bot.set_webhook(public_url + PATH, secret_token=secret, max_connections=3)
    person = telegram.person()
    await person.says("нөл", wait=False)
    await inbox.holds(1)
    telegram.hold_updates()
    for text in ("бір", "екі", "үш"):
        await person.says(text, wait=False)
    telegram.release_updates(reverse=True)
    await inbox.holds(4)
    assert inbox.texts == ["нөл", "бір", "екі", "үш"]


@pytest.mark.parametrize("given", [None, "", "guess", "құпия"])
async def test_without_the_secret_nothing_is_believed(
    inbox: RememberingInbox, public_url: str, given: str | None
) -> None:
    assert await post(public_url, b'{"update_id": 1}', given) == 401
    assert inbox.updates == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"update_id": "one"}',
        '{"update_id": 1, "message": {"message_id": "құпия"}}'.encode(),
        b'{"update_id": 1, "x": "' + b"x" * UPDATE_BYTES + b'"}',
    ],
)
async def test_what_can_not_be_read_is_not_asked_for_again_and_not_logged(
    inbox: RememberingInbox,
    public_url: str,
    secret: str,
    body: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    assert await post(public_url, body, secret) == 200
    assert inbox.updates == []
    assert [r.levelname for r in caplog.records if r.name.startswith("bot.")] != []
    assert "құпия" not in caplog.text
    assert secret not in caplog.text


async def test_the_secret_is_the_same_at_every_start_and_fit_for_telegram(
    bot: Bot, secret: str
) -> None:
    assert webhook_secret(CountingRandomness(), bot) == secret
    assert len(secret) == 64
    assert secret.isalnum()


# Putting in order what came out of order.


class Stored:
    """Remembers what was stored, and in how many goes."""

    def __init__(self) -> None:
        """Start empty and in working order."""
        self.goes: list[list[int]] = []
        self.failure: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def __call__(self, updates: Sequence[Update]) -> None:
        """Store, slowly if there is a gate, or fail once."""
        if self.gate is not None:
            await self.gate.wait()
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        self.goes.append([update.update_id for update in updates])

    @property
    def numbers(self) -> list[int]:
        return [number for go in self.goes for number in go]


async def hand_on_at_once(order: Resequencer, *numbers: int) -> None:
    async with asyncio.TaskGroup() as group:
        for number in numbers:
            group.create_task(order.hand_on(update(number)))


async def test_an_update_waits_for_those_before_it() -> None:
    stored = Stored()
    order = Resequencer(stored, gap_seconds=60)
    await order.hand_on(update(5))
    await hand_on_at_once(order, 8, 7, 6)
    assert stored.numbers == [5, 6, 7, 8]


async def test_a_number_that_was_never_given_is_not_waited_for_long() -> None:
    stored = Stored()
    order = Resequencer(stored, gap_seconds=0.01)
    await order.hand_on(update(5))
    await hand_on_at_once(order, 9, 8)
    assert stored.numbers == [5, 8, 9]


async def test_repeated_and_late_updates_pass_at_once() -> None:
    stored = Stored()
    order = Resequencer(stored, gap_seconds=60)
    for number in (5, 6, 5, 2):
        await order.hand_on(update(number))
    assert stored.numbers == [5, 6, 5, 2]


async def test_while_one_is_being_stored_the_next_ones_wait_their_turn() -> None:
    stored = Stored()
    stored.gate = asyncio.Event()
    order = Resequencer(stored, gap_seconds=0.01)
    async with asyncio.TaskGroup() as group:
        for number in (5, 6, 7):
            group.create_task(order.hand_on(update(number)))
        await asyncio.sleep(0.03)
        stored.gate.set()
    assert stored.numbers == [5, 6, 7]


async def test_a_failure_reaches_those_whose_update_was_not_stored() -> None:
    stored = Stored()
    order = Resequencer(stored, gap_seconds=0.01)
    stored.failure = OSError("disk full")
    with pytest.raises(OSError, match="disk full"):
        await order.hand_on(update(5))
    await order.hand_on(update(5))
    assert stored.numbers == [5]


async def test_those_cut_off_while_storing_are_told_so() -> None:
    stored = Stored()
    stored.gate = asyncio.Event()
    order = Resequencer(stored, gap_seconds=60)
    results: list[Any] = []

    async def second() -> None:
        try:
            await order.hand_on(update(6))
        except InterruptedError as error:
            results.append(error)

    async with asyncio.TaskGroup() as group:
        # The one that stores takes both along, and is then cut off.
        order._next = 5
        waiting = group.create_task(second())
        await asyncio.sleep(0)
        storing = group.create_task(order.hand_on(update(5)))
        await asyncio.sleep(0)
        storing.cancel()
        await waiting
    assert len(results) == 1
