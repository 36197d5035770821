"""What is told to one person in one message, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from civic.model.announcement import Announcement, NoticeKind, Parameter
from civic.model.broadcast import Broadcast
from civic.model.cycle import Stage

GATHERING: Final = timedelta(seconds=5)
"""What falls due within so long is told together: the calendars of several cycles are carried out
one after another, and so is what is caught up with after downtime."""
PLANNING_LASTS: Final = timedelta(minutes=5)
"""How long other news waits for deliveries that are still being written. Even a million take less;
what takes longer is in trouble, and must not hold up the rest."""
MOST: Final = 9
"""Pieces of news in one message; more are too many to read at once."""

_BY_URGENCY: Final = (
    NoticeKind.BROADCAST_HANDED_IN,
    NoticeKind.BROADCAST_SENT_BACK,
    NoticeKind.BROADCAST_APPROVED,
    NoticeKind.BROADCAST,
    NoticeKind.REMINDER,
    NoticeKind.LAST_DAYS,
    NoticeKind.STAGE_CANCELLED,
    NoticeKind.STAGE_SHORTENED,
    NoticeKind.STAGE_MOVED,
    NoticeKind.STAGE_EXTENDED,
    NoticeKind.STAGE_OPENED,
    NoticeKind.HALF_WAY,
    NoticeKind.RESULTS,
    NoticeKind.WHILE_AWAY,
    NoticeKind.STAGE_CLOSED,
    NoticeKind.COMMENT_HIDDEN,
    NoticeKind.COMMENT_SHOWN,
)
"""What waits for an organiser, organisers' own words, what soon cannot be done any more, what
changes, what begins, what is over, and last what has no date at all."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def urgency(announcement: Announcement, stage: Stage | None) -> tuple[int, datetime, int]:
    """Return what sorts news, most urgent first; of the same kind, what closes first."""
    closes_at = _NEVER if stage is None else stage.closes_at
    return _BY_URGENCY.index(announcement.kind), closes_at, announcement.id


def goes_alone(parameters: Mapping[str, Parameter]) -> bool:
    """Tell whether an announcement with these parameters needs a message of its own."""
    return Broadcast.read(parameters).has_attachment


@dataclass(frozen=True, slots=True)
class Queued:
    """An announcement of which copies may be due."""

    id: int
    community_id: int
    send_from: datetime
    planned: bool
    """False while its deliveries are being written."""
    alone: bool

    def along(self, others: Iterable["Queued"]) -> list[int]:
        """Return the ids of the others that may be told in one message with it."""
        if self.alone:
            return []
        return [other.id for other in others if other.joins(self)]

    def may_lead(self, others: Iterable["Queued"], now: datetime, ripe: datetime) -> bool:
        """Tell whether its copies may go out, or wait for others that are to come along.

        What fell due after `ripe` waits a moment, and everything waits while deliveries of
        something else are being written, of which nobody knows yet for whom they are.
        """
        if self.alone:
            return True
        return self.send_from <= ripe and not any(
            other.joins(self) and not other.planned and other.send_from > now - PLANNING_LASTS
            for other in others
        )

    def joins(self, other: "Queued") -> bool:
        """Tell whether it may be told in one message with another that does not go alone."""
        is_other = self.id != other.id
        return is_other and self.community_id == other.community_id and not self.alone
