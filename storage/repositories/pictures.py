"""Photos, stored once by content."""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from civic.model.announcement import NoticeKind
from storage.repositories.upsert import insert
from storage.tables.ideas import idea_drafts, ideas, pictures
from storage.tables.news import announcements, broadcast_drafts
from storage.tables.voting import projects


class SqlPictures:
    """Implements `civic.ports.Pictures`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def add(self, content: bytes, media_type: str, now: datetime) -> int:
        """See the port."""
        digest = sha256(content).hexdigest()
        await self._connection.execute(
            insert(self._connection, pictures)
            .values(sha256=digest, media_type=media_type, content=content, created_at=now)
            # The moment is that of the last time: whoever stores it again is about to show it.
            .on_conflict_do_update(index_elements=["sha256"], set_={"created_at": now})
        )
        found = await self._connection.execute(
            sa.select(pictures.c.id).where(pictures.c.sha256 == digest)
        )
        return int(found.scalar_one())

    async def remove_unused(self, before: datetime, limit: int) -> int:
        """See the port."""
        shown = {
            photo
            for table in (ideas, idea_drafts)
            for content in await self._connection.scalars(sa.select(table.c.content))
            for photo in content["photos"]
        }
        shown.update(await self._connection.scalars(sa.select(projects.c.photo)))
        announced = announcements.c.parameters["photo"].as_integer()
        shown.update(
            await self._connection.scalars(
                sa.select(announced).where(announcements.c.kind == NoticeKind.BROADCAST.value)
            )
        )
        drafted = broadcast_drafts.c.parameters["photo"].as_integer()
        shown.update(await self._connection.scalars(sa.select(drafted)))
        old = await self._connection.scalars(
            sa.select(pictures.c.id).where(pictures.c.created_at < before).order_by(pictures.c.id)
        )
        unused = [number for number in old if number not in shown][:limit]
        removed = await self._connection.execute(
            sa.delete(pictures).where(
                pictures.c.id.in_(unused),
                # Not one that somebody stored again meanwhile.
                pictures.c.created_at < before,
            )
        )
        return removed.rowcount

    async def get(self, picture_id: int) -> tuple[bytes, str] | None:
        """See the port."""
        found = await self._connection.execute(
            sa.select(pictures.c.content, pictures.c.media_type).where(pictures.c.id == picture_id)
        )
        row = found.one_or_none()
        return None if row is None else (bytes(row.content), row.media_type)
