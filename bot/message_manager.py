"""Shows windows whose picture or document is in the database or in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from aiogram import Bot
from aiogram.enums import ContentType
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputFile, Message
from aiogram.types.base import TelegramObject
from aiogram_dialog.api.entities import MediaAttachment, MediaId, NewMessage, OldMessage
from aiogram_dialog.api.protocols import MessageNotModified
from aiogram_dialog.manager.message_manager import MessageManager
from typing_extensions import override

from civic.ports import Work
from dialogs.kit.pictures import (
    CHART_PREFIX,
    DOCUMENT_PREFIX,
    PHOTO_PREFIX,
    PaintedCharts,
    Recent,
)

KEPT_FILE_IDS: Final = 4096
KEPT_TEXTS: Final = 4096
"""Windows whose text is remembered, to tell a second tap from a fresh one."""


_GONE: Final = ("message to edit not found", "message can't be edited", "message_id_invalid")

_renewing: ContextVar[bool] = ContextVar("renewing", default=False)


class WindowGoneError(Exception):
    """There is no message any more in which a window could be renewed."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a message showed last."""

    text: str | None
    """As its reader sees it; None for a caption."""
    html: str | None
    markup: TelegramObject | None
    before: str | None
    """The text that it renewed: who pressed a button while it changed still saw that."""


class PictureMessageManager(MessageManager):
    """Sends a picture's bytes once per channel, and its file id from then on.

    File ids are kept for each bot: aiogram_dialog's own store does not tell channels apart, and a
    file id means nothing on another channel. A picture that is gone is left out, and the window's
    text is shown without it.
    """

    def __init__(self, work: Work, charts: PaintedCharts) -> None:
        """Take photos from `work` and charts from `charts`."""
        self._work = work
        self._charts = charts
        self._file_ids: Recent[tuple[Bot, str], MediaId] = Recent(KEPT_FILE_IDS)
        self._shown: Recent[tuple[int | None, int, int], _Shown] = Recent(KEPT_TEXTS)

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """Only edit, and only what changes, what is shown while the block runs.

        Raises `WindowGoneError` where there is nothing to edit.
        """
        token = _renewing.set(True)
        try:
            yield
        finally:
            _renewing.reset(token)

    def is_as_shown(self, message: Message) -> bool:
        """Tell whether `message`, as its reader saw it, is what was shown there last.

        True where that is not known: after a restart, and for captions.
        """
        bot_id = None if message.bot is None else message.bot.id
        shown = self._shown.get((bot_id, message.chat.id, message.message_id))
        if shown is None or shown.text is None or message.text is None:
            return True
        return message.text in {shown.text, shown.before}

    @override
    async def show_message(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage | None
    ) -> OldMessage:
        if _renewing.get():
            return await self._renew(bot, new_message, old_message)
        shown = await self._show(bot, new_message, old_message)
        self._note(bot, new_message, shown, None)
        return shown

    async def _renew(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage | None
    ) -> OldMessage:
        if old_message is None or not self._can_edit(new_message, old_message):
            raise WindowGoneError
        last = self._shown.get((bot.id, old_message.chat.id, old_message.message_id))
        if last is not None and (last.html, last.markup) == (
            new_message.text,
            new_message.reply_markup,
        ):
            raise MessageNotModified
        try:
            edited = await self.edit_message(bot, new_message, old_message)
        except TelegramBadRequest as error:
            if "message is not modified" in error.message:
                raise MessageNotModified from error
            if any(sign in error.message.lower() for sign in _GONE):
                raise WindowGoneError from error
            raise
        old_message.text = edited.text
        self._note(bot, new_message, old_message, None if last is None else last.text)
        return old_message

    def _note(
        self, bot: Bot, new_message: NewMessage, shown: OldMessage, before: str | None
    ) -> None:
        text = shown.text if isinstance(shown.text, str) else None
        self._shown.put(
            (bot.id, shown.chat.id, shown.message_id),
            _Shown(text, new_message.text, new_message.reply_markup, before),
        )

    async def _show(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage | None
    ) -> OldMessage:
        link = _link(new_message.media)
        if new_message.media is None or link is None:
            return await super().show_message(bot, new_message, old_message)
        file_id = self._file_ids.get((bot, link))
        new_message.media.file_id = file_id
        if file_id is None:
            content = await self._content(link)
            kind = new_message.media.type
            new_message.media = None if content is None else _Loaded(kind, link, content)
        try:
            shown = await super().show_message(bot, new_message, old_message)
        except TelegramBadRequest as error:
            if file_id is None or "file identifier" not in error.message:
                raise
            # The channel no longer has the file.
            self._file_ids.forget((bot, link))
            return await self._show(bot, new_message, old_message)
        if shown.media_id is not None:
            self._file_ids.put((bot, link), MediaId(shown.media_id, shown.media_uniq_id))
        return shown

    @override
    async def get_media_source(self, media: MediaAttachment, bot: Bot) -> InputFile | str:
        if isinstance(media, _Loaded):
            return BufferedInputFile(media.content, media.filename)
        return await super().get_media_source(media, bot)

    @override
    async def edit_message(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage
    ) -> Message:
        # The base class compares a MediaId with a string here and so would send the same picture
        # again.
        if (
            new_message.media is not None
            and old_message.media_id is not None
            and new_message.media.file_id
            == MediaId(old_message.media_id, old_message.media_uniq_id)
        ):
            return await self.edit_caption(bot, new_message, old_message)
        return await super().edit_message(bot, new_message, old_message)

    async def _content(self, link: str) -> bytes | None:
        if link.startswith(CHART_PREFIX):
            return self._charts.find(link)
        async with self._work.read() as work:
            if link.startswith(DOCUMENT_PREFIX):
                number, _name = _document(link)
                stored = await work.documents.get(number)
            else:
                stored = await work.pictures.get(int(link.removeprefix(PHOTO_PREFIX)))
        return None if stored is None else stored[0]


class _Loaded(MediaAttachment):
    """A picture or a document with its bytes at hand."""

    def __init__(self, kind: ContentType, link: str, content: bytes) -> None:
        super().__init__(kind, url=link)
        self.content = content
        self.filename = _name_of(link)


def _name_of(link: str) -> str:
    if link.startswith(DOCUMENT_PREFIX):
        _number, name = _document(link)
        return name
    return "picture.png" if link.startswith(CHART_PREFIX) else "picture.jpg"


def _document(link: str) -> tuple[int, str]:
    """Return id and name of the document behind a link."""
    number, _slash, name = link.removeprefix(DOCUMENT_PREFIX).partition("/")
    return int(number), name


def _link(media: MediaAttachment | None) -> str | None:
    """Return the link of a picture or document of ours, or None for any other media."""
    if media is None or media.url is None:
        return None
    ours = (PHOTO_PREFIX, CHART_PREFIX, DOCUMENT_PREFIX)
    return media.url if media.url.startswith(ours) else None
