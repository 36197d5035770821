"""News, and news to one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    """What an announcement is about; each has a text in `dialogs.notices`."""

    STAGE_OPENED = "stage_opened"
    STAGE_CLOSED = "stage_closed"
    STAGE_EXTENDED = "stage_extended"
    REMINDER = "reminder"
    RESULTS = "results"


class DeliveryState(StrEnum):
    """How far one person's copy has come."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BLOCKED = "blocked"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A piece of news; parameters are frozen when it is planned."""

    id: int
    community_id: int
    cycle_id: int
    stage_id: int | None
    kind: NoticeKind
    parameters: Mapping[str, str | int | None]
    """What the text needs beyond the cycle and the stage, as JSON values."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One person's copy of an announcement, claimed for sending."""

    id: int
    announcement_id: int
    resident_id: int
    attempts: int
