"""Groups and channels that are told news besides people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from civic.model.audience import Audience
from civic.model.destination import Destination, DestinationKind
from storage.connection import Connection
from storage.tables.news import announcements, broadcast_drafts, destinations, postings


def destination_from(row: sa.Row[Any]) -> Destination:
    """Return the destination that a row holds."""
    return Destination(
        id=row.id,
        community_id=row.community_id,
        channel=row.channel,
        chat_id=row.chat_id,
        kind=DestinationKind(row.kind),
        title=row.title,
        languages=tuple(row.languages.split(",")),
        stage_news=row.stage_news,
        reminders=row.reminders,
        present=row.present,
    )


async def keep_free(
    connection: Connection, which: sa.ColumnElement[bool], until: datetime
) -> None:
    """Let no news be posted in such a group or channel before that moment; never shorten it."""
    await connection.execute(
        sa.update(destinations)
        .where(which, sa.or_(destinations.c.free_at.is_(None), destinations.c.free_at < until))
        .values(free_at=until)
    )


class SqlDestinations:
    """Implements `civic.ports.Destinations`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def of_community(self, community_id: int) -> Sequence[Destination]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(destinations)
            .where(destinations.c.community_id == community_id, destinations.c.present)
            .order_by(destinations.c.title, destinations.c.id)
        )
        return [destination_from(row) for row in rows]

    async def get(self, destination_id: int, *, lock: bool = False) -> Destination | None:
        """See the port."""
        return await self._one(destinations.c.id == destination_id, lock=lock)

    async def at(self, channel: str, chat_id: int, *, lock: bool = False) -> Destination | None:
        """See the port."""
        return await self._one(
            destinations.c.channel == channel, destinations.c.chat_id == chat_id, lock=lock
        )

    async def add(
        self,
        community_id: int,
        channel: str,
        chat_id: int,
        kind: DestinationKind,
        title: str,
        language: str,
        now: datetime,
    ) -> Destination:
        """See the port."""
        added = await self._connection.execute(
            sa.insert(destinations)
            .values(
                community_id=community_id,
                channel=channel,
                chat_id=chat_id,
                kind=kind.value,
                title=title,
                languages=language,
                stage_news=False,
                reminders=True,
                present=True,
                created_at=now,
            )
            .returning(destinations)
        )
        return destination_from(added.one())

    async def save(self, destination: Destination) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(destinations)
            .where(destinations.c.id == destination.id)
            .values(
                chat_id=destination.chat_id,
                kind=destination.kind.value,
                title=destination.title,
                languages=",".join(destination.languages),
                stage_news=destination.stage_news,
                reminders=destination.reminders,
                present=destination.present,
            )
        )

    async def move(self, destination: Destination, chat_id: int) -> None:
        """See the port."""
        newer = await self.at(destination.channel, chat_id)
        if newer is not None and newer.id != destination.id:
            # It was added under its new number before the old one was heard of.
            await self._hand_over(newer, destination)
        await self._connection.execute(
            sa.update(destinations)
            .where(destinations.c.id == destination.id)
            .values(chat_id=chat_id, present=True)
        )

    async def _hand_over(self, newer: Destination, kept: Destination) -> None:
        """Let `kept` stand wherever the newer one does, and remove that."""
        from_id, to_id = newer.id, kept.id
        await self._rename(broadcast_drafts, from_id, to_id)
        await self._rename(announcements, from_id, to_id, announcements.c.planned_at.is_(None))
        had = sa.select(postings.c.announcement_id).where(postings.c.destination_id == to_id)
        await self._connection.execute(
            sa.update(postings)
            .where(
                postings.c.destination_id == from_id,
                postings.c.announcement_id.not_in(had.scalar_subquery()),
            )
            .values(destination_id=to_id)
        )
        await self._connection.execute(sa.delete(destinations).where(destinations.c.id == from_id))

    async def _rename(
        self, table: sa.Table, from_id: int, to_id: int, *which: sa.ColumnElement[bool]
    ) -> None:
        """Name another destination in the audiences of what is not sent yet."""
        rows = await self._connection.execute(
            sa.select(table.c.id, table.c.audience).where(*which).with_for_update()
        )
        for row in rows.all():
            audience = Audience.read(row.audience)
            if from_id not in audience.chats:
                continue
            chats = dict.fromkeys(to_id if chat == from_id else chat for chat in audience.chats)
            await self._connection.execute(
                sa.update(table)
                .where(table.c.id == row.id)
                .values(audience=audience.also_to(*chats).stored())
            )

    async def _one(self, *which: sa.ColumnElement[bool], lock: bool) -> Destination | None:
        query = sa.select(destinations).where(*which)
        found = await self._connection.execute(
            query.with_for_update(key_share=True) if lock else query
        )
        row = found.one_or_none()
        return None if row is None else destination_from(row)
