"""What people send besides words."""

from io import BytesIO
from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import Document, Message, PhotoSize

from civic.model.refusal import Reason, Refused
from civic.rules.documents import require_size
from civic.rules.ideas import PHOTO_LIMIT_MB

_BYTES_IN_MB: Final = 1024 * 1024
_PHOTO_SIDE: Final = 1280
"""Pixels; a larger size of a photo would only be reduced again."""


async def sent_photo(message: Message, bot: Bot) -> bytes:
    """Return a photo that was sent as a photo or as a file.

    Raises `Refused` with `PHOTO_UNREADABLE` or `PHOTO_TOO_LARGE`.
    """
    file = _picture(message)
    if file is None:
        raise Refused(Reason.PHOTO_UNREADABLE)
    if (file.file_size or 0) > PHOTO_LIMIT_MB * _BYTES_IN_MB:
        raise Refused(Reason.PHOTO_TOO_LARGE, limit_mb=PHOTO_LIMIT_MB)
    return await _downloaded(file.file_id, bot, Reason.PHOTO_UNREADABLE)


def is_photo(message: Message) -> bool:
    """Tell whether a photo was sent, as a photo or as a file."""
    return _picture(message) is not None


async def sent_document(message: Message, bot: Bot) -> tuple[str | None, bytes]:
    """Return name and content of a file that was sent.

    Raises `Refused` with `DOCUMENT_UNREADABLE` or `DOCUMENT_TOO_LARGE`.
    """
    file = message.document
    if file is None:
        raise Refused(Reason.DOCUMENT_UNREADABLE)
    # Before it is fetched: a bot is not given what is much larger.
    require_size(file.file_size or 0)
    return file.file_name, await _downloaded(file.file_id, bot, Reason.DOCUMENT_UNREADABLE)


async def _downloaded(file_id: str, bot: Bot, otherwise: Reason) -> bytes:
    content = BytesIO()
    try:
        await bot.download(file_id, content)
    except TelegramBadRequest as error:
        # The messenger no longer has the file, or has it too large for bots.
        raise Refused(otherwise) from error
    return content.getvalue()


def _picture(message: Message) -> PhotoSize | Document | None:
    """Return the smallest size of a photo that is large enough, or the file that is a picture."""
    if message.photo:
        sizes = sorted(message.photo, key=lambda size: size.width * size.height)
        enough = (size for size in sizes if max(size.width, size.height) >= _PHOTO_SIDE)
        return next(enough, sizes[-1])
    file = message.document
    return file if file is not None and (file.mime_type or "").startswith("image/") else None
