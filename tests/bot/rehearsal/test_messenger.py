"""The simulated messenger refuses what Telegram refuses, and counts it."""

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageText,
    SendDocument,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.rehearsal.account import PlaceAccount
from bot.rehearsal.messenger import (
    BURST,
    MOST_A_SECOND,
    MOST_IN_PUBLIC,
    PAUSE,
    SECOND,
    Messenger,
    Purpose,
)
from bot.rehearsal.places import PLACES
from tests.fakes import FrozenClock

PERSON = 1001


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def messenger(clock: FrozenClock) -> Messenger:
    """A messenger to which one person has written."""
    made = Messenger(clock)
    made.phone(PERSON).started = True
    return made


@pytest.fixture
def bot(messenger: Messenger) -> Bot:
    return messenger.bot(Purpose.NEWS)


def send(messenger: Messenger, bot: Bot, text: str = "Сәлем", chat_id: int = PERSON) -> Message:
    sent = messenger.play(SendMessage(chat_id=chat_id, text=text), bot, Purpose.NEWS)
    assert isinstance(sent, Message)
    return sent


def test_news_that_came_is_noted_with_its_words(messenger: Messenger, bot: Bot) -> None:
    assert send(messenger, bot, "a &lt; b").text == "a < b"
    assert [(told.chat_id, told.html) for told in messenger.traffic.told] == [(PERSON, "a &lt; b")]


@pytest.mark.parametrize(
    ("html", "notices"),
    [
        ("<b>Budget</b>\n\nBring:\n1. <b>tea</b>\n2. <b>sugar</b>", 1),
        ("1. <b>Budget</b>\n\nWords\n\n2. <b>Draft</b>\n\nWords", 2),
        ("1. <b>Budget</b>\n\nSince:\n7. <b>May</b>\n\n2. <b>Draft</b>\n\n3. <b>Town</b>", 3),
    ],
    ids=["a list in one", "two", "numbers in between"],
)
def test_the_numbers_in_a_message_tell_how_much_news_it_is(
    messenger: Messenger, bot: Bot, html: str, notices: int
) -> None:
    send(messenger, bot, html)
    assert messenger.traffic.told[0].notices == notices


@pytest.mark.parametrize(
    "method",
    [
        SendMessage(chat_id=PERSON, text=" "),
        SendMessage(chat_id=PERSON, text="x" * 4097),
        SendMessage(chat_id=PERSON, text="<b>half", parse_mode="HTML"),
        AnswerCallbackQuery(callback_query_id="never pressed"),
    ],
    ids=["empty", "too long", "broken html", "no such press"],
)
def test_a_call_that_breaks_a_limit_is_refused_and_counted(
    messenger: Messenger, bot: Bot, method: TelegramMethod[object]
) -> None:
    with pytest.raises(TelegramBadRequest):
        messenger.play(method, bot, Purpose.REPLY)
    assert sum(messenger.traffic.broken.values()) == 1


def test_whoever_never_wrote_cannot_be_written_to(messenger: Messenger, bot: Bot) -> None:
    with pytest.raises(TelegramForbiddenError):
        send(messenger, bot, chat_id=PERSON + 1)
    assert sum(messenger.traffic.broken.values()) == 1


def test_whoever_blocked_the_service_is_out_of_reach_without_fault(
    messenger: Messenger, bot: Bot
) -> None:
    heard: list[int] = []
    messenger.on_refused = heard.append
    messenger.phone(PERSON).blocked = True
    with pytest.raises(TelegramForbiddenError):
        send(messenger, bot)
    assert heard == [PERSON]
    assert not messenger.traffic.broken


def test_one_chat_takes_one_message_a_second_after_a_few(
    messenger: Messenger, bot: Bot, clock: FrozenClock
) -> None:
    for _ in range(BURST):
        send(messenger, bot)
    with pytest.raises(TelegramRetryAfter):
        send(messenger, bot)
    clock.move(SECOND)
    send(messenger, bot)


def test_too_much_at_once_closes_the_messenger_for_everyone(
    messenger: Messenger, bot: Bot, clock: FrozenClock
) -> None:
    for person in range(MOST_A_SECOND + 1):
        messenger.phone(person).started = True
    for person in range(MOST_A_SECOND):
        send(messenger, bot, chat_id=person)
    with pytest.raises(TelegramRetryAfter) as refused:
        send(messenger, bot, chat_id=MOST_A_SECOND)
    assert refused.value.retry_after == PAUSE
    clock.move(SECOND)
    with pytest.raises(TelegramRetryAfter):
        send(messenger, bot, chat_id=MOST_A_SECOND)
    assert sum(messenger.traffic.broken.values()) == 1, "a pause that was asked for was not kept"
    clock.move(PAUSE * SECOND)
    send(messenger, bot, chat_id=MOST_A_SECOND)


def test_a_message_is_edited_in_place_unless_nothing_changes(
    messenger: Messenger, bot: Bot
) -> None:
    number = send(messenger, bot, "before").message_id
    edit = EditMessageText(chat_id=PERSON, message_id=number, text="after")
    messenger.play(edit, bot, Purpose.REPLY)
    assert messenger.phone(PERSON).bubbles[number].message.text == "after"
    with pytest.raises(TelegramBadRequest, match="not modified"):
        messenger.play(edit, bot, Purpose.REPLY)


def test_an_old_message_cannot_be_deleted(
    messenger: Messenger, bot: Bot, clock: FrozenClock
) -> None:
    number = send(messenger, bot).message_id
    clock.move(49 * 3600 * SECOND)
    with pytest.raises(TelegramBadRequest):
        messenger.play(DeleteMessage(chat_id=PERSON, message_id=number), bot, Purpose.REPLY)
    assert not messenger.traffic.broken


def test_replies_are_not_counted_like_news(messenger: Messenger) -> None:
    bot = messenger.bot(Purpose.REPLY)
    for person in range(2 * MOST_A_SECOND):
        messenger.phone(person).started = True
        messenger.play(SendMessage(chat_id=person, text="Сәлем"), bot, Purpose.REPLY)
    assert not messenger.traffic.pauses


def test_a_group_takes_twenty_messages_a_minute(
    messenger: Messenger, bot: Bot, clock: FrozenClock
) -> None:
    group = PLACES[0]
    messenger.open(group)
    for _ in range(MOST_IN_PUBLIC):
        sent = send(messenger, bot, chat_id=group.number)
        clock.move(2 * SECOND)
    assert sent.chat.title == group.title
    with pytest.raises(TelegramRetryAfter) as asked:
        send(messenger, bot, chat_id=group.number)
    assert asked.value.retry_after == 20
    clock.move(20 * SECOND)
    send(messenger, bot, chat_id=group.number)
    assert len(messenger.traffic.posted) == MOST_IN_PUBLIC + 1
    assert messenger.traffic.told == []


def test_nobody_presses_a_button_before_everybody(messenger: Messenger, bot: Bot) -> None:
    messenger.open(PLACES[0])

    def with_button(button: InlineKeyboardButton) -> SendMessage:
        markup = InlineKeyboardMarkup(inline_keyboard=[[button]])
        return SendMessage(chat_id=PLACES[0].number, text="Су", reply_markup=markup)

    link = InlineKeyboardButton(text="Ашу", url="https://t.me/bot?start=n_1")
    press = InlineKeyboardButton(text="Ашу", callback_data="go:n_1")
    messenger.play(with_button(link), bot, Purpose.NEWS)
    with pytest.raises(TelegramBadRequest):
        messenger.play(with_button(press), bot, Purpose.NEWS)
    assert sum(messenger.traffic.broken.values()) == 1


async def test_a_file_that_somebody_sent_is_fetched_and_sent_again(
    messenger: Messenger, bot: Bot
) -> None:
    name = messenger.upload(b"a;b")
    fetched = await bot.download(name)
    assert fetched is not None
    assert fetched.read() == b"a;b"
    sent = messenger.play(SendDocument(chat_id=PERSON, document=name), bot, Purpose.NEWS)
    assert isinstance(sent, Message)
    assert sent.document is not None
    assert sent.document.file_id == name
    with pytest.raises(TelegramBadRequest):
        await bot.download("unknown")
    with pytest.raises(TelegramBadRequest):
        messenger.play(SendDocument(chat_id=PERSON, document="unknown"), bot, Purpose.NEWS)


@pytest.mark.parametrize(
    ("messages", "reached", "missed", "accounted"),
    [(2, 2, [], True), (2, 1, [], False), (1, 2, [], False), (2, 2, [7], False)],
    ids=["all", "lost", "twice", "left out"],
)
def test_a_place_is_accounted_for_when_all_is_there_once(
    messages: int, reached: int, missed: list[int], *, accounted: bool
) -> None:
    assert PlaceAccount(PLACES[0], {}, messages, reached, missed).accounted is accounted
