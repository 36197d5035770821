"""Money as files write it, made whole numbers of its smallest part; nothing is rounded."""

import re
from collections.abc import Iterable
from typing import Final

EXPECTED: Final = "an amount of up to 18 digits, like 1500 or 1500.50"

_AMOUNT: Final = re.compile(r"([0-9]{1,18})(?:[.,]([0-9]{1,18}))?")
"""Far more than any money there is, and small enough to be bounded by doubles."""
_THOUSANDS: Final = re.compile(r"[0-9]{1,3},[0-9]{3}")
"""May mean either of two amounts, a thousand times apart."""


def is_amount(text: str) -> bool:
    """Tell whether the text is an amount with a decimal point or comma, and only one amount."""
    return bool(_AMOUNT.fullmatch(text)) and not _THOUSANDS.fullmatch(text)


def decimals(texts: Iterable[str]) -> int:
    """Return how many places after the point the amounts need, zeros at the end left out."""
    return max((len(_parts(text)[1]) for text in texts), default=0)


def in_smallest(text: str, places: int) -> int:
    """Return an amount in units of 10 ** -places; it may not have more places.

    Raises `ValueError` for a text that is no amount.
    """
    whole, part = _parts(text)
    return int(whole + part.ljust(places, "0"))


def _parts(text: str) -> tuple[str, str]:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found[1], (found[2] or "").rstrip("0")
