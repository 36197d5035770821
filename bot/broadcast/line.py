"""By what a channel is written to: its bot, its pace, and the files that it has already."""

import asyncio
from collections import defaultdict
from typing import Final

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramNetworkError
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, LinkPreviewOptions, Message
from aiogram.utils.deep_linking import create_start_link

from bot.broadcast.outage import Outage, UploadTimeoutError
from bot.broadcast.pace import Pace
from bot.metrics import Metrics
from civic.actions.read_attachment import Attachment

SEND_SECONDS: Final = 15
"""How long one call may take, besides what it uploads."""
UPLOADED_A_SECOND: Final = 250_000
"""Bytes that even a slow line takes (2 Mbit/s): the largest document may take under a minute."""

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class NotUploaded(Exception):  # noqa: N818 - no fault of the message that waited
    """The file that a message waited for did not get there with another one; nothing was sent."""


class Line:
    """Sends messages to people, groups and channels alike; a file is uploaded once for all."""

    def __init__(
        self, channel: str, bot: Bot, pace: Pace, outage: Outage, metrics: Metrics
    ) -> None:
        """Send by `bot`; whoever sends waits for `pace` before, and `outage` learns from it."""
        self.channel = channel
        self.bot = bot
        self.pace = pace
        self.outage = outage
        self.metrics = metrics
        self._knows_its_name = False
        self._file_ids: dict[tuple[str | None, int], str] = {}
        self._uploads: defaultdict[tuple[str | None, int], asyncio.Lock] = defaultdict(
            asyncio.Lock
        )

    async def link(self, chat_id: int, payload: str) -> str:
        """Return a link into the private chat, for a message to this chat.

        Raises:
            AiogramError: the bot's name is not known yet, and why it cannot be.
        """
        if not self._knows_its_name:
            async with self.outage.watch(chat_id):
                await self.bot.me()
            self._knows_its_name = True
        return await create_start_link(self.bot, payload)

    async def send(
        self,
        chat_id: int,
        html: str,
        keyboard: InlineKeyboardMarkup | None,
        attachment: Attachment | None,
    ) -> None:
        """Make the call.

        A file that the messenger does not have yet goes up with one message, and the others that
        carry it wait for that: all at once they would share the line and none would be in time.

        Raises:
            AiogramError: what the messenger objected, or why it was not understood.
            NotUploaded: nothing was sent; to be tried again.
        """
        async with self.outage.watch(chat_id):
            if attachment is None:
                await self._send_text(chat_id, html, keyboard)
            else:
                await self._send_attached(chat_id, html, keyboard, attachment)

    async def _send_text(
        self, chat_id: int, html: str, keyboard: InlineKeyboardMarkup | None
    ) -> None:
        await self.bot.send_message(
            chat_id,
            html,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard,
            link_preview_options=_NO_PREVIEW,
            request_timeout=SEND_SECONDS,
        )

    async def _send_attached(
        self,
        chat_id: int,
        html: str,
        keyboard: InlineKeyboardMarkup | None,
        attachment: Attachment,
    ) -> None:
        """Send the file by the name that the messenger gave it, or its bytes if it has none."""
        key = (attachment.name, attachment.id)
        known = self._file_ids.get(key)
        if known is None:
            upload = self._uploads[key]
            has_waited = upload.locked()
            async with upload:
                known = self._file_ids.get(key)
                if known is None and has_waited:
                    raise NotUploaded
                if known is None:
                    file = BufferedInputFile(attachment.content, attachment.name or "photo.jpg")
                    seconds = SEND_SECONDS + len(attachment.content) // UPLOADED_A_SECOND
                    try:
                        sent = await self._call(chat_id, html, keyboard, attachment, file, seconds)
                    except TelegramNetworkError as error:
                        if isinstance(error.__context__, TimeoutError):
                            raise UploadTimeoutError(error.method, error.message) from error
                        raise
                    if (file_id := _file_id(sent)) is not None:
                        self._file_ids[key] = file_id
                    return
        try:
            await self._call(chat_id, html, keyboard, attachment, known, SEND_SECONDS)
        except TelegramBadRequest as error:
            if is_gone(error):
                raise
            # The messenger may have forgotten the name.
            if self._file_ids.get(key) == known:
                del self._file_ids[key]
            await self._send_attached(chat_id, html, keyboard, attachment)

    async def _call(
        self,
        chat_id: int,
        html: str,
        keyboard: InlineKeyboardMarkup | None,
        attachment: Attachment,
        file: BufferedInputFile | str,
        seconds: int,
    ) -> Message:
        send = self.bot.send_photo if attachment.name is None else self.bot.send_document
        return await send(
            chat_id,
            file,
            caption=html,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard,
            request_timeout=seconds,
        )


def _file_id(sent: Message) -> str | None:
    file = sent.photo[-1] if sent.photo else sent.document
    return None if file is None else file.file_id


def is_gone(error: AiogramError) -> bool:
    """Tell whether the messenger says that there is no such chat."""
    return isinstance(error, TelegramBadRequest) and "chat not found" in error.message.lower()
