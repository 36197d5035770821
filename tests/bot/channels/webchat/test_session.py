"""Every method of the Bot API that is used: method in, kept message and aiogram message out."""

from typing import Any

import pytest
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    DeleteMessage,
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    GetFile,
    SendDice,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.types.base import TelegramObject

from bot.channels.webchat.session import UnsupportedError
from storage.repositories.webchat import Keyboard
from tests.bot.channels.webchat.conftest import Chat
from tests.browser import picture
from tests.fakes import MORNING

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Yes", callback_data="yes"),
            InlineKeyboardButton(text="Site", url="https://example.org/"),
        ]
    ]
)
STORED_KEYS = [[{"label": "Yes", "data": "yes"}, {"label": "Site", "url": "https://example.org/"}]]
NOBODY = 999


def photo(width: int = 40) -> BufferedInputFile:
    return BufferedInputFile(picture(width), "chart.png")


async def test_a_text_is_kept_and_given_back_as_a_message(chat: Chat) -> None:
    sent = await chat.bot.send_message(chat.id, "<b>Hello</b> &amp; welcome", reply_markup=KEYS)

    (kept,) = await chat.shown()
    assert sent.message_id == kept.id
    assert sent.chat.id == chat.id
    assert sent.date == MORNING
    assert sent.text == "Hello & welcome"
    assert sent.reply_markup == KEYS
    assert kept.bubble.html == "<b>Hello</b> &amp; welcome"
    assert kept.bubble.keyboard == STORED_KEYS
    assert not kept.from_person


@pytest.mark.parametrize(
    ("text", "parse_mode", "kept"),
    [
        ("1 < 2\nyes", None, "1 &lt; 2\nyes"),
        ("<b>x</b>", None, "&lt;b&gt;x&lt;/b&gt;"),
        ("a<br>b<br/>c", "HTML", "a\nb\nc"),
        ("<script>alert(1)</script>x", "HTML", "x"),
        ("<img src=x onerror=alert(1)>x", "HTML", "x"),
        ("<b onclick='x()' style='x'>y</b>", ParseMode.HTML, "<b>y</b>"),
        ("<a href='javascript:alert(1)'>y</a>", "HTML", None),
        ("<tg-spoiler>y</tg-spoiler>", "HTML", "y"),
        ("<blockquote expandable>y</blockquote>", "HTML", "<blockquote>y</blockquote>"),
        ("<iframe src='x'>y</iframe>z", "HTML", "z"),
        ("<svg><style>x</style></svg>y", "HTML", "y"),
    ],
)
async def test_only_harmless_markup_is_kept(
    chat: Chat, text: str, parse_mode: str | None, kept: str | None
) -> None:
    await chat.bot.send_message(chat.id, text, parse_mode=parse_mode)

    (words,) = await chat.words()
    assert "javascript" not in words
    if kept is not None:
        assert words == kept


async def test_links_open_elsewhere_and_tell_nothing(chat: Chat) -> None:
    await chat.bot.send_message(chat.id, '<a href="https://example.org/?a=1&amp;b=2">there</a>')

    (words,) = await chat.words()
    assert 'href="https://example.org/?a=1&amp;b=2"' in words
    assert 'rel="noopener"' in words
    assert 'target="_blank"' in words


async def test_entities_become_markup(chat: Chat) -> None:
    await chat.bot.send_message(
        chat.id, "1 < bold", entities=[MessageEntity(type="bold", offset=4, length=4)]
    )

    assert await chat.words() == ["1 &lt; <b>bold</b>"]


async def test_a_photo_is_kept_with_its_size_and_given_back(chat: Chat) -> None:
    sent = await chat.bot.send_photo(chat.id, photo(), caption="<i>This</i> year")

    (kept,) = await chat.shown()
    assert sent.photo is not None
    assert (sent.photo[0].width, sent.photo[0].height) == (40, 30)
    assert (sent.caption, sent.text) == ("This year", None)
    assert kept.bubble.file_kind == "photo"
    content = await chat.bot.download(sent.photo[0].file_id)
    assert content is not None
    assert content.read() == picture()


async def test_a_photo_is_sent_again_by_its_id(chat: Chat) -> None:
    first = await chat.bot.send_photo(chat.id, photo())
    assert first.photo is not None
    again = await chat.bot.send_photo(chat.id, first.photo[0].file_id)

    assert again.photo == first.photo
    assert (await chat.bot.get_file(first.photo[0].file_id)).file_size == len(picture())


async def test_a_document_is_kept_under_its_name(chat: Chat) -> None:
    sent = await chat.bot.send_document(
        chat.id, BufferedInputFile(b"a;b", "../Отчёт\n2026.csv"), caption="Report"
    )

    assert sent.document is not None
    assert sent.document.file_name == "Отчёт 2026.csv"
    assert sent.document.mime_type == "text/csv"
    assert sent.document.file_size == 3
    assert sent.caption == "Report"


async def test_a_web_page_sent_as_a_document_stays_a_document(chat: Chat) -> None:
    sent = await chat.bot.send_document(
        chat.id, BufferedInputFile(b"<script>alert(1)</script>", "x.html")
    )

    assert sent.document is not None
    assert sent.document.mime_type == "application/octet-stream"


async def test_a_group_of_photos_is_one_message_each(chat: Chat) -> None:
    sent = await chat.bot.send_media_group(
        chat.id,
        [InputMediaPhoto(media=photo(10), caption="One"), InputMediaPhoto(media=photo(20))],
    )

    assert [message.caption for message in sent] == ["One", None]
    assert [message.id for message in await chat.shown()] == [m.message_id for m in sent]


async def test_a_place_is_a_link_to_a_map(chat: Chat) -> None:
    await chat.bot.send_location(chat.id, 50.2504, 58.4344)

    (words,) = await chat.words()
    assert "50.25040, 58.43440" in words
    assert "https://www.openstreetmap.org/?mlat=50.25040&amp;mlon=58.43440" in words


async def test_a_text_is_edited_in_place(chat: Chat) -> None:
    sent = await chat.bot.send_message(chat.id, "One", reply_markup=KEYS)
    edited = await chat.bot.edit_message_text(
        "<b>Two</b>", chat_id=chat.id, message_id=sent.message_id
    )

    assert edited is not True
    (kept,) = await chat.shown()
    assert (kept.id, kept.bubble.html, kept.bubble.keyboard) == (
        sent.message_id,
        "<b>Two</b>",
        None,
    )


async def test_a_caption_is_edited_and_the_photo_stays(chat: Chat) -> None:
    sent = await chat.bot.send_photo(chat.id, photo(), caption="One")
    edited = await chat.bot.edit_message_caption(
        chat_id=chat.id, message_id=sent.message_id, caption="Two", reply_markup=KEYS
    )

    assert not isinstance(edited, bool)
    assert (edited.caption, edited.photo) == ("Two", sent.photo)


async def test_a_text_becomes_a_photo_and_a_photo_a_document(chat: Chat) -> None:
    sent = await chat.bot.send_message(chat.id, "One")
    shown = await chat.bot.edit_message_media(
        InputMediaPhoto(media=photo(), caption="Two"),
        chat_id=chat.id,
        message_id=sent.message_id,
    )
    assert not isinstance(shown, bool)
    assert (shown.caption, shown.photo is not None) == ("Two", True)

    filed = await chat.bot.edit_message_media(
        InputMediaDocument(media=BufferedInputFile(b"1", "a.csv")),
        chat_id=chat.id,
        message_id=sent.message_id,
    )
    assert not isinstance(filed, bool)
    assert (filed.document is not None, filed.photo) == (True, None)


async def test_buttons_are_taken_away(chat: Chat) -> None:
    sent = await chat.bot.send_message(chat.id, "One", reply_markup=KEYS)
    await chat.bot.edit_message_reply_markup(chat_id=chat.id, message_id=sent.message_id)

    (kept,) = await chat.shown()
    assert (kept.bubble.html, kept.bubble.keyboard) == ("One", None)


async def test_a_deleted_message_is_gone(chat: Chat) -> None:
    sent = await chat.bot.send_message(chat.id, "One")
    assert await chat.bot.delete_message(chat.id, sent.message_id)

    assert await chat.shown() == []
    (left,) = await chat.chats.changes(chat.visitor, 0)
    assert (left.deleted, left.bubble.html) == (True, "")


async def test_an_answer_to_a_press_is_shown_when_it_says_something(chat: Chat) -> None:
    await chat.bot.answer_callback_query(f"{chat.id}:7")
    assert await chat.shown() == []

    await chat.bot.answer_callback_query(f"{chat.id}:7", text="<b>Counted</b>", show_alert=True)

    (kept,) = await chat.shown()
    assert kept.bubble.notice
    assert kept.bubble.html == "&lt;b&gt;Counted&lt;/b&gt;"


async def test_typing_is_not_kept(chat: Chat) -> None:
    assert await chat.bot.send_chat_action(chat.id, "typing")
    assert await chat.shown() == []


async def test_the_bot_knows_itself(chat: Chat) -> None:
    assert (await chat.bot.me()).is_bot


@pytest.mark.parametrize(
    ("markup", "stored"),
    [
        (ReplyKeyboardRemove(), None),
        (InlineKeyboardMarkup(inline_keyboard=[]), None),
        (
            ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Yes")]]),
            [[{"label": "Yes", "say": "Yes"}]],
        ),
    ],
)
async def test_other_keyboards(
    chat: Chat, markup: TelegramObject, stored: Keyboard | None
) -> None:
    sent = await chat.bot.send_message(chat.id, "One", reply_markup=markup)  # type: ignore[arg-type]

    (kept,) = await chat.shown()
    assert kept.bubble.keyboard == stored
    assert sent.reply_markup is None


async def test_what_is_refused_is_refused_as_on_telegram(chat: Chat) -> None:
    text = (await chat.bot.send_message(chat.id, "One", reply_markup=KEYS)).message_id
    shown = (await chat.bot.send_photo(chat.id, photo())).message_id
    one, nowhere = chat.id, 9999
    not_a_picture = BufferedInputFile(b"no", "a.png")
    cases: list[tuple[TelegramMethod[Any], str]] = [
        (SendMessage(chat_id=one, text=" <b></b>\n"), "message text is empty"),
        (SendMessage(chat_id=NOBODY, text="One"), "chat not found"),
        (SendMessage(chat_id="@name", text="One"), "chat not found"),
        (SendPhoto(chat_id=one, photo=not_a_picture), "IMAGE_PROCESS_FAILED"),
        (SendPhoto(chat_id=one, photo="https://example.org/a.png"), "wrong file identifier"),
        (
            EditMessageText(chat_id=one, message_id=text, text="One", reply_markup=KEYS),
            "message is not modified",
        ),
        (EditMessageText(chat_id=one, message_id=nowhere, text="Two"), "to edit not found"),
        (EditMessageText(chat_id=one, message_id=shown, text="Two"), "no text in the message"),
        (EditMessageText(chat_id=NOBODY, message_id=1, text="Two"), "chat not found"),
        (EditMessageText(chat_id=one, message_id=text), "message text is empty"),
        (EditMessageText(inline_message_id="x", text="Two"), "chat not found"),
        (EditMessageCaption(chat_id=one, message_id=text, caption="Two"), "no caption in the"),
        (EditMessageReplyMarkup(chat_id=one, message_id=shown), "message is not modified"),
        (DeleteMessage(chat_id=one, message_id=nowhere), "message to delete not found"),
        (DeleteMessage(chat_id=NOBODY, message_id=1), "message to delete not found"),
        (GetFile(file_id="no"), "wrong file_id"),
    ]
    for method, why in cases:
        with pytest.raises(TelegramBadRequest, match=why):
            await chat.bot(method)


async def test_a_notice_cannot_be_edited(chat: Chat) -> None:
    await chat.bot.answer_callback_query(f"{chat.id}:7", text="Counted")
    (kept,) = await chat.shown()

    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await chat.bot.edit_message_text("Two", chat_id=chat.id, message_id=kept.id)


def pressing(**kind: Any) -> InlineKeyboardMarkup:  # noqa: ANN401 - any kind of button
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Pay", **kind)]])


async def test_what_the_web_chat_does_not_have_is_named(chat: Chat) -> None:
    cases: list[tuple[TelegramMethod[Any], str]] = [
        (SendDice(chat_id=chat.id), "SendDice"),
        (SendMessage(chat_id=chat.id, text="*x*", parse_mode="MarkdownV2"), "MarkdownV2"),
        (
            SendMediaGroup(chat_id=chat.id, media=[InputMediaVideo(media=photo())]),
            "InputMediaVideo",
        ),
        (SendMessage(chat_id=chat.id, text="One", reply_markup=pressing(pay=True)), "Pay"),
        (SendMessage(chat_id=chat.id, text="One", reply_markup=pressing(url="tel:1")), "Pay"),
    ]
    for method, what in cases:
        with pytest.raises(UnsupportedError, match=what):
            await chat.bot(method)


async def test_a_lost_file_is_named_as_such(chat: Chat) -> None:
    with pytest.raises(FileNotFoundError):
        await chat.bot.download_file("no")


async def test_whoever_watches_is_woken_by_every_change(chat: Chat) -> None:
    with chat.bell.watching(chat.id) as bell:
        sent = await chat.bot.send_message(chat.id, "One")
        await bell.wait(5)
        await chat.bot.edit_message_text("Two", chat_id=chat.id, message_id=sent.message_id)
        await bell.wait(5)
        await chat.bot.delete_message(chat.id, sent.message_id)
        await bell.wait(5)
        await bell.wait(0.01)
    assert chat.bell.watchers(chat.id) == 0


async def test_revisions_rise_without_gaps(chat: Chat) -> None:
    sent = await chat.bot.send_message(chat.id, "One")
    await chat.bot.send_message(chat.id, "Two")
    await chat.bot.edit_message_text("Three", chat_id=chat.id, message_id=sent.message_id)

    assert [change.revision for change in await chat.chats.changes(chat.visitor, 0)] == [2, 3]
