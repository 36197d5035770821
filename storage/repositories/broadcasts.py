"""Announcements that organisers are writing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from civic.model.audience import Audience
from civic.model.broadcast import Broadcast, BroadcastDraft, Order
from civic.model.resident import Role
from storage.connection import Connection
from storage.repositories.upsert import insert
from storage.tables.news import broadcast_drafts
from storage.tables.people import residents, roles


def _draft(row: sa.Row[Any]) -> BroadcastDraft:
    return BroadcastDraft(
        id=row.id,
        organiser_id=row.organiser_id,
        order=Order(
            broadcast=Broadcast.read(row.parameters),
            left_out=tuple(row.left_out),
            audience=Audience.read(row.audience),
            send_from=row.send_from,
        ),
        updated_at=row.updated_at,
        version=row.version,
        handed_in_at=row.handed_in_at,
        one_language=row.one_language,
        sent_back=row.sent_back,
        revises=row.revises,
    )


def _columns(order: Order) -> dict[str, Any]:
    return {
        "parameters": order.broadcast.parameters(),
        "left_out": list(order.left_out),
        "audience": order.audience.stored(),
        "send_from": order.send_from,
    }


class SqlBroadcasts:
    """Implements `civic.ports.Broadcasts`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def draft(self, draft_id: int, *, lock: bool = False) -> BroadcastDraft | None:
        """See the port."""
        which = sa.select(broadcast_drafts).where(broadcast_drafts.c.id == draft_id)
        found = await self._connection.execute(which.with_for_update() if lock else which)
        row = found.one_or_none()
        return None if row is None else _draft(row)

    async def drafts_of(self, organiser_id: int) -> Sequence[BroadcastDraft]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(broadcast_drafts)
            .where(broadcast_drafts.c.organiser_id == organiser_id)
            .order_by(broadcast_drafts.c.updated_at.desc(), broadcast_drafts.c.id.desc())
        )
        return [_draft(row) for row in rows]

    async def waiting(self, community_id: int) -> Sequence[BroadcastDraft]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(broadcast_drafts)
            .join(residents, residents.c.id == broadcast_drafts.c.organiser_id)
            .join(roles, roles.c.resident_id == residents.c.id)
            .where(
                residents.c.community_id == community_id,
                roles.c.role == Role.ORGANISER.value,
                broadcast_drafts.c.handed_in_at.is_not(None),
            )
            .order_by(broadcast_drafts.c.handed_in_at, broadcast_drafts.c.id)
        )
        return [_draft(row) for row in rows]

    async def add_draft(
        self,
        organiser_id: int,
        key: str,
        order: Order,
        now: datetime,
        *,
        revises: int | None = None,
    ) -> BroadcastDraft:
        """See the port."""
        # The update changes nothing; it makes another process that writes the same draft wait.
        found = await self._connection.execute(
            insert(self._connection, broadcast_drafts)
            .values(
                organiser_id=organiser_id,
                key=key,
                updated_at=now,
                revises=revises,
                **_columns(order),
            )
            .on_conflict_do_update(index_elements=["organiser_id", "key"], set_={"key": key})
            .returning(*broadcast_drafts.c)
        )
        return _draft(found.one())

    async def save_draft(self, draft: BroadcastDraft) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(broadcast_drafts)
            .where(broadcast_drafts.c.id == draft.id)
            .values(
                updated_at=draft.updated_at,
                version=draft.version,
                handed_in_at=draft.handed_in_at,
                one_language=draft.one_language,
                sent_back=draft.sent_back,
                **_columns(draft.order),
            )
        )

    async def remove_draft(self, draft_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            sa.delete(broadcast_drafts).where(broadcast_drafts.c.id == draft_id)
        )
