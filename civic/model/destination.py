"""Groups and channels that are told news besides people, and their copies of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from civic.model.announcement import DeliveryState
from civic.model.text import LANGUAGES

LANGUAGE_CHOICES: Final = (*((code,) for code in LANGUAGES), ("kk", "ru"))
"""In which languages a group or channel may be told: in one, or in both of the country's."""


class DestinationKind(StrEnum):
    """Who can write there."""

    GROUP = "group"
    """Its members talk; the service only tells."""
    CHANNEL = "channel"
    """Only its administrators write."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A group or a channel of a messenger to which organisers added the service."""

    id: int
    community_id: int
    channel: str
    """The messenger."""
    chat_id: int
    kind: DestinationKind
    title: str
    languages: tuple[str, ...]
    """In which it is told, one of `LANGUAGE_CHOICES`."""
    stage_news: bool = False
    """True when it is also told what every stage yields by itself."""
    reminders: bool = True
    """True when that includes how many days are left."""
    present: bool = True
    """False once the service may not write there any more."""

    def lost(self) -> Self:
        """Return the destination where the service may not write any more."""
        return replace(self, present=False)


@dataclass(frozen=True, slots=True)
class Posting:
    """A destination's copy of an announcement, claimed for sending."""

    announcement_id: int
    destination: Destination
    attempts: int
    """How often it was claimed, this time included."""
    parts: int = 0
    """How many of its messages arrived before."""
    free_at: datetime | None = None
    """No message may go there before."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a claimed posting; see `civic.model.announcement.Outcome`."""

    posting: Posting
    state: DeliveryState
    error: str = ""
    not_before: datetime | None = None
    tried: bool = True
    doubtful: bool = False
    parts: int = 0
    """How many of its messages have arrived by now."""
    moved_to: int | None = None
    """The chat's new number, when the messenger has given it one."""
    free_at: datetime | None = None
    """No message may go there before, as the messenger asked."""


@dataclass(frozen=True, slots=True)
class PostingRecord:
    """What happened to a destination's copy."""

    destination: Destination
    state: DeliveryState
    attempts: int
    error: str
    not_before: datetime
    changed_at: datetime
    doubtful: bool
