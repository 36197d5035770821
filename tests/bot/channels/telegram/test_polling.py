"""Long polling: every update is stored before Telegram forgets it, whatever happens between."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiogram import Bot
from typing_extensions import override

from bot.channels.telegram.inbound import LONGEST_PAUSE, Polling, TokenRefusedError, connect
from tests.bot.channels.telegram.conftest import Pauses, RememberingInbox
from tests.telegram import faults
from tests.telegram.standin import Standin


@asynccontextmanager
async def running(bot: Bot, inbox: RememberingInbox, pauses: Pauses) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(Polling(bot, inbox, pauses).run())
        try:
            yield
        finally:
            task.cancel()


async def test_what_people_write_press_and_block_is_received(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    person = telegram.person()
    async with running(bot, inbox, pauses):
        await person.says("/start", wait=False)
        await inbox.holds(1)
        person.blocks()
        await inbox.holds(2)
    assert [u.event_type for u in inbox.updates] == ["message", "my_chat_member"]
    assert telegram.violations == []


async def test_a_message_about_link_previews_can_be_kept_as_json(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    content = {"text": "https://e.gov.kz", "link_preview_options": {"is_disabled": True}}
    async with running(bot, inbox, pauses):
        await telegram.person().sends(content, wait=False)
        await inbox.holds(1)
    assert pauses.seconds == []


async def test_an_update_that_comes_twice_is_kept_once(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    telegram.repeat_next_updates()
    async with running(bot, inbox, pauses):
        person = telegram.person()
        await person.says("бір", wait=False)
        await inbox.holds(1)
        await person.says("екі", wait=False)
        await inbox.holds(2)
    assert inbox.texts == ["бір", "екі"]


async def test_updates_in_one_answer_are_put_in_order(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    telegram.hold_updates()
    person = telegram.person()
    for text in ("бір", "екі", "үш"):
        await person.says(text, wait=False)
    telegram.release_updates(reverse=True)
    async with running(bot, inbox, pauses):
        await inbox.holds(3)
    assert inbox.texts == ["бір", "екі", "үш"]


async def test_what_could_not_be_stored_is_asked_for_again(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    inbox.failures = [OSError("disk full"), OSError("disk full")]
    async with running(bot, inbox, pauses):
        await telegram.person().says("бір", wait=False)
        await inbox.holds(1)
    assert inbox.texts == ["бір"]
    assert inbox.calls == 3
    assert pauses.seconds == [0.5, 1.0]


async def test_cancelling_while_storing_loses_nothing(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    storing = asyncio.Event()

    class Stuck(RememberingInbox):
        @override
        async def receive(self, *_: object) -> None:
            storing.set()
            await asyncio.Event().wait()

    async with running(bot, Stuck(), pauses):
        await telegram.person().says("бір", wait=False)
        await storing.wait()
    async with running(bot, inbox, pauses):
        await inbox.holds(1)
    assert inbox.texts == ["бір"]


async def test_cancelling_ends_a_long_poll_at_once(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    async with asyncio.timeout(15), running(bot, inbox, pauses):
        await telegram.methods.arrivals.polled.wait()


async def test_after_trouble_polling_goes_on_and_pauses_grow_no_further_than_a_limit(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    telegram.faults.add(faults.gateway_page(), times=3, method="getUpdates")
    telegram.faults.add(faults.call_lost(), times=3, method="getUpdates")
    telegram.faults.add(faults.server_error(), times=3, method="getUpdates")
    telegram.faults.add(faults.too_many_requests(7), method="getUpdates")
    async with running(bot, inbox, pauses):
        await telegram.person().says("бір", wait=False)
        await inbox.holds(1)
    assert pauses.seconds == [0.5, 1, 2, 4, 8, 16, *[LONGEST_PAUSE] * 3, 7]


async def test_a_webhook_left_by_another_run_is_taken_away(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/old")
    async with running(bot, inbox, pauses):
        await telegram.person().says("бір", wait=False)
        await inbox.holds(1)
    assert (await bot.get_webhook_info()).url == ""


async def test_another_process_that_polls_is_a_conflict_and_not_the_end(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    async with running(bot, inbox, pauses):
        await telegram.methods.arrivals.polled.wait()
        await bot.get_updates()
        await telegram.person().says("бір", wait=False)
        await inbox.holds(1)
    assert inbox.texts == ["бір"]
    assert telegram.counts["deleteWebhook"] == 0


async def test_a_telegram_that_does_not_answer_yet_is_waited_for(
    telegram: Standin, bot: Bot, pauses: Pauses
) -> None:
    telegram.faults.add(faults.call_lost(), times=6)
    telegram.faults.add(faults.gateway_page(), times=6)
    assert (await connect(bot, pauses)).username == "dauys_bot"


@pytest.mark.parametrize("status", [401, 404])
async def test_a_refused_token_is_not_tried_again(
    telegram: Standin, bot: Bot, pauses: Pauses, status: int
) -> None:
    telegram.faults.add(faults.Fault(status, "Unauthorized"))
    with pytest.raises(TokenRefusedError):
        await connect(bot, pauses)
    assert pauses.seconds == []


@pytest.mark.parametrize("status", [401, 404])
async def test_a_refused_token_ends_polling_with_the_name_of_the_setting(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses, status: int
) -> None:
    telegram.faults.add(faults.Fault(status, "Unauthorized"), method="getUpdates")
    with pytest.raises(TokenRefusedError, match="DAUYS_TELEGRAM_TOKEN is not right") as raised:
        await Polling(bot, inbox, pauses).run()
    assert telegram.token not in str(raised.value)


async def test_an_update_that_can_not_be_read_is_skipped_and_logged_without_contents(
    telegram: Standin,
    bot: Bot,
    inbox: RememberingInbox,
    pauses: Pauses,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.methods.arrivals.put("message", {"message_id": "құпия", "chat": {"id": "құпия"}})
    async with running(bot, inbox, pauses):
        await telegram.person().says("бір", wait=False)
        await inbox.holds(1)
        await telegram.person().says("екі", wait=False)
        await inbox.holds(2)
    assert inbox.texts == ["бір", "екі"]
    assert "could not be read: message.chat.id" in caplog.text
    assert "құпия" not in caplog.text


async def test_unreadable_updates_alone_do_not_come_again(
    telegram: Standin, bot: Bot, inbox: RememberingInbox, pauses: Pauses
) -> None:
    telegram.methods.arrivals.put("message", {"message_id": "x"})
    async with running(bot, inbox, pauses):
        while telegram.methods.arrivals.waiting:
            await telegram.methods.arrivals.polled.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(inbox.holds(1), 0.01)
    assert inbox.updates == []
    assert pauses.seconds == []
