"""Numbers as a person of that language reads them."""

from functools import lru_cache

from babel.numbers import format_decimal

from dialogs.kit.text import _

_STEPS = (10**9, 10**6)
_WHOLE = 100
_UNBROKEN = "\N{NO-BREAK SPACE}"
LABEL_LIMIT = 20


def number(value: float, language: str, pattern: str = "#,##0") -> str:
    """Return `value` with the language's separators and a minus sign that is no hyphen."""
    return _number(value or 0, language, pattern)


@lru_cache(4096)
def _number(value: float, language: str, pattern: str) -> str:
    return format_decimal(value, format=pattern, locale=language).replace("-", "−")


def money(tenge: int, language: str) -> str:
    """Return whole tenge readably, never broken over two lines: «784,99 млрд ₸», «950 000 ₸»."""
    size = abs(tenge)
    if size >= _STEPS[0]:
        text, amount = _("{amount} bn ₸"), number(tenge / _STEPS[0], language, "#,##0.##")
    elif size >= _STEPS[1]:
        text, amount = _("{amount} m ₸"), number(tenge / _STEPS[1], language, "#,##0.##")
    else:
        text, amount = _("{amount} ₸"), number(tenge, language)
    return text.format(amount=amount).replace(" ", _UNBROKEN)


def thousands(amount: int, language: str) -> str:
    """Return an amount of a budget (thousand tenge) readably."""
    return money(amount * 1000, language)


def percent(part: float, language: str, *, sign: bool = False) -> str:
    """Return a share or change already in percent with at most one decimal: «4,2 %», «+12 %»."""
    pattern = "#,##0.#" if abs(part) < _WHOLE else "#,##0"
    text = number(part, language, pattern)
    if sign and part > 0 and not text.startswith("+"):
        text = f"+{text}"
    return f"{text}{_UNBROKEN}%" if language != "en" else f"{text}%"


def bar(part: float, whole: float, width: int = 10) -> str:
    """Return a text progress bar of `width` cells.

    Always readable beside the numbers it stands for.
    """
    filled = 0 if whole <= 0 else min(width, max(0, round(width * part / whole)))
    return "▓" * filled + "░" * (width - filled)


def shorten(text: str, limit: int = LABEL_LIMIT) -> str:
    """Cut `text` to `limit` characters at a word where possible, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else cut).rstrip(" ,.;:-") + "…"


def numbered(position: int, text: str) -> str:
    """Return a button label for line `position` of a list shown above it: «3. Денсаулық…»."""
    return shorten(f"{position}. {text}")
