"""The stand-in behaves as Telegram does, as far as a bot can tell."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates, SendPhoto, TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    MenuButtonCommands,
)
from aiohttp import ClientSession, web
from PIL import Image

from tests.telegram import faults
from tests.telegram.person import NoSuchButtonError, Person, SilenceError
from tests.telegram.standin import Standin


def picture(width: int = 8, height: int = 6) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG")
    return out.getvalue()


def keyboard(*rows: tuple[str, ...], data: str = "x") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=t, callback_data=data) for t in r] for r in rows
        ]
    )


@pytest.fixture
def person(telegram: Standin) -> Person:
    return telegram.person(started=True)


async def raw(telegram: Standin, method: str, **fields: str) -> dict[str, Any]:
    async with (
        ClientSession() as session,
        session.post(f"{telegram.url}/bot{telegram.token}/{method}", data=fields) as response,
    ):
        answer: dict[str, Any] = await response.json()
        return answer


async def description(call: TelegramMethod[Any], bot: Bot) -> str:
    with pytest.raises(TelegramAPIError) as raised:
        await bot(call)
    return raised.value.message


# Calls that break the rules.


@pytest.mark.parametrize(
    ("method", "fields", "complaint"),
    [
        ("sendMesage", {}, "Not Found"),
        ("sendMessage", {"text": "x"}, "parameter chat_id is required"),
        ("sendMessage", {"chat_id": "1"}, "message text is empty"),
        ("sendMessage", {"chat_id": "1", "text": " "}, "message text is empty"),
        ("sendMessage", {"chat_id": "1", "text": "x", "txet": "y"}, "unknown parameter txet"),
        (
            "sendMessage",
            {"chat_id": "1", "text": "x", "protect_content": "maybe"},
            "protect_content: expected Boolean as JSON",
        ),
        (
            "editMessageText",
            {"chat_id": "1", "message_id": "1.5", "text": "x"},
            "message_id: expected an Integer",
        ),
        (
            "setMyCommands",
            {"commands": '[{"command": "start"}]'},
            "commands: 0: BotCommand needs description",
        ),
        (
            "sendMessage",
            {"chat_id": "1", "text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ("sendMessage", {"chat_id": "1", "text": "x" * 4097}, "message is too long"),
        (
            "sendGame",
            {"chat_id": "1", "game_short_name": "x"},
            "the stand-in does not play sendGame",
        ),
        (
            "sendChatAction",
            {"chat_id": "1", "action": "think"},
            "wrong parameter action in request",
        ),
        (
            "setMyShortDescription",
            {"short_description": "x" * 121},
            "short_description is too long",
        ),
        (
            "setMyCommands",
            {"commands": '[{"command": "Start", "description": "x"}]'},
            "BOT_COMMAND_INVALID",
        ),
        (
            "setWebhook",
            {"url": "http://example.kz/x"},
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            "setWebhook",
            {"url": "https://example.kz", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
    ],
)
async def test_a_call_that_breaks_the_description_or_a_limit_is_refused_and_noted(
    telegram: Standin, method: str, fields: dict[str, str], complaint: str
) -> None:
    answer = await raw(telegram, method, **fields)
    assert answer["ok"] is False
    assert answer["description"].removeprefix("Bad Request: ") == complaint
    assert telegram.violations == [f"{method}: {answer['description']}"]


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        (keyboard(*[tuple("abcdefghi")]), "reply markup is too long"),
        (keyboard(*[("a",)] * 101), "reply markup is too long"),
        (keyboard(("a",), data="қ" * 33), "BUTTON_DATA_INVALID"),
        (keyboard((" ",)), "text must be non-empty"),
        (
            InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="a")]]),
            "exactly one kind of action",
        ),
        (
            InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="a", url="a.kz")]]),
            "is invalid",
        ),
    ],
)
async def test_a_keyboard_beyond_the_limits_is_refused(
    telegram: Standin,
    plain_bot: Bot,
    person: Person,
    markup: InlineKeyboardMarkup,
    complaint: str,
) -> None:
    with pytest.raises(TelegramBadRequest, match=complaint):
        await plain_bot.send_message(person.id, "x", reply_markup=markup)
    assert len(telegram.violations) == 1


async def test_eight_buttons_in_a_row_and_a_hundred_in_all_are_allowed(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    rows = [tuple("abcdefgh")] * 12 + [tuple("abcd")]
    await plain_bot.send_message(person.id, "x" * 4096, reply_markup=keyboard(*rows))
    assert len(person.screen.buttons) == 100
    assert telegram.violations == []


async def test_the_limit_of_a_text_counts_what_is_seen_not_the_marks(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    await plain_bot.send_message(person.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert telegram.violations == []
    with pytest.raises(TelegramBadRequest, match="too long"):
        await plain_bot.send_message(person.id, "👍" * 2049)


async def test_another_token_is_refused(telegram: Standin) -> None:
    async with (
        ClientSession() as session,
        session.post(f"{telegram.url}/bot1:other/getMe") as response,
    ):
        assert response.status == 401


# Messages.


async def test_a_person_sees_the_newest_message_as_it_was_sent(
    plain_bot: Bot, person: Person
) -> None:
    sent = await plain_bot.send_message(
        person.id,
        "<b>Сәлем</b>",
        parse_mode="HTML",
        reply_markup=keyboard(("Иә", "Жоқ"), ("Мәзір",)),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.text == "Сәлем"
    assert sent.from_user is not None
    assert sent.from_user.is_bot
    assert person.screen.text == "Сәлем"
    assert person.screen.html == "<b>Сәлем</b>"
    assert person.screen.buttons == ("Иә", "Жоқ", "Мәзір")


async def test_an_edit_changes_the_message_and_the_same_again_is_no_edit(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    sent = await plain_bot.send_message(person.id, "бір")
    edited = await plain_bot.edit_message_text(
        "екі", chat_id=person.id, message_id=sent.message_id, reply_markup=keyboard(("Иә",))
    )
    assert edited.edit_date  # type: ignore[union-attr]
    assert person.screen.text == "екі"
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await plain_bot.edit_message_text(
            "екі", chat_id=person.id, message_id=sent.message_id, reply_markup=keyboard(("Иә",))
        )
    await plain_bot.edit_message_reply_markup(chat_id=person.id, message_id=sent.message_id)
    assert person.screen.buttons == ()
    assert telegram.violations == []


async def test_what_is_not_there_can_be_neither_edited_nor_deleted(
    plain_bot: Bot, person: Person
) -> None:
    sent = await plain_bot.send_message(person.id, "бір")
    await plain_bot.delete_message(person.id, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await plain_bot.edit_message_text("x", chat_id=person.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await plain_bot.delete_message(person.id, sent.message_id)
    assert person.history == []


async def test_an_old_message_can_not_be_deleted(plain_bot: Bot, person: Person) -> None:
    sent = await plain_bot.send_message(person.id, "бір")
    person.chat.messages[sent.message_id].too_old = True
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await plain_bot.delete_message(person.id, sent.message_id)


async def test_many_messages_are_deleted_at_once(plain_bot: Bot, person: Person) -> None:
    numbers = [(await plain_bot.send_message(person.id, str(n))).message_id for n in range(3)]
    await plain_bot.delete_messages(person.id, [*numbers[:2], 999])
    assert [screen.text for screen in person.history] == ["2"]


async def test_text_and_caption_are_edited_by_different_methods(
    plain_bot: Bot, person: Person
) -> None:
    text = await plain_bot.send_message(person.id, "бір")
    photo = await plain_bot.send_photo(person.id, BufferedInputFile(picture(), "a.jpg"))
    with pytest.raises(TelegramBadRequest, match="there is no caption"):
        await plain_bot.edit_message_caption(
            chat_id=person.id, message_id=text.message_id, caption="x"
        )
    with pytest.raises(TelegramBadRequest, match="there is no text"):
        await plain_bot.edit_message_text("x", chat_id=person.id, message_id=photo.message_id)
    await plain_bot.edit_message_caption(
        chat_id=person.id, message_id=photo.message_id, caption="сурет"
    )
    assert person.screen.text == "сурет"
    assert person.screen.file == picture()


async def test_a_picture_can_be_sent_again_by_its_id_and_be_replaced(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    first = await plain_bot.send_photo(
        person.id, BufferedInputFile(picture(), "a.jpg"), caption="<i>бір</i>", parse_mode="HTML"
    )
    assert first.photo is not None
    again = await plain_bot.send_photo(person.id, first.photo[-1].file_id)
    assert again.photo is not None
    assert again.photo[-1].file_id == first.photo[-1].file_id
    other = BufferedInputFile(picture(20, 10), "b.jpg")
    await plain_bot.edit_message_media(
        InputMediaPhoto(media=other, caption="екі"),
        chat_id=person.id,
        message_id=again.message_id,
    )
    assert person.screen.file == picture(20, 10)
    assert person.screen.text == "екі"
    assert telegram.violations == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (b"x" * (10 * 1024 * 1024 + 1), "too big for a photo"),
    ],
)
async def test_a_photo_must_be_a_picture_of_bearable_size(
    plain_bot: Bot, person: Person, content: bytes, complaint: str
) -> None:
    call = SendPhoto(chat_id=person.id, photo=BufferedInputFile(content, "a.jpg"))
    assert complaint in await description(call, plain_bot)


async def test_a_caption_is_shorter_than_a_text(plain_bot: Bot, person: Person) -> None:
    file = BufferedInputFile(b"a,b", "a.csv")
    await plain_bot.send_document(person.id, file, caption="x" * 1024)
    assert person.screen.content["document"]["file_name"] == "a.csv"
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await plain_bot.send_document(person.id, file, caption="x" * 1025)


async def test_an_album_holds_two_to_ten_pictures(plain_bot: Bot, person: Person) -> None:
    one = InputMediaPhoto(media=BufferedInputFile(picture(), "a.jpg"))
    sent = await plain_bot.send_media_group(person.id, [one, one])
    assert sent[0].media_group_id == sent[1].media_group_id is not None
    with pytest.raises(TelegramBadRequest, match="2-10"):
        await plain_bot.send_media_group(person.id, [one])


async def test_what_a_person_sent_can_be_downloaded_up_to_a_limit(
    plain_bot: Bot, telegram: Standin, person: Person
) -> None:
    await person.sends_photo(picture(), "менің суретім", wait=False)
    (update,) = await plain_bot.get_updates()
    assert update.message is not None
    assert update.message.photo is not None
    assert update.message.caption == "менің суретім"
    downloaded = await plain_bot.download(update.message.photo[-1])
    assert downloaded is not None
    assert downloaded.read() == picture()
    telegram.methods.new_file(b"x" * (20 * 1024 * 1024 + 1), "document")
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await plain_bot.get_file("document-3")


async def test_places_and_actions_reach_the_chat(plain_bot: Bot, person: Person) -> None:
    await plain_bot.send_chat_action(person.id, "typing")
    await plain_bot.send_location(person.id, 50.25, 58.43)
    assert person.chat.actions == ["typing"]
    assert person.screen.content["location"] == {"latitude": 50.25, "longitude": 58.43}
    with pytest.raises(TelegramBadRequest, match="coordinates"):
        await plain_bot.send_location(person.id, 91, 0)


# Who may be written to.


async def test_a_bot_writes_only_to_those_who_wrote_and_did_not_block_it(
    telegram: Standin, plain_bot: Bot
) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await plain_bot.send_message(5, "x")
    person = telegram.person(5)
    with pytest.raises(TelegramForbiddenError, match="can't initiate"):
        await plain_bot.send_message(5, "x")
    await person.says("/start", wait=False)
    await plain_bot.send_message(5, "x")
    person.blocks()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await plain_bot.send_message(5, "x")
    person.unblocks()
    await plain_bot.send_message(5, "x")
    person.leaves_telegram()
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await plain_bot.send_message(5, "x")
    updates = await plain_bot.get_updates()
    assert [update.event_type for update in updates] == [
        "message",
        "my_chat_member",
        "my_chat_member",
    ]


# Updates by polling.


async def test_updates_stay_until_a_higher_offset_confirms_them(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    for text in ("бір", "екі", "үш"):
        await person.says(text, wait=False)
    first = await plain_bot.get_updates(limit=2)
    again = await plain_bot.get_updates(limit=2)
    assert [u.update_id for u in first] == [u.update_id for u in again]
    rest = await plain_bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["үш"]
    assert await plain_bot.get_updates(offset=rest[-1].update_id + 1) == []
    assert telegram.methods.arrivals.waiting == ()


async def test_a_negative_offset_forgets_all_but_the_last(plain_bot: Bot, person: Person) -> None:
    for text in ("бір", "екі", "үш"):
        await person.says(text, wait=False)
    (last,) = await plain_bot.get_updates(offset=-1)
    assert last.message is not None
    assert last.message.text == "үш"


async def test_a_long_poll_ends_as_soon_as_something_arrives(
    plain_bot: Bot, person: Person
) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(plain_bot(GetUpdates(timeout=30)))
        await person.says("/start p_12", wait=False)
    (update,) = poll.result()
    assert update.message is not None
    assert update.message.text == "/start p_12"
    assert update.message.from_user is not None
    assert update.message.from_user.language_code == "ru"


async def test_a_second_poll_ends_the_first_with_a_conflict(
    telegram: Standin, plain_bot: Bot
) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(description(GetUpdates(timeout=30), plain_bot))
        await telegram.methods.arrivals.polled.wait()
        await plain_bot.get_updates()
    assert "terminated by other getUpdates request" in first.result()


async def test_only_the_kinds_that_were_asked_for_arrive(plain_bot: Bot, person: Person) -> None:
    await plain_bot.get_updates(allowed_updates=["callback_query"])
    await person.says("бір", wait=False)
    assert await plain_bot.get_updates() == []
    await plain_bot.get_updates(allowed_updates=["message", "edited_message"])
    await person.says("екі", wait=False)
    await person.edits("үш")
    assert [u.event_type for u in await plain_bot.get_updates()] == ["message", "edited_message"]


async def test_an_update_can_come_twice_and_out_of_order(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    telegram.repeat_next_updates()
    await person.says("бір", wait=False)
    (first,) = await plain_bot.get_updates()
    (again,) = await plain_bot.get_updates(offset=first.update_id + 1)
    assert again.update_id == first.update_id
    assert await plain_bot.get_updates(offset=first.update_id + 1) == []
    telegram.hold_updates()
    await person.says("екі", wait=False)
    await person.says("үш", wait=False)
    assert await plain_bot.get_updates(offset=first.update_id + 1) == []
    telegram.release_updates(reverse=True)
    came = await plain_bot.get_updates(offset=first.update_id + 1)
    assert [u.message.text for u in came if u.message] == ["үш", "екі"]


# Updates by webhook.


class Receiver:
    """A bot's web server that answers with what the test says."""

    def __init__(self) -> None:
        """Say yes until told otherwise."""
        self.answers: list[int] = []
        self.came: asyncio.Queue[tuple[dict[str, Any], str | None]] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.came.put_nowait((await request.json(), secret))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield receiver, f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def test_a_webhook_gets_each_update_until_it_says_yes(
    plain_bot: Bot, person: Person, receiver: tuple[Receiver, str]
) -> None:
    hook, url = receiver
    hook.answers = [500, 503]
    await plain_bot.set_webhook(url, secret_token="s3cret", max_connections=1)
    await person.says("бір", wait=False)
    came = [await hook.came.get() for _ in range(3)]
    assert {update["update_id"] for update, _ in came} == {came[0][0]["update_id"]}
    assert {secret for _, secret in came} == {"s3cret"}
    await person.says("екі", wait=False)
    assert (await hook.came.get())[0]["message"]["text"] == "екі"
    assert (await plain_bot.get_webhook_info()).url == url


async def test_while_there_is_a_webhook_polling_is_a_conflict(
    plain_bot: Bot, receiver: tuple[Receiver, str]
) -> None:
    await plain_bot.set_webhook(receiver[1])
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await plain_bot.get_updates()
    await plain_bot.delete_webhook()
    assert await plain_bot.get_updates() == []


async def test_a_webhook_that_is_down_leaves_updates_waiting(
    plain_bot: Bot, person: Person
) -> None:
    await plain_bot.set_webhook("http://127.0.0.1:9/hook", max_connections=1)
    await person.says("бір", wait=False)
    while not (info := await plain_bot.get_webhook_info()).last_error_message:
        pass
    assert info.pending_update_count == 1
    assert "Connection refused" in str(info.last_error_message)


# Presses.


async def answer_presses(bot: Bot, text: str) -> None:
    """Answer the first press."""
    while True:
        for update in await bot(GetUpdates(timeout=5)):
            if update.callback_query is not None:
                await bot.answer_callback_query(update.callback_query.id, text, show_alert=True)
                return


async def test_a_press_waits_for_its_answer(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    await plain_bot.send_message(person.id, "x", reply_markup=keyboard(("Иә",), data="yes"))
    async with asyncio.TaskGroup() as group:
        group.create_task(answer_presses(plain_bot, "Қабылданды"))
        await person.presses("Иә")
    assert [(a.text, a.show_alert) for a in person.alerts] == [("Қабылданды", True)]
    assert telegram.unanswered == []


async def test_a_press_without_answer_is_silence(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    telegram.patience = 0.01
    await plain_bot.send_message(person.id, "x", reply_markup=keyboard(("Иә",)))
    with pytest.raises(SilenceError):
        await person.presses("Иә")
    with pytest.raises(SilenceError):
        await person.says("бар ма?")
    assert len(telegram.unanswered) == 1


async def test_a_press_can_be_on_an_older_message_or_one_that_is_gone(
    plain_bot: Bot, person: Person
) -> None:
    sent = await plain_bot.send_message(person.id, "x", reply_markup=keyboard(("Иә",), data="old"))
    seen = person.screen
    await plain_bot.send_message(person.id, "y", reply_markup=keyboard(("Жоқ",)))
    await person.presses("Иә", wait=False)
    await plain_bot.delete_message(person.id, sent.message_id)
    await person.presses("Иә", on=seen, wait=False)
    with pytest.raises(NoSuchButtonError, match="there is: Жоқ"):
        await person.presses("Иә", wait=False)
    first, second = [u.callback_query for u in await plain_bot.get_updates()]
    assert first is not None
    assert first.data == "old"
    assert second is not None
    assert type(second.message).__name__ == "InaccessibleMessage"


async def test_an_unknown_or_old_press_can_not_be_answered(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await plain_bot.answer_callback_query("1")
    await plain_bot.send_message(person.id, "x", reply_markup=keyboard(("Иә",)))
    await person.presses("Иә", wait=False)
    telegram.expire_queries()
    (update,) = await plain_bot.get_updates()
    assert update.callback_query is not None
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await plain_bot.answer_callback_query(update.callback_query.id)


# How the bot presents itself.


async def test_what_the_bot_says_of_itself_is_kept_for_each_language(
    telegram: Standin, plain_bot: Bot
) -> None:
    scope = BotCommandScopeAllPrivateChats()
    command = BotCommand(command="start", description="Бастау")
    await plain_bot.set_my_commands([command], scope, "kk")
    (kept,) = await plain_bot.get_my_commands(scope, "kk")
    assert (kept.command, kept.description) == ("start", "Бастау")
    assert await plain_bot.get_my_commands(scope) == []
    await plain_bot.set_my_description("О городе")
    await plain_bot.set_my_description("Қала туралы", "kk")
    assert (await plain_bot.get_my_description("kk")).description == "Қала туралы"
    assert (await plain_bot.get_my_description("en")).description == "О городе"
    await plain_bot.set_my_name("Дауыс", "kk")
    assert (await plain_bot.get_my_name("kk")).name == "Дауыс"
    assert (await plain_bot.get_my_name()).name == "Dauys"
    await plain_bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await plain_bot.get_chat_menu_button()).type == "commands"
    assert telegram.violations == []


# Faults.


async def test_faults_come_as_often_as_asked_and_only_where_asked(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    telegram.faults.add(faults.too_many_requests(7), times=2, method="sendMessage")
    await plain_bot.send_chat_action(person.id, "typing")
    for _ in range(2):
        with pytest.raises(TelegramRetryAfter) as raised:
            await plain_bot.send_message(person.id, "x")
        assert raised.value.retry_after == 7
    await plain_bot.send_message(person.id, "x")
    telegram.faults.add(faults.blocked(), chat_id=person.id + 1)
    await plain_bot.send_message(person.id, "x")
    telegram.faults.clear()
    assert telegram.violations == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.blocked(), TelegramForbiddenError),
        (faults.server_error(), TelegramServerError),
        (faults.gateway_page(), ClientDecodeError),
        (faults.call_lost(), TelegramNetworkError),
    ],
)
async def test_a_fault_keeps_the_call_from_being_carried_out(
    telegram: Standin, plain_bot: Bot, person: Person, fault: faults.Fault, error: type[Exception]
) -> None:
    telegram.faults.add(fault)
    with pytest.raises(error):
        await plain_bot.send_message(person.id, "x")
    assert person.history == []


async def test_an_answer_can_be_lost_after_the_call_was_carried_out(
    telegram: Standin, plain_bot: Bot, person: Person
) -> None:
    telegram.faults.add(faults.answer_lost())
    with pytest.raises(TelegramNetworkError):
        await plain_bot.send_message(person.id, "x")
    assert person.screen.text == "x"
    assert telegram.calls[-1].status == 0


async def test_a_pace_can_be_demanded(plain_bot: Bot, telegram: Standin, person: Person) -> None:
    telegram._most_per_second = 2
    await plain_bot.send_message(person.id, "1")
    await plain_bot.send_message(person.id, "2")
    with pytest.raises(TelegramRetryAfter):
        await plain_bot.send_message(person.id, "3")


async def test_a_pace_in_each_chat_can_be_demanded(
    plain_bot: Bot, telegram: Standin, person: Person
) -> None:
    telegram.permits(30, in_chat=(1, 60.0), in_group=(1, 60.0))
    other = telegram.person(started=True)
    await plain_bot.send_message(person.id, "1")
    await plain_bot.send_message(other.id, "1")
    with pytest.raises(TelegramRetryAfter):
        await plain_bot.send_message(person.id, "2")


async def test_a_wrong_token_at_start_is_unauthorised(telegram: Standin, plain_bot: Bot) -> None:
    telegram.token = "1:another"
    with pytest.raises(TelegramUnauthorizedError):
        await plain_bot.get_me()
