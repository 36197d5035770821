"""Telegram's documented limits, as far as our code runs into them; lengths in UTF-16 units."""

from typing import Final

CALLBACK_ANSWER: Final = 200
COMMAND_DESCRIPTION: Final = 256
DESCRIPTION: Final = 512
SHORT_DESCRIPTION: Final = 120
UPDATE_BYTES: Final = 1024 * 1024
"""Far above any update; what is larger is not from Telegram."""


def utf16_length(text: str) -> int:
    """Return the length as Telegram counts it: characters beyond the basic plane count twice."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, most: int) -> str:
    """Return `text`, or its beginning with an ellipsis when it is longer than `most`."""
    if utf16_length(text) <= most:
        return text
    kept = text
    while utf16_length(kept) >= most:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
