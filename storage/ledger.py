"""The ledger of news as a whole, for whoever has to account for it afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from civic.model.announcement import AnnouncementState, DeliveryState
from storage.database import Database
from storage.tables.news import IS_UNPOSTED, announcements, deliveries, destinations, postings


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's copy of an announcement, and what became of it."""

    announcement_id: int
    resident_id: int
    state: DeliveryState
    error: str
    """Why it was not sent; empty otherwise."""
    digest: int | None
    """Id of the announcement at the head of the message in which it went with others."""
    changed_at: datetime
    """When that became of it."""

    @property
    def message(self) -> int:
        """The announcement by which the person's message is known in which it went."""
        return self.digest or self.announcement_id


@dataclass(frozen=True, slots=True)
class PostedCopy:
    """What became of an announcement in one group or channel."""

    announcement_id: int
    destination_id: int
    chat_id: int
    state: DeliveryState
    error: str
    messages: int
    """In how many messages it arrived; two languages may take two."""


async def announcement_ids(database: Database) -> Sequence[int]:
    """Return the ids of all announcements, oldest first."""
    async with database.read() as connection:
        found = await connection.scalars(sa.select(announcements.c.id).order_by("id"))
        return found.all()


async def copies(database: Database) -> Sequence[Copy]:
    """Return every copy of every announcement, oldest announcement first."""
    shown = deliveries.c.announcement_id, deliveries.c.resident_id
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(
                *shown,
                deliveries.c.state,
                deliveries.c.error,
                deliveries.c.digest,
                deliveries.c.changed_at,
            ).order_by(*shown)
        )
        return [
            Copy(
                row.announcement_id,
                row.resident_id,
                DeliveryState(row.state),
                row.error,
                row.digest,
                row.changed_at,
            )
            for row in rows
        ]


async def posted_copies(database: Database) -> Sequence[PostedCopy]:
    """Return every copy of every group and channel, oldest announcement first."""
    shown = (
        *(postings.c.announcement_id, postings.c.destination_id, destinations.c.chat_id),
        *(postings.c.state, postings.c.error, postings.c.parts),
    )
    joined = postings.join(destinations, destinations.c.id == postings.c.destination_id)
    async with database.read() as connection:
        rows = await connection.execute(sa.select(*shown).select_from(joined).order_by(*shown[:2]))
        return [
            PostedCopy(
                row.announcement_id,
                row.destination_id,
                row.chat_id,
                DeliveryState(row.state),
                row.error,
                row.parts,
            )
            for row in rows
        ]


async def next_due(database: Database) -> datetime | None:
    """Return the moment from which the next copy may be planned or sent; None without any."""
    planning = sa.select(announcements.c.send_from.label("moment")).where(
        announcements.c.state == AnnouncementState.PLANNING.value
    )
    pending = (
        sa.select(deliveries.c.not_before)
        .join(announcements, announcements.c.id == deliveries.c.announcement_id)
        .where(
            announcements.c.state == AnnouncementState.RUNNING.value,
            deliveries.c.state == DeliveryState.PENDING.value,
        )
    )
    unposted = (
        sa.select(postings.c.not_before)
        .join(announcements, announcements.c.id == postings.c.announcement_id)
        .where(announcements.c.state == AnnouncementState.RUNNING.value, IS_UNPOSTED)
    )
    moments = sa.union_all(planning, pending, unposted).subquery()
    async with database.read() as connection:
        found: datetime | None = await connection.scalar(sa.select(sa.func.min(moments.c.moment)))
        return found
