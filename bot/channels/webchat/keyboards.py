"""Keyboards as the chat keeps them: rows of buttons that do one of three things.

`data` comes back as a callback query, `url` is a link, `say` is said in the person's name.
"""

from urllib.parse import urlsplit

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from aiogram.types.base import TelegramObject

from storage.repositories.webchat import Keyboard


class UnsupportedButtonError(ValueError):
    """A kind of button that the web chat does not have; the text names it."""


def to_stored(markup: TelegramObject | None) -> Keyboard | None:
    """Return the keyboard to keep; None for no keyboard, also for the removal of one."""
    if isinstance(markup, InlineKeyboardMarkup):
        return [[_inline(button) for button in row] for row in markup.inline_keyboard] or None
    if isinstance(markup, ReplyKeyboardMarkup):
        return [[_spoken(button) for button in row] for row in markup.keyboard] or None
    return None


def to_markup(keyboard: Keyboard | None) -> InlineKeyboardMarkup | None:
    """Return the inline keyboard as aiogram knows it; spoken buttons are not part of a message."""
    rows = [
        [
            InlineKeyboardButton(
                text=button["label"],
                callback_data=button.get("data"),
                url=button.get("url"),
            )
            for button in row
            if "say" not in button
        ]
        for row in keyboard or ()
    ]
    kept = [row for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=kept) if kept else None


def label_of(keyboard: Keyboard | None, data: str) -> str | None:
    """Return what is written on the button with that data; None when it is not there any more."""
    for row in keyboard or ():
        for button in row:
            if button.get("data") == data:
                return button["label"]
    return None


def _inline(button: InlineKeyboardButton) -> dict[str, str]:
    if button.callback_data is not None:
        return {"label": button.text, "data": button.callback_data}
    if button.url is not None:
        if urlsplit(button.url).scheme not in {"http", "https"}:
            message = f"a link that is not of the web, on the button {button.text!r}"
            raise UnsupportedButtonError(message)
        return {"label": button.text, "url": button.url}
    message = f"the button {button.text!r}, which neither answers nor links"
    raise UnsupportedButtonError(message)


def _spoken(button: KeyboardButton | str) -> dict[str, str]:
    text = button if isinstance(button, str) else button.text
    return {"label": text, "say": text}
