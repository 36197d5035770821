"""The ledger of news."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from civic.model.announcement import Announcement, Delivery, DeliveryState, NoticeKind
from civic.model.resident import NewsChoice
from storage.repositories.upsert import insert
from storage.tables.cycles import engagements, stages
from storage.tables.news import announcements, deliveries
from storage.tables.people import contacts, residents

_REACHABLE = (
    sa.select(contacts.c.id)
    .where(contacts.c.resident_id == residents.c.id, contacts.c.reachable)
    .exists()
)


def _announcement(row: sa.Row[Any]) -> Announcement:
    return Announcement(
        id=row.id,
        community_id=row.community_id,
        cycle_id=row.cycle_id,
        stage_id=row.stage_id,
        kind=NoticeKind(row.kind),
        parameters=row.parameters,
        created_at=row.created_at,
    )


class SqlAnnouncements:
    """Implements `civic.ports.Announcements`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def plan(
        self,
        key: str,
        community_id: int,
        cycle_id: int,
        stage_id: int | None,
        kind: NoticeKind,
        parameters: Mapping[str, str | int | None],
        now: datetime,
    ) -> int | None:
        """See the port."""
        added: int | None = await self._connection.scalar(
            insert(self._connection, announcements)
            .values(
                key=key,
                community_id=community_id,
                cycle_id=cycle_id,
                stage_id=stage_id,
                kind=kind.value,
                parameters=dict(parameters),
                created_at=now,
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(announcements.c.id)
        )
        return added

    async def is_planned(self, key: str) -> bool:
        """See the port."""
        same = sa.select(announcements).where(announcements.c.key == key)
        return bool(await self._connection.scalar(sa.select(same.exists())))

    async def address_to_all(self, announcement_id: int, now: datetime) -> int:
        """See the port."""
        told = sa.select(announcements.c.community_id, announcements.c.cycle_id).where(
            announcements.c.id == announcement_id
        )
        row = (await self._connection.execute(told)).one()
        return await self._address(
            announcement_id,
            now,
            residents.c.community_id == row.community_id,
            _wants(row.cycle_id),
        )

    async def audience(self, community_id: int, cycle_id: int) -> int:
        """See the port."""
        counted = await self._connection.scalar(
            sa.select(sa.func.count())
            .select_from(residents)
            .where(residents.c.community_id == community_id, _wants(cycle_id), _REACHABLE)
        )
        return int(counted or 0)

    async def address_to_unfinished(
        self, announcement_id: int, stage_id: int, now: datetime
    ) -> int:
        """See the port."""
        begun = sa.select(engagements.c.resident_id).where(
            engagements.c.stage_id == stage_id, sa.not_(engagements.c.finished)
        )
        willing = residents.c.news != NewsChoice.NONE.value
        return await self._address(announcement_id, now, residents.c.id.in_(begun), willing)

    async def get(self, announcement_id: int) -> Announcement | None:
        """See the port."""
        found = await self._connection.execute(
            sa.select(announcements).where(announcements.c.id == announcement_id)
        )
        row = found.one_or_none()
        return None if row is None else _announcement(row)

    async def claim(
        self, limit: int, now: datetime, *, avoiding: Collection[str] = ()
    ) -> Sequence[Delivery]:
        """See the port."""
        due = (
            sa.select(deliveries.c.id)
            .where(
                deliveries.c.state == DeliveryState.PENDING.value, deliveries.c.not_before <= now
            )
            .order_by(deliveries.c.not_before, deliveries.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        if avoiding:
            due = due.where(_first_channel().not_in(avoiding))
        # Locked rows must be chosen once: PostgreSQL may run a plain subquery again and lock more.
        chosen = due.cte("due")
        claimed = await self._connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.id.in_(sa.select(chosen.c.id)))
            .values(
                state=DeliveryState.SENDING.value,
                attempts=deliveries.c.attempts + 1,
                changed_at=now,
            )
            .returning(
                deliveries.c.id,
                deliveries.c.announcement_id,
                deliveries.c.resident_id,
                deliveries.c.attempts,
            )
        )
        found = [
            Delivery(row.id, row.announcement_id, row.resident_id, row.attempts) for row in claimed
        ]
        return sorted(found, key=lambda delivery: delivery.id)

    async def settle(
        self,
        delivery_id: int,
        state: DeliveryState,
        now: datetime,
        *,
        error: str = "",
        not_before: datetime | None = None,
        tried: bool = True,
    ) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.id == delivery_id,
                deliveries.c.state == DeliveryState.SENDING.value,
            )
            .values(
                state=state.value,
                attempts=deliveries.c.attempts - (0 if tried else 1),
                changed_at=now,
                error=error,
                not_before=deliveries.c.not_before if not_before is None else not_before,
            )
        )

    async def recover(self, stuck_since: datetime, now: datetime) -> int:
        """See the port."""
        recovered = await self._connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.state == DeliveryState.SENDING.value,
                deliveries.c.changed_at <= stuck_since,
            )
            .values(state=DeliveryState.PENDING.value, changed_at=now, error="interrupted")
        )
        return recovered.rowcount

    async def of_resident(self, resident_id: int, limit: int) -> Sequence[Announcement]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(announcements)
            .join(deliveries, deliveries.c.announcement_id == announcements.c.id)
            .where(deliveries.c.resident_id == resident_id)
            .order_by(announcements.c.id.desc())
            .limit(limit)
        )
        return [_announcement(row) for row in rows]

    async def _address(
        self, announcement_id: int, now: datetime, *whom: sa.ColumnElement[bool]
    ) -> int:
        columns = {
            "announcement_id": sa.literal(announcement_id, sa.BigInteger),
            "resident_id": residents.c.id,
            "state": sa.literal(DeliveryState.PENDING.value),
            "attempts": sa.literal(0),
            "not_before": sa.literal(now, deliveries.c.not_before.type),
            "changed_at": sa.literal(now, deliveries.c.changed_at.type),
            "error": sa.literal(""),
        }
        people = sa.select(*columns.values()).where(_REACHABLE, *whom)
        added = await self._connection.execute(
            insert(self._connection, deliveries)
            .from_select(list(columns), people)
            .on_conflict_do_nothing(index_elements=["announcement_id", "resident_id"])
        )
        return added.rowcount


def _wants(cycle_id: int) -> sa.ColumnElement[bool]:
    """Return whether a person wants news about that cycle."""
    takes_part = (
        sa.select(engagements)
        .join(stages, stages.c.id == engagements.c.stage_id)
        .where(engagements.c.resident_id == residents.c.id, stages.c.cycle_id == cycle_id)
    )
    return sa.or_(
        residents.c.news == NewsChoice.ALL.value,
        sa.and_(residents.c.news == NewsChoice.MINE.value, takes_part.exists()),
    )


def _first_channel() -> sa.ScalarSelect[str]:
    return (
        sa.select(contacts.c.channel)
        .where(contacts.c.resident_id == deliveries.c.resident_id, contacts.c.reachable)
        .order_by(contacts.c.id)
        .limit(1)
        .scalar_subquery()
    )
