"""Writing the copies of announcements and removing them, part by part.

People are taken by rising id. An announcement says up to whom its copies are written
(`planned_to`): whose id is higher gets theirs when their turn comes, unless they have it already,
as somebody to whom another person's copy went over.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from civic.model.announcement import QUIET, Announcement, AnnouncementState, DeliveryState
from civic.rules.quiet_hours import Instant
from storage.connection import Connection
from storage.repositories.alone import be_among, is_alone
from storage.repositories.audiences import people
from storage.repositories.hours import opening, within_at
from storage.tables.news import announcements, deliveries
from storage.tables.people import communities, residents

ARE_BEING_WRITTEN: Final = sa.and_(
    announcements.c.planned_at.is_(None),
    announcements.c.state.in_([AnnouncementState.PLANNING.value, AnnouncementState.PAUSED.value]),
)
"""The condition that some copies of an announcement may be written, and some not yet."""
_WHO_IS_WHO: Final = "say who is who"


async def nobody_is_joined(connection: Connection) -> bool:
    """Let everybody stay who they are while a part is written, before anything else is locked.

    False when somebody is being joined or separated just now. Nobody waits for that: a process in
    trouble would hold up all others.
    """
    return await is_alone(connection, _WHO_IS_WHO)


async def let_nothing_be_written(connection: Connection) -> None:
    """Let no part be written while chats are joined or separated, before people are locked."""
    await be_among(connection, _WHO_IS_WHO)


async def write_copies(
    connection: Connection,
    announcement: Announcement,
    whom: Sequence[sa.ColumnElement[bool]],
    limit: int,
    now: datetime,
    channels: Collection[str],
) -> int:
    """Write up to `limit` copies, to the first of its audience who have none; return how many.

    `whom` are further conditions on `residents`. Each person gets theirs on the channel that they
    prefer, those among `channels` first.
    """
    has = deliveries.alias("has")
    # A correlated query, which no planner turns into a join with all copies.
    written = (
        sa.select(has.c.resident_id)
        .where(has.c.announcement_id == announcement.id, has.c.resident_id == residents.c.id)
        .limit(1)
        .scalar_subquery()
    )
    found = people(
        announcement.community_id,
        announcement.audience,
        announcement.cycle_id,
        sorted(channels),
        (*whom, written.is_(None)),
    )
    zone = await _zone(connection, announcement.community_id)
    due = sa.literal(now, deliveries.c.not_before.type)
    is_open = within_at(found, Instant.of(now, zone))
    chosen = (
        sa.select(
            found.c.resident_id,
            found.c.channel,
            sa.case((is_open, due), else_=opening(found, now, zone)).label("not_before"),
        )
        .order_by(found.c.resident_id)
        .limit(limit)
        .subquery("chosen")
    )
    columns = {
        "announcement_id": sa.literal(announcement.id, sa.BigInteger),
        "resident_id": chosen.c.resident_id,
        "channel": chosen.c.channel,
        "state": sa.literal(DeliveryState.PENDING.value),
        "attempts": sa.literal(0),
        "not_before": chosen.c.not_before,
        "changed_at": sa.literal(now, deliveries.c.changed_at.type),
        "error": sa.case((chosen.c.not_before > due, QUIET), else_=""),
        "doubtful": sa.literal(False),
    }
    added = await connection.execute(
        sa.insert(deliveries).from_select(
            list(columns), sa.select(*columns.values()).order_by(chosen.c.resident_id)
        )
    )
    return added.rowcount


def last_written(announcement_id: int, after: int, written: int) -> sa.ScalarSelect[int]:
    """Return up to whom copies are written when `written` were added to those up to `after`.

    Where copies of others went over to people among them, it is somewhat less: at their turn they
    have theirs.
    """
    return (
        sa.select(deliveries.c.resident_id)
        .where(deliveries.c.announcement_id == announcement_id, deliveries.c.resident_id > after)
        .order_by(deliveries.c.resident_id)
        .offset(written - 1)
        .limit(1)
        .scalar_subquery()
    )


async def remove_copies(connection: Connection, announcement_id: int, limit: int) -> int:
    """Remove up to `limit` copies; return how many."""
    first = (
        sa.select(deliveries.c.resident_id)
        .where(deliveries.c.announcement_id == announcement_id)
        .order_by(deliveries.c.resident_id)
        .limit(limit)
    )
    removed = await connection.execute(
        sa.delete(deliveries).where(
            deliveries.c.announcement_id == announcement_id, deliveries.c.resident_id.in_(first)
        )
    )
    return removed.rowcount


async def _zone(connection: Connection, community_id: int) -> ZoneInfo:
    name = await connection.scalar(
        sa.select(communities.c.timezone).where(communities.c.id == community_id)
    )
    return ZoneInfo(str(name))
