"""What a person does becomes the update that a messenger would send."""

import pytest
import sqlalchemy as sa
from aiogram import Bot
from aiogram.types import InaccessibleMessage, InlineKeyboardButton, InlineKeyboardMarkup, Update
from aiogram.types import Message as TelegramMessage

from bot.channels.webchat import CHANNEL
from bot.channels.webchat.files import look
from bot.channels.webchat.inbound import Form, WebChatInbound
from bot.photos import PillowPhotoReader
from civic.model.refusal import Reason, Refused
from storage.database import Database
from storage.tables.webchat import webchat_files
from tests.bot.channels.webchat.conftest import Chat
from tests.browser import picture
from tests.fakes import CountingRandomness, FrozenClock

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="i\x1dyes")]]
)


class KeptInbox:
    """Keeps the updates that it is given."""

    def __init__(self, chat: Chat) -> None:
        """Begin empty."""
        self.updates: list[Update] = []
        self._chat = chat

    async def receive_and_wait(self, channel: str, update: Update, bot: Bot) -> None:
        """Keep an update as it would be stored and read back."""
        assert channel == CHANNEL
        assert bot is self._chat.bot
        self.updates.append(Update.model_validate_json(update.model_dump_json(exclude_none=True)))


@pytest.fixture
def inbox(chat: Chat) -> KeptInbox:
    return KeptInbox(chat)


@pytest.fixture
def inbound(
    chat: Chat, inbox: KeptInbox, clock: FrozenClock, randomness: CountingRandomness
) -> WebChatInbound:
    return WebChatInbound(
        chat.chats, inbox, chat.bot, chat.bell, clock, randomness, PillowPhotoReader()
    )


@pytest.fixture
def dealt_with(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever arrived has been dealt with."""

    async def done(update_id: int) -> bool:
        return update_id > 0

    monkeypatch.setattr(chat.chats, "is_done", done)


async def test_words_are_a_message(chat: Chat, inbox: KeptInbox, inbound: WebChatInbound) -> None:
    await inbound.say(Form(chat.visitor, "1"), "Hello <b>")

    (update,) = inbox.updates
    (kept,) = await chat.shown()
    assert update.message is not None
    assert update.message.text == "Hello <b>"
    assert update.message.message_id == kept.id
    assert update.message.chat.id == chat.id
    assert update.message.from_user is not None
    assert update.message.from_user.id == chat.id
    assert update.message.from_user.first_name == ""
    assert update.message.from_user.language_code == "en"
    assert (kept.from_person, kept.bubble.html) == (True, "Hello &lt;b&gt;")


async def test_a_command_is_marked_as_one_and_shown_as_its_control(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    await inbound.command(Form(chat.visitor, "1"), "start p_12", None)
    await inbound.command(Form(chat.visitor, "2"), "menu", "Menu")

    messages = [update.message for update in inbox.updates if update.message is not None]
    assert [message.text for message in messages] == ["/start p_12", "/menu"]
    assert messages[0].entities is not None
    assert messages[0].entities[0].length == len("/start")
    assert await chat.words() == ["Menu"]


async def test_a_press_carries_the_message_as_it_stands(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    sent = await chat.bot.send_message(chat.id, "<b>Vote?</b>", reply_markup=KEYS)
    (shown,) = await chat.shown()
    await inbound.press(Form(chat.visitor, "1"), sent.message_id, shown.revision, "i\x1dyes")

    (update,) = inbox.updates
    query = update.callback_query
    assert query is not None
    assert query.data == "i\x1dyes"
    assert query.id == f"{chat.id}:{update.update_id}"
    assert isinstance(query.message, TelegramMessage)
    assert query.message.message_id == sent.message_id
    assert query.message.text == "Vote?"
    assert query.message.reply_markup == KEYS
    assert await chat.words() == ["<b>Vote?</b>", "Yes"]


async def test_a_press_on_a_message_that_is_gone_still_arrives(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    await inbound.press(Form(chat.visitor, "1"), 999, 1, "old")

    (update,) = inbox.updates
    assert update.callback_query is not None
    assert isinstance(update.callback_query.message, InaccessibleMessage)
    assert await chat.shown() == []


async def test_a_press_on_what_has_changed_since_is_on_no_message_and_leaves_no_trace(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    sent = await chat.bot.send_message(chat.id, "Vote?", reply_markup=KEYS)
    (seen,) = await chat.shown()
    await chat.bot.edit_message_text(
        "Delete?", chat_id=chat.id, message_id=sent.message_id, reply_markup=KEYS
    )
    await inbound.press(Form(chat.visitor, "1"), sent.message_id, seen.revision, "i\x1dyes")

    (update,) = inbox.updates
    assert update.callback_query is not None
    assert isinstance(update.callback_query.message, InaccessibleMessage)
    assert update.callback_query.message.message_id != sent.message_id
    assert await chat.words() == ["Delete?"]


@pytest.mark.usefixtures("dealt_with")
async def test_a_press_that_comes_again_is_the_same_although_it_changed_the_message(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    sent = await chat.bot.send_message(chat.id, "Vote?", reply_markup=KEYS)
    (seen,) = await chat.shown()
    form = Form(chat.visitor, "1")
    await inbound.press(form, sent.message_id, seen.revision, "i\x1dyes")
    await chat.bot.edit_message_text(
        "Voted.", chat_id=chat.id, message_id=sent.message_id, reply_markup=KEYS
    )
    await inbound.press(form, sent.message_id, seen.revision, "i\x1dyes")

    assert inbox.updates[0].update_id == inbox.updates[1].update_id
    assert await chat.words() == ["Yes", "Voted."]


async def test_a_press_counts_on_a_page_from_before_the_message_renewed_itself(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    sent = await chat.bot.send_message(chat.id, "1 of 9", reply_markup=KEYS)
    (seen,) = await chat.shown()
    for count in (2, 3):
        await chat.renewing.edit_message_text(
            f"{count} of 9", chat_id=chat.id, message_id=sent.message_id, reply_markup=KEYS
        )
    (shown,) = await chat.shown()
    assert (seen.is_renewed, shown.is_renewed) == (False, True)
    await inbound.press(Form(chat.visitor, "1"), sent.message_id, seen.revision, "i\x1dyes")

    (update,) = inbox.updates
    assert update.callback_query is not None
    assert isinstance(update.callback_query.message, TelegramMessage)
    assert update.callback_query.message.text == "3 of 9"

    await chat.bot.edit_message_text("Over", chat_id=chat.id, message_id=sent.message_id)
    await inbound.press(Form(chat.visitor, "2"), sent.message_id, shown.revision, "i\x1dyes")
    assert inbox.updates[-1].callback_query is not None
    assert isinstance(inbox.updates[-1].callback_query.message, InaccessibleMessage)


async def test_a_photo_can_be_downloaded_by_its_id_without_what_is_hidden_in_it(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    sent = picture(kind="JPEG", artist="Somebody")
    assert b"Somebody" in sent
    await inbound.send_file(Form(chat.visitor, "1"), sent, "me.jpg", "Look")

    message = inbox.updates[0].message
    assert message is not None
    assert message.photo is not None
    assert (message.caption, message.photo[0].width) == ("Look", 40)
    content = await chat.bot.download(message.photo[0].file_id)
    assert content is not None
    kept = content.read()
    assert look(kept) == look(sent)
    assert b"Somebody" not in kept


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("line.png", picture(900, 2)),
        ("IMG_0001.HEIC", b"whatever a telephone makes"),
        ("upload", b"\x00\x00\x00\x18ftypheic and where it was taken"),
        ("scan.tiff", b"II*\x00"),
    ],
)
async def test_a_photo_that_cannot_be_cleaned_is_refused_and_nothing_of_it_kept(
    chat: Chat,
    database: Database,
    inbox: KeptInbox,
    inbound: WebChatInbound,
    name: str,
    content: bytes,
) -> None:
    with pytest.raises(Refused) as refused:
        await inbound.send_file(Form(chat.visitor, "1"), content, name, "")

    assert refused.value.reason is Reason.PHOTO_UNREADABLE
    assert inbox.updates == []
    assert await chat.shown() == []
    async with database.read() as connection:
        kept = sa.select(sa.func.count()).select_from(webchat_files)
        assert await connection.scalar(kept) == 0


async def test_what_is_no_picture_is_a_document(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    await inbound.send_file(Form(chat.visitor, "1"), b"%PDF-", "plan.pdf", "")

    message = inbox.updates[0].message
    assert message is not None
    assert message.document is not None
    assert (message.document.mime_type, message.photo) == ("application/pdf", None)


@pytest.mark.usefixtures("dealt_with")
async def test_the_same_form_has_the_same_number(
    chat: Chat, inbox: KeptInbox, inbound: WebChatInbound
) -> None:
    for form in ("1", "1", "2"):
        await inbound.say(Form(chat.visitor, form), "Yes")

    numbers = [update.update_id for update in inbox.updates]
    assert numbers[0] == numbers[1] < numbers[2]
    assert await chat.words() == ["Yes", "Yes"]


async def test_an_answer_that_takes_long_does_not_hold_the_page(
    chat: Chat, inbound: WebChatInbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.webchat.inbound.PATIENCE", 0.01)
    await inbound.say(Form(chat.visitor, "1"), "Yes")
    await inbound.say(Form(chat.visitor, "1"), "Yes")

    assert await chat.words() == ["Yes"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures_are_known_by_their_bytes(kind: str) -> None:
    found = look(picture(kind=kind))

    assert found is not None
    assert found.media_type == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture(kind="BMP")]
)
def test_other_bytes_are_no_picture(content: bytes) -> None:
    assert look(content) is None
