"""Languages by their own names, and switching between them."""

from collections.abc import Mapping
from typing import Final

from aiogram.utils.i18n import I18n
from aiogram_dialog import DialogManager

from civic.model.text import LANGUAGES

OWN_NAMES: Final[Mapping[str, str]] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
"""Never translated: a person has to find their own language."""


def speak(manager: DialogManager, language: str) -> None:
    """Speak `language` for the rest of this update."""
    i18n: I18n = manager.middleware_data["i18n"]
    i18n.ctx_locale.set(language)


def offered(guess: str) -> list[tuple[str, str]]:
    """Return code and own name of every language, the guessed one first."""
    codes = sorted(LANGUAGES, key=lambda code: code != guess)
    return [(code, OWN_NAMES[code]) for code in codes]
