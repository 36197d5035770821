"""The copies of groups and channels: few, so each is claimed by itself."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from civic.model.announcement import Announcement, AnnouncementState, DeliveryState
from civic.model.destination import Posted, Posting, PostingRecord
from civic.rules.quiet_hours import is_allowed
from storage.connection import Connection
from storage.repositories.alone import be_alone
from storage.repositories.communities import zones_of
from storage.repositories.deliveries import INTERRUPTED
from storage.repositories.destinations import destination_from, keep_free
from storage.repositories.upsert import insert
from storage.tables.news import IS_UNPOSTED, announcements, destinations, postings, senders
from storage.tables.people import communities

_PENDING: Final = postings.c.state == DeliveryState.PENDING.value
_SENDING: Final = postings.c.state == DeliveryState.SENDING.value
_OPEN: Final = (AnnouncementState.PLANNING.value, AnnouncementState.RUNNING.value)


async def write_postings(
    connection: Connection, announcement: Announcement, now: datetime
) -> None:
    """Write one for each group and channel of the announcement where the service may write."""
    columns = {
        "announcement_id": sa.literal(announcement.id, sa.BigInteger),
        "destination_id": destinations.c.id,
        "state": sa.literal(DeliveryState.PENDING.value),
        "attempts": sa.literal(0),
        "not_before": sa.literal(now, postings.c.not_before.type),
        "changed_at": sa.literal(now, postings.c.changed_at.type),
        "error": sa.literal(""),
        "doubtful": sa.literal(False),
        "parts": sa.literal(0),
    }
    chosen = sa.select(*columns.values()).where(
        destinations.c.id.in_(announcement.audience.chats),
        destinations.c.community_id == announcement.community_id,
        destinations.c.present,
    )
    await connection.execute(
        insert(connection, postings)
        .from_select(list(columns), chosen)
        .on_conflict_do_nothing(index_elements=["announcement_id", "destination_id"])
    )


async def posted_of(
    connection: Connection, announcement_id: int
) -> tuple[Counter[tuple[DeliveryState, str]], int]:
    """Return how many postings are in each state and why; and how many may have come twice."""
    rows = await connection.execute(
        sa.select(
            postings.c.state,
            postings.c.error,
            sa.func.count().label("copies"),
            sa.func.count().filter(postings.c.doubtful).label("doubtful"),
        )
        .where(postings.c.announcement_id == announcement_id)
        .group_by(postings.c.state, postings.c.error)
    )
    found = rows.all()
    counts = Counter({(DeliveryState(row.state), row.error): row.copies for row in found})
    return counts, sum(row.doubtful for row in found)


async def unposted_of(connection: Connection, announcement_id: int) -> Counter[str]:
    """Return how many postings are not sent yet on each channel."""
    rows = await connection.execute(
        sa.select(destinations.c.channel, sa.func.count().label("copies"))
        .join(postings, postings.c.destination_id == destinations.c.id)
        .where(postings.c.announcement_id == announcement_id, IS_UNPOSTED)
        .group_by(destinations.c.channel)
    )
    return Counter({row.channel: row.copies for row in rows})


class SqlPostings:
    """Implements `civic.ports.Postings`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def recover(self, now: datetime) -> int:
        """See the port."""
        recovered = await self._connection.execute(
            sa.update(postings)
            .where(_SENDING, postings.c.worker.not_in(sa.select(senders.c.name)))
            .values(
                state=DeliveryState.PENDING.value,
                doubtful=True,
                error=INTERRUPTED,
                worker=None,
                changed_at=now,
            )
        )
        return recovered.rowcount

    async def claim(
        self, worker: str, channel: str, now: datetime, rest: timedelta
    ) -> Posting | None:
        """See the port."""
        await be_alone(self._connection, f"post on {channel}")
        other = postings.alias("other")
        is_busy = sa.exists().where(
            other.c.destination_id == destinations.c.id,
            other.c.state == DeliveryState.SENDING.value,
        )
        rests_until = sa.case((destinations.c.free_at > now, destinations.c.free_at))
        found = await self._connection.execute(
            sa.select(postings, destinations)
            .join(destinations, destinations.c.id == postings.c.destination_id)
            .join(announcements, announcements.c.id == postings.c.announcement_id)
            .join(communities, communities.c.id == announcements.c.community_id)
            .where(
                _PENDING,
                postings.c.not_before <= now,
                destinations.c.channel == channel,
                announcements.c.state.in_(_OPEN),
                communities.c.timezone.in_(await self._zones_awake(now)),
                sa.or_(destinations.c.free_at.is_(None), destinations.c.free_at <= now + rest),
                sa.not_(is_busy),
            )
            .order_by(
                rests_until.nulls_first(),
                postings.c.not_before,
                postings.c.announcement_id,
                destinations.c.id,
            )
            .limit(1)
            # The announcement too, so that nobody takes it back meanwhile.
            .with_for_update(of=[postings, announcements], skip_locked=True)
        )
        if (row := found.one_or_none()) is None:
            return None
        await self._change(
            row.announcement_id,
            row.destination_id,
            state=DeliveryState.SENDING.value,
            attempts=postings.c.attempts + 1,
            worker=worker,
            changed_at=now,
        )
        await self._connection.execute(
            sa.update(announcements)
            .where(announcements.c.id == row.announcement_id, announcements.c.begun_at.is_(None))
            .values(begun_at=now)
        )
        return Posting(
            row.announcement_id,
            destination_from(row),
            row.attempts + 1,
            row.parts,
            row.free_at,
        )

    async def settle(
        self, worker: str, outcomes: Sequence[Posted], now: datetime, rest: timedelta
    ) -> None:
        """See the port."""
        free_at = now + rest
        for outcome in outcomes:
            values: dict[str, Any] = {
                "state": outcome.state.value,
                "attempts": postings.c.attempts - (0 if outcome.tried else 1),
                "error": outcome.error,
                "doubtful": sa.or_(postings.c.doubtful, sa.literal(outcome.doubtful)),
                "changed_at": now,
                "worker": None,
                "parts": outcome.parts,
            }
            if outcome.not_before is not None:
                values["not_before"] = outcome.not_before
            posting = outcome.posting
            await self._change(
                posting.announcement_id,
                posting.destination.id,
                _SENDING,
                postings.c.worker == worker,
                **values,
            )
            await keep_free(
                self._connection,
                destinations.c.id == posting.destination.id,
                max(outcome.free_at or free_at, free_at),
            )

    async def of_announcement(self, announcement_id: int) -> Sequence[PostingRecord]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(postings, destinations)
            .join(destinations, destinations.c.id == postings.c.destination_id)
            .where(postings.c.announcement_id == announcement_id)
            .order_by(destinations.c.title, destinations.c.id)
        )
        return [
            PostingRecord(
                destination_from(row),
                DeliveryState(row.state),
                row.attempts,
                row.error,
                row.not_before,
                row.changed_at,
                row.doubtful,
            )
            for row in rows
        ]

    async def reached(self, announcement_id: int) -> Sequence[int]:
        """See the port."""
        found = await self._connection.scalars(
            sa.select(postings.c.destination_id)
            .where(
                postings.c.announcement_id == announcement_id,
                sa.or_(postings.c.state == DeliveryState.SENT.value, postings.c.doubtful),
            )
            .order_by(postings.c.destination_id)
        )
        return found.all()

    async def _zones_awake(self, now: datetime) -> Sequence[str]:
        """Return the zones of towns in which it is not quiet."""
        zones = await zones_of(self._connection)
        return [zone.key for zone in zones if is_allowed(now, zone)]

    async def _change(
        self,
        announcement_id: int,
        destination_id: int,
        *which: sa.ColumnElement[bool],
        **values: Any,  # noqa: ANN401 - values and expressions of columns
    ) -> None:
        await self._connection.execute(
            sa.update(postings)
            .where(
                postings.c.announcement_id == announcement_id,
                postings.c.destination_id == destination_id,
                *which,
            )
            .values(**values)
        )
