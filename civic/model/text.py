"""Text that exists in several languages."""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("kk", "ru", "en")
"""Languages of the interface, in the order they are offered."""

LocalText = Mapping[str, str]
"""The same text by language code; any of `LANGUAGES` may be absent."""


def in_language(text: LocalText, language: str) -> str:
    """Return the text in `language`, else in the first language that has it, else nothing."""
    for code in (language, *LANGUAGES):
        if found := text.get(code):
            return found
    return ""
