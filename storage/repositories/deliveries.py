"""Copies on their way: claimed by a sender, settled, and taken over from the dead."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from civic.model.announcement import (
    Addressee,
    AnnouncementState,
    Delivery,
    DeliveryState,
    Outcome,
)
from civic.model.resident import Contact, NewsChoice
from civic.rules.quiet_hours import is_allowed
from storage.repositories.audiences import BY_PREFERENCE
from storage.repositories.residents import contact_from
from storage.repositories.upsert import insert
from storage.tables.news import (
    IS_PENDING,
    IS_SENDING,
    IS_UNPOSTED,
    announcements,
    channel_pauses,
    deliveries,
    postings,
    senders,
)
from storage.tables.people import communities, contacts, residents

INTERRUPTED: Final = "interrupted"
"""Error class of a copy whose sender died."""
_IS_OPEN: Final = announcements.c.state.in_(
    [AnnouncementState.PLANNING.value, AnnouncementState.RUNNING.value]
)


class SqlDeliveries:
    """Implements `civic.ports.Deliveries`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def beat(self, worker: str, now: datetime, dead_since: datetime) -> tuple[int, int]:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, senders)
            .values(name=worker, beat_at=now)
            .on_conflict_do_update(index_elements=["name"], set_={"beat_at": now})
        )
        await self._connection.execute(
            sa.delete(senders).where(senders.c.beat_at <= dead_since, senders.c.name != worker)
        )
        alive = (await self._connection.scalars(sa.select(senders.c.name))).all()
        recovered = await self._connection.execute(
            sa.update(deliveries)
            .where(IS_SENDING, deliveries.c.worker.not_in(alive))
            .values(
                state=DeliveryState.PENDING.value,
                doubtful=True,
                error=INTERRUPTED,
                worker=None,
                changed_at=now,
            )
        )
        return len(alive), recovered.rowcount

    async def leave(self, worker: str) -> None:
        """See the port."""
        await self._connection.execute(sa.delete(senders).where(senders.c.name == worker))

    async def claim(
        self, worker: str, channel: str, limit: int, now: datetime
    ) -> Sequence[Delivery]:
        """See the port."""
        open_ones = await self._connection.execute(
            sa.select(announcements.c.id, communities.c.timezone)
            .join(communities, communities.c.id == announcements.c.community_id)
            .where(_IS_OPEN, announcements.c.send_from <= now)
            .order_by(announcements.c.recipients, announcements.c.id)
        )
        claimed: list[Delivery] = []
        for row in open_ones.all():
            if len(claimed) >= limit:
                break
            whom = sa.true() if is_allowed(now, ZoneInfo(row.timezone)) else deliveries.c.any_hour
            claimed += await self._claim_of(
                row.id, worker, channel, limit - len(claimed), now, whom
            )
        return claimed

    async def _claim_of(
        self,
        announcement_id: int,
        worker: str,
        channel: str,
        limit: int,
        now: datetime,
        whom: sa.ColumnElement[bool],
    ) -> Sequence[Delivery]:
        due = (
            sa.select(deliveries.c.resident_id)
            .where(
                deliveries.c.announcement_id == announcement_id,
                deliveries.c.channel == channel,
                IS_PENDING,
                deliveries.c.not_before <= now,
                whom,
            )
            .order_by(deliveries.c.not_before, deliveries.c.resident_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        # Locked rows must be chosen once: PostgreSQL may run a plain subquery again and lock more.
        chosen = due.cte("due")
        claimed = await self._connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.announcement_id == announcement_id,
                deliveries.c.resident_id.in_(sa.select(chosen.c.resident_id)),
            )
            .values(
                state=DeliveryState.SENDING.value,
                attempts=deliveries.c.attempts + 1,
                worker=worker,
                changed_at=now,
            )
            .returning(deliveries.c.resident_id, deliveries.c.attempts)
        )
        found = [Delivery(announcement_id, row.resident_id, row.attempts) for row in claimed]
        return sorted(found, key=lambda delivery: delivery.resident_id)

    async def addressees(self, resident_ids: Collection[int]) -> Mapping[int, Addressee]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(contacts)
            .where(contacts.c.resident_id.in_(resident_ids), contacts.c.reachable)
            .order_by(*BY_PREFERENCE)
        )
        reachable: defaultdict[int, list[Contact]] = defaultdict(list)
        for row in rows:
            reachable[row.resident_id].append(contact_from(row))
        people = await self._connection.execute(
            sa.select(residents.c.id, residents.c.language, residents.c.news).where(
                residents.c.id.in_(resident_ids)
            )
        )
        return {
            row.id: Addressee(
                row.id,
                row.language,
                row.news != NewsChoice.NONE.value,
                tuple(reachable[row.id]),
            )
            for row in people
        }

    async def settle(self, worker: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        """See the port."""
        if not outcomes:
            return
        mine = sa.and_(
            deliveries.c.announcement_id == sa.bindparam("of_announcement"),
            deliveries.c.resident_id == sa.bindparam("of_resident"),
            IS_SENDING,
            deliveries.c.worker == worker,
        )
        await self._connection.execute(
            sa.update(deliveries)
            .where(mine)
            .values(
                state=sa.bindparam("new_state"),
                attempts=deliveries.c.attempts - sa.bindparam("untried", type_=sa.Integer),
                changed_at=now,
                error=sa.bindparam("new_error"),
                doubtful=sa.or_(deliveries.c.doubtful, sa.bindparam("in_doubt", type_=sa.Boolean)),
                not_before=sa.func.coalesce(
                    sa.bindparam("later", type_=deliveries.c.not_before.type),
                    deliveries.c.not_before,
                ),
                channel=sa.func.coalesce(
                    sa.bindparam("on_channel", type_=sa.String), deliveries.c.channel
                ),
                worker=None,
            ),
            [_as_parameters(outcome) for outcome in outcomes],
        )

    async def finish(self, now: datetime) -> int:
        """See the port."""
        here = deliveries.c.announcement_id == announcements.c.id
        unposted = sa.select(postings).where(
            postings.c.announcement_id == announcements.c.id, IS_UNPOSTED
        )
        finished = await self._connection.execute(
            sa.update(announcements)
            .where(
                announcements.c.state == AnnouncementState.RUNNING.value,
                sa.not_(sa.select(deliveries).where(here, IS_PENDING).exists()),
                sa.not_(sa.select(deliveries).where(here, IS_SENDING).exists()),
                sa.not_(unposted.exists()),
            )
            .values(state=AnnouncementState.DONE.value, finished_at=now)
        )
        return finished.rowcount

    async def pause(self, channel: str, until: datetime) -> None:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, channel_pauses)
            .values(channel=channel, until=until)
            .on_conflict_do_update(index_elements=["channel"], set_={"until": until})
        )

    async def paused_until(self, channel: str) -> datetime | None:
        """See the port."""
        until: datetime | None = await self._connection.scalar(
            sa.select(channel_pauses.c.until).where(channel_pauses.c.channel == channel)
        )
        return until

    async def waiting(self) -> Mapping[str, int]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(deliveries.c.channel, sa.func.count().label("copies"))
            .join(announcements, announcements.c.id == deliveries.c.announcement_id)
            .where(IS_PENDING, _IS_OPEN)
            .group_by(deliveries.c.channel)
        )
        return {row.channel: row.copies for row in rows}


def _as_parameters(outcome: Outcome) -> dict[str, Any]:
    return {
        "of_announcement": outcome.delivery.announcement_id,
        "of_resident": outcome.delivery.resident_id,
        "new_state": outcome.state.value,
        "untried": 0 if outcome.tried else 1,
        "new_error": outcome.error,
        "in_doubt": outcome.doubtful,
        "later": outcome.not_before,
        "on_channel": outcome.channel,
    }
