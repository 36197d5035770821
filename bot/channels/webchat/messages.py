"""Kept messages as aiogram knows them."""

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.types import Chat, Document, Message, PhotoSize, User

from bot.channels.webchat.keyboards import to_markup
from bot.channels.webchat.words import plain
from storage.repositories.webchat import StoredFile, StoredMessage, Visitor


def private_chat(chat_id: int) -> Chat:
    """Return the chat of one person."""
    return Chat(id=chat_id, type=ChatType.PRIVATE)


def person(visitor: Visitor) -> User:
    """Return the person as a messenger would: without a name, which is theirs to choose."""
    return User(id=visitor.chat_id, is_bot=False, first_name="", language_code=visitor.language)


def service(bot: Bot) -> User:
    """Return the one who answers."""
    return User(id=bot.id, is_bot=True, first_name="Dauys", username="dauys")


def to_message(stored: StoredMessage, chat_id: int, sender: User, bot: Bot) -> Message:
    """Return the message; its text or caption is plain, as messengers give it back."""
    text = plain(stored.bubble.html) or None
    file = stored.bubble.file if isinstance(stored.bubble.file, StoredFile) else None
    is_photo = stored.bubble.file_kind == "photo"
    return Message(
        message_id=stored.id,
        date=stored.sent_at,
        chat=private_chat(chat_id),
        from_user=sender,
        text=text if file is None else None,
        caption=None if file is None else text,
        photo=[to_photo(file)] if file is not None and is_photo else None,
        document=to_document(file) if file is not None and not is_photo else None,
        reply_markup=None if stored.from_person else to_markup(stored.bubble.keyboard),
    ).as_(bot)


def to_photo(file: StoredFile) -> PhotoSize:
    """Return a picture; it is kept in one size."""
    return PhotoSize(
        file_id=file.token,
        file_unique_id=file.token[:16],
        width=file.width or 0,
        height=file.height or 0,
        file_size=file.size,
    )


def to_document(file: StoredFile) -> Document:
    """Return a file to be downloaded."""
    return Document(
        file_id=file.token,
        file_unique_id=file.token[:16],
        file_name=file.name,
        mime_type=file.media_type,
        file_size=file.size,
    )
