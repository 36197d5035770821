"""Whoever gave a code is told that a chat was joined, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiogram import Bot

from bot.alerts import AGAIN, Alerts
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.session import news_bot
from bot.looking import LOOK_SECONDS
from bot.wiring import Service
from civic.actions.introduce_oneself import ChooseNews
from civic.model.community import Community
from civic.model.resident import NewsChoice, Resident
from tests.civic.actions.joining import Joining
from tests.civic.cycles import local
from tests.fakes import CountingRandomness, FrozenClock
from tests.telegram import faults
from tests.telegram.fixtures import telegram
from tests.telegram.person import Person
from tests.telegram.standin import Standin

__all__ = ["telegram"]


@pytest.fixture
async def bot(telegram: Standin) -> AsyncIterator[Bot]:
    """A bot on Telegram that repeats nothing by itself."""
    made = news_bot(telegram.token, telegram.url)
    yield made
    await made.session.close()


@pytest.fixture
def alerts(service: Service, bot: Bot) -> Alerts:
    """What tells chats on Telegram."""
    return Alerts(service.work, {CHANNEL: bot}, service.i18n, service.clock)


@pytest.fixture
def giver(telegram: Standin) -> Person:
    """Somebody on Telegram who got a code."""
    return telegram.person(started=True)


@pytest.fixture
async def known(
    service: Service, clock: FrozenClock, town: Community, giver: Person, telegram: Standin
) -> Resident:
    """The same person, to whom another chat on Telegram was joined at night."""
    clock.set(local(3, 2, 23))
    other = telegram.person(started=True)
    residents = []
    async with service.work.write() as work:
        for person, language in ((giver, "en"), (other, "ru")):
            added, _contact = await work.residents.add(
                town.id, language, CHANNEL, str(person.id), person.id, clock.now()
            )
            residents.append(added)
        await work.commit()
    wants_none = await ChooseNews(service.work)(residents[0], NewsChoice.NONE)
    return await Joining(service.work, clock, CountingRandomness())(wants_none, residents[1])


TOLD = "A chat was joined to yours: Telegram."


async def test_the_chat_that_was_there_is_told_at_once_and_once_and_how_to_undo_it(
    telegram: Standin, alerts: Alerts, giver: Person, known: Resident
) -> None:
    assert known.news is NewsChoice.NONE
    for _look in range(2):
        await alerts.tell_due()
    assert [message.text.startswith(TOLD) for message in giver.history] == [True]
    assert "Settings → My chats → Separate a chat" in giver.screen.text
    assert telegram.counts["sendMessage"] == 1
    assert telegram.violations == []


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "fault",
    [faults.server_error(), faults.call_lost(), faults.too_many_requests(20)],
    ids=["502", "the call is lost", "429"],
)
async def test_a_failure_is_made_good(
    telegram: Standin, alerts: Alerts, giver: Person, clock: FrozenClock, *, fault: faults.Fault
) -> None:
    telegram.faults.add(fault, method="sendMessage")
    await alerts.tell_due()
    clock.move(AGAIN - timedelta(seconds=1))
    await alerts.tell_due()
    assert giver.history == []
    clock.move(timedelta(seconds=1))
    await alerts.tell_due()
    assert giver.screen.text.startswith(TOLD)


@pytest.mark.usefixtures("known")
async def test_a_process_that_dies_over_it_leaves_it_to_others(
    service: Service,
    alerts: Alerts,
    giver: Person,
    bot: Bot,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(bot, "send_message", None)
        with pytest.raises(TypeError):
            await alerts.tell_due()
    other = Alerts(service.work, {CHANNEL: bot}, service.i18n, service.clock)
    await other.tell_due()
    assert giver.history == []
    clock.move(AGAIN)
    await other.tell_due()
    assert giver.screen.text.startswith(TOLD)


@pytest.mark.usefixtures("known")
async def test_of_several_processes_one_tells_it(
    service: Service, alerts: Alerts, giver: Person, clock: FrozenClock
) -> None:
    async with service.work.read() as work:
        (due,) = await work.joining.alerts([CHANNEL], clock.now())
        assert await work.joining.alerts(["web"], clock.now()) == []
    async with service.work.write() as work:
        now = clock.now()
        assert await work.joining.take_alert(due.id, now, now + AGAIN)
        assert not await work.joining.take_alert(due.id, now, now + AGAIN)
        await work.commit()
    await alerts.tell_due()
    assert giver.history == []


@pytest.mark.usefixtures("known")
async def test_somebody_faster_in_between_has_told_it(
    alerts: Alerts, giver: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def taken(*_about: object) -> bool:
        return False

    monkeypatch.setattr("storage.repositories.joining.SqlJoining.take_alert", taken)
    await alerts.tell_due()
    assert giver.history == []


@pytest.mark.usefixtures("known")
async def test_who_blocked_the_bot_is_not_tried_again(
    telegram: Standin, alerts: Alerts, giver: Person, clock: FrozenClock
) -> None:
    giver.chat.blocked = True
    await alerts.tell_due()
    giver.chat.blocked = False
    clock.move(AGAIN)
    await alerts.tell_due()
    assert giver.history == []
    assert telegram.counts["sendMessage"] == 1


@pytest.mark.usefixtures("known")
async def test_it_goes_on_whatever_goes_wrong(
    service: Service,
    bot: Bot,
    giver: Person,
    clock: FrozenClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks, trouble = 0, monkeypatch

    async def sleep(seconds: float) -> None:
        nonlocal looks
        assert seconds == LOOK_SECONDS
        looks += 1
        if looks == 1:
            trouble.setattr(service.work, "read", None)
        elif looks == 2:
            trouble.undo()
        else:
            raise asyncio.CancelledError

    telling = Alerts(service.work, {CHANNEL: bot}, service.i18n, clock, sleep=sleep)
    with pytest.raises(asyncio.CancelledError):
        await telling.run()
    assert "could not be told what was joined" in caplog.text
    assert giver.screen.text.startswith(TOLD)
