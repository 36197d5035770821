"""How long something is kept that nobody can see or needs any more."""

from datetime import datetime, timedelta
from typing import Final

UNSEEN_KEPT: Final = timedelta(days=30)
"""Long enough for every page, form and draft that may still name it to be gone itself."""


NUMBERS_KEPT: Final = timedelta(days=8)
"""How long it is remembered which updates were dealt with, so that repeated ones are known.

WhatsApp repeats for up to seven days, Telegram for one.
"""


def numbers_gone_before(now: datetime) -> datetime:
    """Return the moment before which updates were dealt with that are not repeated any more."""
    return now - NUMBERS_KEPT


def unseen_gone_before(now: datetime) -> datetime:
    """Return the moment before which what nobody can see any more is thrown away."""
    return now - UNSEEN_KEPT
