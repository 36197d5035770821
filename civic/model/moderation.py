"""What moderators decide about reported remarks; every decision is public."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

WORDS_LEAST: Final = 5
WORDS_LIMIT: Final = 300
"""Characters of a reason in the moderator's own words."""


class Verdict(StrEnum):
    """What is decided about a remark."""

    KEPT = "kept"
    """It stays, or can be read again."""
    HIDDEN = "hidden"


class Ground(StrEnum):
    """Why a remark is hidden; disagreeing with it is no reason."""

    INSULT = "insult"
    ADVERTISING = "advertising"
    PERSONAL = "personal"
    """Somebody's personal details."""
    OTHER = "other"
    """Said in the moderator's own words."""


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for hiding a remark."""

    ground: Ground
    words: str = ""
    """The moderator's own words; empty unless the ground is `OTHER`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An entry of the public log of moderation; who decided is kept for the operator only."""

    id: int
    comment_id: int
    verdict: Verdict
    why: Why | None
    """None when the remark was kept."""
    at: datetime
