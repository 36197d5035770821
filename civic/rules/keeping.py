"""How long something is kept that nobody can see any more."""

from datetime import datetime, timedelta
from typing import Final

UNSEEN_KEPT: Final = timedelta(days=30)
"""Long enough for every page, form and draft that may still name it to be gone itself."""


def unseen_gone_before(now: datetime) -> datetime:
    """Return the moment before which what nobody can see any more is thrown away."""
    return now - UNSEEN_KEPT
