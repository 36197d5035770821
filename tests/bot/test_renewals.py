"""Windows show themselves anew while what they show goes on, and never where they are not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest
from aiogram import Bot

from bot.broadcast.pace import Sleep
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.inbound import Polling
from bot.channels.telegram.session import news_bot, reply_bot
from bot.looking import LOOK_SECONDS
from bot.renewals import Renewals
from bot.wiring import Service
from civic.model.announcement import Announcement, AnnouncementState
from civic.model.resident import Role
from civic.rules.sending import IDLE, QUICKEST, SLOWEST
from dialogs.kit.window import PROCESS
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.fakes import FrozenClock
from tests.storage.ledger import fill, send
from tests.telegram import faults
from tests.telegram.fixtures import telegram
from tests.telegram.person import Person
from tests.telegram.standin import Standin

__all__ = ["telegram"]
MINUTE = timedelta(minutes=1)


async def _announcement(service: Service) -> Announcement:
    async with service.work.read() as work:
        (found,) = await work.announcements.latest(1)
    return found


async def _made_organiser(service: Service, channel: str, chat_id: int) -> None:
    async with service.work.write() as work:
        found = await work.residents.behind(channel, chat_id)
        assert found is not None
        await work.residents.grant(found[0].id, Role.ORGANISER)
        await work.commit()


@pytest.fixture
async def organiser(service: Service, talk: Talk) -> Conversation:
    """An organiser who has just announced something to two people and watches it."""
    await talk("ru")
    person = await talk("en")
    await _made_organiser(service, "test", person.person)
    await person.say("/menu")
    await person.press("Announcements")
    await person.press("New announcement")
    await person.say("Су болмайды.")
    await person.say("Не будет воды.")
    await person.press("See it and send")
    await person.press("Send: 2")
    return person


async def test_what_goes_on_is_shown_anew_in_the_same_message(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    window = organiser.screen
    assert "This message renews itself." in window.text
    await fill(service.work, clock.now())
    await organiser.look_on()
    assert organiser.screen == window
    clock.move(QUICKEST)
    await organiser.look_on()
    assert organiser.screen.message_id == window.message_id
    assert "Left: 2" in organiser.screen.text


async def test_what_has_not_changed_is_not_sent_again(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await fill(service.work, clock.now())
    clock.move(QUICKEST)
    await organiser.look_on()
    # No messenger could tell: what is on the phone is not what the service showed.
    organiser.screen.html = "as it was"
    clock.move(QUICKEST)
    await organiser.look_on()
    assert organiser.screen.html == "as it was"


async def test_what_is_over_is_shown_once_more_and_then_left(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await fill(service.work, clock.now())
    await send(service.work, clock.now())
    async with service.work.write() as work:
        await work.deliveries.finish(clock.now())
        await work.commit()
    clock.move(QUICKEST)
    await organiser.look_on()
    assert "everyone is told" in organiser.screen.text
    assert "renews itself" not in organiser.screen.text
    assert await service.conversations.in_state("renews") == []


async def test_another_window_is_never_covered_nor_one_that_is_gone_brought_back(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await organiser.press("Menu")
    shown = list(organiser.screens)
    await fill(service.work, clock.now())
    clock.move(MINUTE)
    await organiser.look_on()
    assert organiser.screens == shown
    assert await service.conversations.in_state("renews") == []


async def test_a_question_of_the_same_conversation_stays_and_on_return_it_goes_on(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await organiser.press("Stop")
    clock.move(QUICKEST)
    await organiser.look_on()
    assert "for good?" in organiser.screen.text
    await organiser.press("Back")
    await fill(service.work, clock.now())
    clock.move(QUICKEST)
    await organiser.look_on()
    assert "Left: 2" in organiser.screen.text


async def test_a_button_pressed_while_the_window_renewed_itself_still_counts(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    seen = organiser.screen
    await fill(service.work, clock.now())
    clock.move(QUICKEST)
    await organiser.look_on()
    assert organiser.screen.text != seen.text
    await organiser.press("Pause", on=seen)
    assert (await _announcement(service)).state is AnnouncementState.PAUSED


async def test_a_button_counts_in_a_process_that_another_one_renewed_the_window_for(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    mine, remembered = service.dispatcher[PROCESS], dict(service.messages._shown._kept)
    service.dispatcher[PROCESS] = "another"
    for state in ("Left: 2", "Sent: 2"):
        await fill(service.work, clock.now())
        clock.move(QUICKEST)
        await organiser.look_on()
        assert state in organiser.screen.text
        await send(service.work, clock.now())
    service.dispatcher[PROCESS] = mine
    service.messages._shown._kept.update(remembered)
    await organiser.press("Pause")
    assert (await _announcement(service)).state is AnnouncementState.PAUSED


async def test_it_is_renewed_by_a_process_that_never_showed_it(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    service.messages._shown._kept.clear()
    clock.move(QUICKEST)
    await organiser.look_on()
    await fill(service.work, clock.now())
    clock.move(QUICKEST)
    await organiser.look_on()
    assert "Left: 2" in organiser.screen.text


async def test_a_paused_one_is_looked_at_less_often(
    organiser: Conversation, service: Service, clock: FrozenClock
) -> None:
    await organiser.press("Pause")
    announcement = await _announcement(service)
    async with service.work.write() as work:
        await work.announcements.steer(announcement.id, AnnouncementState.STOPPED, clock.now())
        await work.commit()
    clock.move(QUICKEST)
    await organiser.look_on()
    assert "paused" in organiser.screen.text
    clock.move(SLOWEST)
    await organiser.look_on()
    assert "stopped for good" in organiser.screen.text


async def test_what_waits_for_the_morning_is_looked_at_now_and_then(
    organiser: Conversation, service: Service, clock: FrozenClock
) -> None:
    await fill(service.work, clock.now())
    clock.move(timedelta(hours=12))
    await organiser.look_on()
    assert "waits until" in organiser.screen.text
    clock.move(SLOWEST)
    (kept,) = await service.conversations.in_state("renews")
    assert kept["due_at"] == (clock.now() - SLOWEST + IDLE).isoformat()


async def test_who_may_not_watch_any_more_is_shown_nothing_new(
    organiser: Conversation, service: Service, clock: FrozenClock
) -> None:
    shown = list(organiser.screens)
    async with service.database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM roles")
        await connection.commit()
    clock.move(QUICKEST)
    await organiser.look_on()
    assert organiser.screens == shown
    assert await service.conversations.in_state("renews") == []


async def test_a_person_who_is_not_there_any_more_is_left_alone(
    organiser: Conversation, service: Service, clock: FrozenClock
) -> None:
    async with service.database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM contacts")
        await connection.commit()
    clock.move(QUICKEST)
    await organiser.look_on()
    assert await service.conversations.in_state("renews") == []


async def test_windows_of_other_channels_are_left_to_processes_that_serve_them(
    organiser: Conversation, service: Service, clock: FrozenClock
) -> None:
    shown = list(organiser.screens)
    clock.move(QUICKEST)
    async with service.inbox.running():
        await _renewals(service, {}).renew_due()
    assert organiser.screens == shown
    assert await service.conversations.in_state("renews") != []


async def test_a_process_that_stops_renews_nothing(
    organiser: Conversation, service: Service, clock: FrozenClock
) -> None:
    clock.move(QUICKEST)
    await _renewals(service, {"test": organiser.bot}).renew_due()
    assert await service.conversations.in_state("renews") != []


async def test_trouble_only_delays_it(
    organiser: Conversation,
    service: Service,
    clock: FrozenClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await fill(service.work, clock.now())
    looks = 0

    async def looking(seconds: float) -> None:
        nonlocal looks
        assert seconds == LOOK_SECONDS
        looks += 1
        if looks == 2:
            failing.undo()
            clock.move(QUICKEST)
        if looks == 3:
            raise asyncio.CancelledError

    renewals = _renewals(service, {"test": organiser.bot}, looking)
    failing = pytest.MonkeyPatch()
    failing.setattr(service.conversations, "in_state", _broken)
    async with service.inbox.running():
        with suppress(asyncio.CancelledError):
            await renewals.run()
    assert "windows could not be renewed" in caplog.text
    assert "Left: 2" in organiser.screen.text


async def _broken(_state: str) -> list[dict[str, str]]:
    message = "no database"
    raise OSError(message)


def _renewals(service: Service, bots: dict[str, Bot], sleep: Sleep = asyncio.sleep) -> Renewals:
    return Renewals(
        service.work,
        service.conversations,
        service.inbox,
        service.dispatcher,
        service.messages,
        bots,
        service.clock,
        sleep=sleep,
    )


# On Telegram, with what can go wrong there.


@pytest.fixture
async def renewals(telegram: Standin, service: Service) -> AsyncIterator[Renewals]:
    """A service that talks on Telegram, and what renews windows there."""
    replies, news = (make(telegram.token, telegram.url) for make in (reply_bot, news_bot))
    async with service.inbox.running():
        polling = asyncio.ensure_future(Polling(replies, service.inbox).run())
        yield _renewals(service, {CHANNEL: news})
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
    for bot in (replies, news):
        await bot.session.close()


@pytest.fixture
async def watching(
    telegram: Standin, service: Service, renewals: Renewals, clock: FrozenClock
) -> Person:
    """An organiser on Telegram who watches what was announced."""
    assert renewals is not None
    telegram.quiet = 0.3
    aigul = telegram.person(language_code="en")
    async with service.work.write() as work:
        town = await work.communities.first()
        assert town is not None
        known, _contact = await work.residents.add(
            town.id, "en", CHANNEL, str(aigul.id), aigul.id, clock.now()
        )
        await work.residents.grant(known.id, Role.ORGANISER)
        await work.commit()
    await aigul.says("/menu")
    await aigul.presses("Announcements")
    await aigul.presses("New announcement")
    await aigul.says("Су болмайды.")
    await aigul.says("Не будет воды.")
    await aigul.presses("See it and send")
    await aigul.presses("Send: 1")
    assert "is being prepared" in aigul.screen.text
    await fill(service.work, clock.now(), channels=(CHANNEL,))
    clock.move(QUICKEST)
    return aigul


async def test_telegram_shows_it_by_editing_one_message(
    telegram: Standin, watching: Person, renewals: Renewals
) -> None:
    before = len(watching.history)
    await renewals.renew_due()
    assert "Left: 1" in watching.screen.text
    assert len(watching.history) == before
    assert telegram.violations == []


async def test_a_message_that_the_person_removed_stays_removed(
    watching: Person, renewals: Renewals, service: Service
) -> None:
    watching.chat.messages[watching.screen.message_id].deleted = True
    before = len(watching.history)
    await renewals.renew_due()
    assert len(watching.history) == before
    assert await service.conversations.in_state("renews") == []


async def test_when_telegram_asks_to_wait_it_waits(
    telegram: Standin, watching: Person, renewals: Renewals, clock: FrozenClock
) -> None:
    telegram.faults.add(faults.too_many_requests(20), method="editMessageText")
    await renewals.renew_due()
    clock.move(SLOWEST / 2)
    edits = telegram.counts["editMessageText"]
    await renewals.renew_due()
    assert telegram.counts["editMessageText"] == edits
    clock.move(SLOWEST / 2)
    await renewals.renew_due()
    assert "Left: 1" in watching.screen.text


async def test_a_failure_of_telegram_is_made_good_the_next_time(
    telegram: Standin, watching: Person, renewals: Renewals, clock: FrozenClock
) -> None:
    telegram.faults.add(faults.server_error(), method="editMessageText")
    await renewals.renew_due()
    assert "Left: 1" not in watching.screen.text
    clock.move(SLOWEST)
    await renewals.renew_due()
    assert "Left: 1" in watching.screen.text


async def test_who_blocked_the_bot_is_not_tried_again(
    telegram: Standin, watching: Person, renewals: Renewals, service: Service
) -> None:
    telegram.faults.add(faults.blocked(), method="editMessageText")
    await renewals.renew_due()
    assert await service.conversations.in_state("renews") == []
    assert watching.screen.text
