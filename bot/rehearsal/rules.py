"""Limits that Telegram documents in words: lengths, sizes, keyboards, commands.

Written down apart from the limits the bot itself keeps to, so that one can prove the other.
"""

import io
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from PIL import Image

from bot.rehearsal.html import (
    Formatted,
    UnreadableHtmlError,
    read_html,
    read_plain,
    utf16_length,
)

MOST_TEXT: Final = 4096
MOST_CAPTION: Final = 1024
MOST_CALLBACK_DATA: Final = 64
"""Bytes."""
MOST_ANSWER: Final = 200
MOST_IN_ROW: Final = 8
MOST_BUTTONS: Final = 100
MOST_PHOTO: Final = 10 * 1024 * 1024
MOST_UPLOAD: Final = 50 * 1024 * 1024
MOST_DOWNLOAD: Final = 20 * 1024 * 1024
MOST_SIDES: Final = 10_000
"""Width and height of a photo together, in pixels."""
MOST_RATIO: Final = 20
ALBUM: Final = range(2, 11)
MOST_COMMANDS: Final = 100
MOST_COMMAND_DESCRIPTION: Final = 256
MOST_NAME: Final = 64
MOST_DESCRIPTION: Final = 512
MOST_SHORT_DESCRIPTION: Final = 120
MOST_DELETED: Final = 100
CHAT_ACTIONS: Final = frozenset(
    {"typing", "upload_photo", "upload_document", "find_location", "choose_sticker"}
)

_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_LINK: Final = re.compile(r"(?:https?|tg|tonsite)://\S+")
_KINDS_OF_BUTTON: Final = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)


class DeniedError(Exception):
    """Telegram answers this call with an error."""

    def __init__(
        self,
        description: str,
        status: int = 400,
        *,
        violation: bool = False,
        retry_after: int | None = None,
        moved_to: int | None = None,
    ) -> None:
        """Answer `status` with `description`; a violation is a call that should never be made."""
        super().__init__(description)
        self.description = description
        self.status = status
        self.violation = violation
        self.retry_after = retry_after
        self.moved_to = moved_to


def broken(description: str) -> DeniedError:
    """Return the error for a call that breaks a documented limit."""
    return DeniedError(f"Bad Request: {description}", violation=True)


def text(call: Mapping[str, Any]) -> Formatted:
    """Return the text of a message, checked."""
    formatted = _formatted(call.get("text", ""), call.get("parse_mode"))
    if not formatted.plain:
        message = "message text is empty"
        raise broken(message)
    if utf16_length(formatted.plain) > MOST_TEXT:
        message = "message is too long"
        raise broken(message)
    return formatted


def caption(call: Mapping[str, Any]) -> Formatted:
    """Return the caption of a picture or file, checked; empty when there is none."""
    formatted = _formatted(call.get("caption", ""), call.get("parse_mode"))
    if utf16_length(formatted.plain) > MOST_CAPTION:
        message = "message caption is too long"
        raise broken(message)
    return formatted


def _formatted(raw: str, parse_mode: str | None) -> Formatted:
    if parse_mode is None:
        return read_plain(raw)
    if parse_mode.lower() != "html":
        message = f"the stand-in reads HTML only, not {parse_mode}"
        raise broken(message)
    try:
        return read_html(raw)
    except UnreadableHtmlError as error:
        message = f"can't parse entities: {error}"
        raise broken(message) from None


def keyboard(markup: Mapping[str, Any] | None) -> None:
    """Check the buttons under a message."""
    if markup is None:
        return
    rows: Sequence[Sequence[Any]] = markup.get("inline_keyboard", markup.get("keyboard", ()))
    if sum(len(row) for row in rows) > MOST_BUTTONS or any(len(r) > MOST_IN_ROW for r in rows):
        message = "reply markup is too long"
        raise broken(message)
    if "inline_keyboard" in markup:
        for row in rows:
            for button in row:
                _inline_button(button)


def _inline_button(button: Mapping[str, Any]) -> None:
    if not button["text"].strip():
        message = "can't parse inline keyboard button: text must be non-empty"
        raise broken(message)
    if len(_KINDS_OF_BUTTON & button.keys()) != 1:
        message = "can't parse inline keyboard button: exactly one kind of action is needed"
        raise broken(message)
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= MOST_CALLBACK_DATA:
        message = "BUTTON_DATA_INVALID"
        raise broken(message)
    if "url" in button and not _LINK.fullmatch(button["url"]):
        message = f"inline keyboard button URL '{button['url']}' is invalid"
        raise broken(message)


def callback_answer(answer: str) -> None:
    """Check what is shown to a person who pressed a button."""
    if utf16_length(answer) > MOST_ANSWER:
        message = "MESSAGE_TOO_LONG"
        raise broken(message)


def photo(content: bytes) -> tuple[int, int]:
    """Return width and height of a photo that was uploaded, checked."""
    if len(content) > MOST_PHOTO:
        message = "too big for a photo"
        raise broken(message)
    size = _size(content)
    if size is None:
        message = "IMAGE_PROCESS_FAILED"
        raise broken(message)
    if sum(size) > MOST_SIDES or max(size) > MOST_RATIO * min(size):
        message = "PHOTO_INVALID_DIMENSIONS"
        raise broken(message)
    return size


@lru_cache(maxsize=256)
def _size(content: bytes) -> tuple[int, int] | None:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
            return picture.size
    except (OSError, SyntaxError, ValueError):
        return None


def document(content: bytes) -> None:
    """Check a file that was uploaded."""
    if not content:
        message = "file must be non-empty"
        raise broken(message)
    if len(content) > MOST_UPLOAD:
        message = "Request Entity Too Large"
        raise DeniedError(message, 413, violation=True)


def language(code: str) -> str:
    """Return the language of a localised text, checked; empty means everybody else."""
    if code and not _LANGUAGE.fullmatch(code):
        message = "language code is invalid"
        raise broken(message)
    return code


def commands(listed: Sequence[Mapping[str, Any]]) -> None:
    """Check the list of commands."""
    if len(listed) > MOST_COMMANDS:
        message = "BOT_COMMANDS_TOO_MUCH"
        raise broken(message)
    for command in listed:
        if not _COMMAND.fullmatch(command["command"]):
            message = "BOT_COMMAND_INVALID"
            raise broken(message)
        if not 1 <= utf16_length(command["description"]) <= MOST_COMMAND_DESCRIPTION:
            message = "BOT_COMMAND_DESCRIPTION_INVALID"
            raise broken(message)


def within(value: str, most: int, what: str) -> str:
    """Return a text about the bot, checked."""
    if utf16_length(value) > most:
        message = f"{what} is too long"
        raise broken(message)
    return value


def webhook_secret(secret: str) -> None:
    """Check the secret that comes back with every update."""
    if not _SECRET.fullmatch(secret):
        message = "secret token contains unallowed characters"
        raise broken(message)


def webhook_address(url: str) -> None:
    """Check where updates are sent; only the stand-in also takes plain HTTP on this machine."""
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        message = "bad webhook: An HTTPS URL must be provided for webhook"
        raise broken(message)
