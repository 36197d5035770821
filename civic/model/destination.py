"""Groups and channels that are told news besides people, and their copies of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from civic.model.announcement import DeliveryState


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
    language: str
    """In which it is told."""
    stage_news: bool = False
    """True when it is also told what every stage yields by itself."""
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


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a claimed posting; see `civic.model.announcement.Outcome`."""

    posting: Posting
    state: DeliveryState
    error: str = ""
    not_before: datetime | None = None
    tried: bool = True
    doubtful: bool = False
    moved_to: int | None = None
    """The chat's new number, when the messenger has given it one."""
