"""Photos, stored once by content."""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.repositories.upsert import insert
from storage.tables.ideas import pictures


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
            .on_conflict_do_nothing(index_elements=["sha256"])
        )
        found = await self._connection.execute(
            sa.select(pictures.c.id).where(pictures.c.sha256 == digest)
        )
        return int(found.scalar_one())

    async def get(self, picture_id: int) -> tuple[bytes, str] | None:
        """See the port."""
        found = await self._connection.execute(
            sa.select(pictures.c.content, pictures.c.media_type).where(pictures.c.id == picture_id)
        )
        row = found.one_or_none()
        return None if row is None else (bytes(row.content), row.media_type)
