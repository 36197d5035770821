"""News, and news to one person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from civic.model.audience import EVERYONE, Audience
from civic.model.resident import Contact, NewsChoice

HELD_BACK: Final = "daily limit"
"""Why a copy waits of somebody who has not written lately (`civic.rules.strangers`)."""
QUIET: Final = "quiet hours"
"""Why a copy waits until the hours of its person begin (`civic.rules.quiet_hours`)."""
UNWANTED: Final = "unwanted"
"""Why a copy was left out: its person wants no such news any more."""
FINISHED: Final = "done"
"""Why it was left out: it reminds of what its person has finished."""
STALE: Final = "stale"
"""Why it was left out: it makes no sense any more."""
CHANNEL_OFF: Final = "channel off"
"""Why it was given up: no sender has served its channel for `civic.rules.sending.OFF_AFTER`."""


class NoticeKind(StrEnum):
    """What an announcement is about; each has a text in `dialogs.notices`."""

    STAGE_OPENED = "stage_opened"
    STAGE_CLOSED = "stage_closed"
    STAGE_EXTENDED = "stage_extended"
    STAGE_SHORTENED = "stage_shortened"
    STAGE_MOVED = "stage_moved"
    STAGE_CANCELLED = "stage_cancelled"
    HALF_WAY = "half_way"
    """For everyone who has not finished what the stage asks for."""
    LAST_DAYS = "last_days"
    """For those who have not begun."""
    REMINDER = "reminder"
    """For those who began and did not finish."""
    RESULTS = "results"
    WHILE_AWAY = "while_away"
    """Sums up what nobody was told in time."""
    COMMENT_HIDDEN = "comment_hidden"
    COMMENT_SHOWN = "comment_shown"
    """A moderator let a remark be read again."""
    BROADCAST = "broadcast"
    """An organiser's own words; see `civic.model.broadcast`."""
    BROADCAST_HANDED_IN = "broadcast_handed_in"
    """To the other organisers: it waits for the approval of one of them."""
    BROADCAST_APPROVED = "broadcast_approved"
    """To its author."""
    BROADCAST_SENT_BACK = "broadcast_sent_back"
    """To its author: what another organiser wants changed."""


class AnnouncementState(StrEnum):
    """How far an announcement as a whole has come."""

    PLANNING = "planning"
    """Waits for its moment, or its deliveries are being written; those there are sent already."""
    RUNNING = "running"
    """Every delivery is written."""
    PAUSED = "paused"
    TAKEN_BACK = "taken_back"
    """Its author is changing it; nobody got it, and its approval no longer holds."""
    STOPPED = "stopped"
    """Given up by an organiser; what is pending stays unsent."""
    DONE = "done"
    """Nothing is left to send."""


class DeliveryState(StrEnum):
    """How far one person's copy has come."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BLOCKED = "blocked"
    SKIPPED = "skipped"


Parameter = str | int | None | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Announcement:
    """A piece of news; parameters are frozen when it is planned."""

    id: int
    community_id: int
    cycle_id: int | None
    stage_id: int | None
    kind: NoticeKind
    parameters: Mapping[str, Parameter]
    """What the text needs beyond the cycle and the stage, as JSON values."""
    created_at: datetime
    number: int | None = None
    """By which people in the town know it; None when it is not for the public list."""
    audience: Audience = EVERYONE
    state: AnnouncementState = AnnouncementState.PLANNING
    send_from: datetime | None = None
    """When sending may begin; None = at once."""
    send_until: datetime | None = None
    """After this it is of no use and is not sent any more."""
    planned_at: datetime | None = None
    """When the last delivery was written; None until then."""
    begun_at: datetime | None = None
    """When the first copy was taken to be sent; None while nobody can have got it."""
    finished_at: datetime | None = None
    recipients: int = 0
    """How many deliveries are written so far."""
    by: int | None = None
    """The organiser who wrote it (resident id); never shown."""
    approved_by: int | None = None
    """Another organiser who approved it (resident id); shown to organisers only."""
    approved_at: datetime | None = None

    @property
    def is_out(self) -> bool:
        """Tell whether it may have reached somebody, or is over because there was nobody."""
        return self.begun_at is not None or self.state is AnnouncementState.DONE


@dataclass(frozen=True, slots=True)
class Delivery:
    """One person's copy of an announcement, claimed for sending."""

    announcement_id: int
    resident_id: int
    attempts: int
    """How often it was claimed, this time included."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed delivery."""

    delivery: Delivery
    state: DeliveryState
    error: str = ""
    """The class of what went wrong, nothing personal."""
    not_before: datetime | None = None
    """With PENDING: when to try again; None = at once."""
    tried: bool = True
    """False when it was given back without a call to the messenger: then it is no attempt."""
    channel: str | None = None
    """The channel on which it was sent, or on which it is to be tried next; None = as it was."""
    doubtful: bool = False
    """True when nobody knows whether the message arrived: its answer was lost."""
    lost: Contact | None = None
    """An address that turned out to be blocked or gone."""
    digest: int | None = None
    """Id of the announcement at the head of the message in which it went with others."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """What has to be known of a person to tell them something."""

    resident_id: int
    language: str
    news: NewsChoice
    chooses_topics: bool
    """True when they follow or mute a topic."""
    contacts: tuple[Contact, ...]
    """Those where they can be reached; the first is where they are told."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sending of an announcement has come."""

    counts: Mapping[DeliveryState, int]
    doubtful: int
    """Copies that may have come twice: a process died or a connection broke in between."""
    together: int
    """Copies that went in one message with other news."""
    per_second: float
    """Copies dealt with a second during the last minute."""
    held_back: int = 0
    """Copies that wait because a messenger lets only so many new people be told a day."""
    resting: int = 0
    """Copies that wait until the hours begin that their people have chosen."""
    reasons: Mapping[tuple[DeliveryState, str], int] = field(default_factory=dict)
    """Copies by what hinders or hindered them; those that nothing hindered are left out."""

    def because(self, *reasons: str) -> int:
        """Return how many copies were left out or given up for one of these reasons."""
        over = (DeliveryState.SKIPPED, DeliveryState.FAILED, DeliveryState.BLOCKED)
        return sum(self.reasons.get((state, why), 0) for state in over for why in reasons)

    @property
    def left(self) -> int:
        """How many copies wait or are being sent."""
        waiting = (DeliveryState.PENDING, DeliveryState.SENDING)
        return sum(self.counts.get(state, 0) for state in waiting)

    @property
    def total(self) -> int:
        """How many copies there are."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What happened to one person's copy."""

    announcement: Announcement
    resident_id: int
    state: DeliveryState
    attempts: int
    error: str
    channel: str
    not_before: datetime
    changed_at: datetime
    doubtful: bool
    digest: int | None
    """Id of the announcement at the head of the message in which it went with others."""
