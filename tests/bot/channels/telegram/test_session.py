"""A reply reaches the person in spite of passing trouble; news leave trouble to the ledger."""

import gc
import logging
from urllib.parse import parse_qsl
from weakref import ref

import pytest
from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, SendMessage
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
)

from bot.channels.telegram.session import LONGEST_PAUSE, PAUSES, news_bot
from tests.bot.channels.telegram.conftest import Pauses
from tests.telegram import faults
from tests.telegram.person import Person
from tests.telegram.standin import Standin

YES = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Иә", callback_data="yes")]]
)


@pytest.fixture
def person(telegram: Standin) -> Person:
    return telegram.person(started=True)


async def test_html_is_the_default_and_links_are_not_previewed(
    telegram: Standin, bot: Bot, person: Person
) -> None:
    await bot.send_message(person.id, '<b>Бюджет</b>: <a href="https://e.gov.kz">ашу</a>')
    assert person.screen.text == "Бюджет: ашу"
    assert person.screen.content["link_preview_options"] == {"is_disabled": True}
    assert telegram.violations == []


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        (faults.too_many_requests(3), 3),
        (faults.server_error(500), PAUSES[0]),
        (faults.gateway_page(504), PAUSES[0]),
        (faults.call_lost(), PAUSES[0]),
    ],
)
async def test_after_passing_trouble_a_reply_arrives_exactly_once(
    telegram: Standin,
    bot: Bot,
    person: Person,
    pauses: Pauses,
    fault: faults.Fault,
    pause: float,
) -> None:
    telegram.faults.add(fault)
    await bot.send_message(person.id, "Қабылданды")
    assert [screen.text for screen in person.history] == ["Қабылданды"]
    assert pauses.seconds == [pause]


async def test_pauses_grow_and_end(
    telegram: Standin, bot: Bot, person: Person, pauses: Pauses
) -> None:
    telegram.faults.add(faults.server_error(), times=len(PAUSES) + 1)
    with pytest.raises(TelegramServerError):
        await bot.send_message(person.id, "x")
    assert pauses.seconds == list(PAUSES)
    assert telegram.counts["sendMessage"] == len(PAUSES) + 1
    await bot.send_message(person.id, "x")


async def test_a_reply_whose_answer_was_lost_is_sent_again_rather_than_risked(
    telegram: Standin, bot: Bot, person: Person
) -> None:
    telegram.faults.add(faults.answer_lost())
    await bot.send_message(person.id, "Қабылданды")
    assert [screen.text for screen in person.history] == ["Қабылданды"] * 2


async def test_a_press_whose_answer_was_lost_is_answered_again(
    telegram: Standin, bot: Bot, person: Person
) -> None:
    await bot.send_message(person.id, "x", reply_markup=YES)
    await person.presses("Иә", wait=False)
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    telegram.faults.add(faults.answer_lost())
    await bot.answer_callback_query(update.callback_query.id, "Рақмет")
    assert [alert.text for alert in person.alerts] == ["Рақмет"]


async def test_a_picture_can_be_sent_a_second_time(
    telegram: Standin, bot: Bot, person: Person
) -> None:
    telegram.faults.add(faults.server_error())
    await bot.send_document(person.id, BufferedInputFile(b"a,b\n1,2\n", "a.csv"))
    assert person.screen.file == b"a,b\n1,2\n"


async def test_a_long_pause_is_not_waited_for_and_its_error_names_nobody(
    telegram: Standin, bot: Bot, person: Person, pauses: Pauses
) -> None:
    telegram.faults.add(faults.too_many_requests(LONGEST_PAUSE + 1))
    with pytest.raises(TelegramRetryAfter) as raised:
        await bot.send_message(person.id, "x")
    assert raised.value.retry_after == LONGEST_PAUSE + 1
    assert str(person.id) not in str(raised.value)
    assert pauses.seconds == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.blocked(), TelegramForbiddenError),
        (faults.Fault(400, "Bad Request: chat not found"), TelegramBadRequest),
        (faults.Fault(413, "Request Entity Too Large"), TelegramEntityTooLarge),
    ],
)
async def test_what_will_not_pass_is_raised_at_once(
    telegram: Standin,
    bot: Bot,
    person: Person,
    pauses: Pauses,
    fault: faults.Fault,
    error: type[Exception],
) -> None:
    telegram.faults.add(fault)
    with pytest.raises(error):
        await bot.send_message(person.id, "x")
    assert pauses.seconds == []
    assert telegram.counts["sendMessage"] == 1


async def test_asking_for_updates_is_left_to_the_polling_loop(
    telegram: Standin, bot: Bot, pauses: Pauses
) -> None:
    telegram.faults.add(faults.server_error())
    with pytest.raises(TelegramServerError):
        await bot.get_updates()
    assert pauses.seconds == []


async def test_an_answer_to_a_press_is_cut_to_what_telegram_shows(
    telegram: Standin, bot: Bot, person: Person
) -> None:
    await bot.send_message(person.id, "x", reply_markup=YES)
    await person.presses("Иә", wait=False)
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    await update.callback_query.answer("қ" * 150 + "👍" * 30)
    (alert,) = person.alerts
    assert alert.text == "қ" * 150 + "👍" * 24 + "…"
    assert telegram.violations == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.too_many_requests(1), TelegramRetryAfter),
        (faults.server_error(), TelegramServerError),
        (faults.gateway_page(), ClientDecodeError),
        (faults.call_lost(), TelegramNetworkError),
    ],
)
async def test_news_are_not_repeated_behind_the_ledgers_back(
    telegram: Standin, person: Person, fault: faults.Fault, error: type[Exception]
) -> None:
    bot = news_bot(telegram.token, telegram.url)
    telegram.faults.add(fault)
    with pytest.raises(error):
        await bot.send_message(person.id, "x")
    assert telegram.counts["sendMessage"] == 1
    await bot.session.close()


async def test_what_reads_answers_outlives_a_collection_of_garbage(
    bot: Bot, person: Person
) -> None:
    await bot.send_message(person.id, "Бюджет")
    held = ref(Response[Message])
    gc.collect()
    assert held() is not None


def test_what_many_are_told_is_written_as_aiogram_writes_it() -> None:
    bot = news_bot("42:test", "http://127.0.0.1")
    no_preview = LinkPreviewOptions(is_disabled=True)
    messages = [
        SendMessage(chat_id=chat, text=text, reply_markup=keyboard, link_preview_options=preview)
        for text in ("Бюджет & 100 % + «ия»", "<b>Дауыс</b>")
        for keyboard in (YES, None)
        for preview in (no_preview, Default("link_preview"))
        for chat in (7, -1_000_000_000_001, "@khromtau")
    ]
    for _time in range(2):
        for message in messages:
            ours = bot.session.build_form_data(bot, message)  # type: ignore[attr-defined]
            theirs = AiohttpSession.build_form_data(bot.session, bot, message)()  # type: ignore[arg-type]
            assert parse_qsl(ours.decode()) == parse_qsl(theirs.decode())
            assert ours.content_type == theirs.content_type


async def test_the_log_holds_no_words_no_chat_and_no_token(
    telegram: Standin, bot: Bot, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.faults.add(faults.server_error())
    telegram.faults.add(faults.too_many_requests(1))
    await bot.send_message(person.id, "Құпия сөз")
    assert "SendMessage failed by TelegramServerError" in caplog.text
    assert "SendMessage failed by TelegramRetryAfter" in caplog.text
    for secret in ("Құпия", str(person.id), telegram.token):
        assert secret not in caplog.text
