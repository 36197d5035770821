"""Files in a table of their own, stored once by content."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from civic.model.announcement import NoticeKind
from storage.connection import Connection
from storage.repositories.upsert import insert
from storage.tables.news import announcements, broadcast_drafts


class KeptFiles:
    """What `SqlPictures` and `SqlDocuments` have in common."""

    def __init__(self, connection: Connection, table: sa.Table) -> None:
        """Work inside the transaction of `connection` on `table`."""
        self._connection = connection
        self._table = table

    async def add(self, content: bytes, media_type: str, now: datetime) -> int:
        """See the port."""
        digest = sha256(content).hexdigest()
        await self._connection.execute(
            insert(self._connection, self._table)
            .values(sha256=digest, media_type=media_type, content=content, created_at=now)
            # The moment is that of the last time: whoever stores it again is about to show it.
            .on_conflict_do_update(index_elements=["sha256"], set_={"created_at": now})
        )
        found = await self._connection.execute(
            sa.select(self._table.c.id).where(self._table.c.sha256 == digest)
        )
        return int(found.scalar_one())

    async def get(self, file_id: int) -> tuple[bytes, str] | None:
        """See the port."""
        found = await self._connection.execute(
            sa.select(self._table.c.content, self._table.c.media_type).where(
                self._table.c.id == file_id
            )
        )
        row = found.one_or_none()
        return None if row is None else (bytes(row.content), row.media_type)

    async def remove_others(
        self, shown: Collection[int | None], before: datetime, limit: int
    ) -> int:
        """Remove at most `limit` files last stored before that moment which are not `shown`."""
        old = await self._connection.scalars(
            sa.select(self._table.c.id)
            .where(self._table.c.created_at < before)
            .order_by(self._table.c.id)
        )
        unused = [number for number in old if number not in shown][:limit]
        removed = await self._connection.execute(
            sa.delete(self._table).where(
                self._table.c.id.in_(unused),
                # Not one that somebody stored again meanwhile.
                self._table.c.created_at < before,
            )
        )
        return removed.rowcount

    async def in_broadcasts(self, parameter: str) -> set[int | None]:
        """Return what announcements and their drafts show under that parameter."""
        announced = sa.select(announcements.c.parameters[parameter].as_integer()).where(
            announcements.c.kind == NoticeKind.BROADCAST.value
        )
        drafted = sa.select(broadcast_drafts.c.parameters[parameter].as_integer())
        # As of one moment: a draft that is being announced is in one of the two.
        return {*await self._connection.scalars(sa.union(announced, drafted))}
