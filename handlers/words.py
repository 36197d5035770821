"""Words that stand for commands where a channel has none; any case, a slash or none before."""

from collections.abc import Mapping
from typing import Final

MENU: Final = "menu"
LANGUAGE: Final = "language"
HELP: Final = "help"
PRIVACY: Final = "privacy"
STOP: Final = "stop"
CANCEL: Final = "cancel"

WORDS: Final[Mapping[str, str]] = {
    "мәзір": MENU,
    "меню": MENU,
    "menu": MENU,
    "тіл": LANGUAGE,
    "язык": LANGUAGE,
    "language": LANGUAGE,
    "көмек": HELP,
    "анықтама": HELP,
    "помощь": HELP,
    "help": HELP,
    "құпиялық": PRIVACY,
    "приватность": PRIVACY,
    "privacy": PRIVACY,
    "тоқта": STOP,
    "тоқтат": STOP,
    "стоп": STOP,
    "stop": STOP,
    "болдырмау": CANCEL,
    "отмена": CANCEL,
    "cancel": CANCEL,
}


def command_in(text: str) -> str | None:
    """Return the command that the text is, or None when it is anything else.

    `/menu`, `/menu@dauys_bot` and the words above count; a word inside a sentence does not.
    """
    word = text.strip().casefold()
    if word.startswith("/"):
        word = word[1:].split("@", 1)[0]
        return word if word in set(WORDS.values()) else WORDS.get(word)
    return WORDS.get(word)
