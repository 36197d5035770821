"""Photos, stored once by content."""

from datetime import datetime

import sqlalchemy as sa

from storage.connection import Connection
from storage.repositories.kept import KeptFiles
from storage.tables.ideas import idea_drafts, ideas, pictures
from storage.tables.voting import projects


class SqlPictures(KeptFiles):
    """Implements `civic.ports.Pictures`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        super().__init__(connection, pictures)

    async def remove_unused(self, before: datetime, limit: int) -> int:
        """See the port."""
        shown = {
            photo
            for table in (ideas, idea_drafts)
            for content in await self._connection.scalars(sa.select(table.c.content))
            for photo in content["photos"]
        }
        shown.update(await self._connection.scalars(sa.select(projects.c.photo)))
        shown.update(await self.in_broadcasts("photo"))
        return await self.remove_others(shown, before, limit)
