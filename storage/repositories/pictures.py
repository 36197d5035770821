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
        # As of one moment: a draft that is being submitted is in one of the two.
        written = sa.union_all(sa.select(ideas.c.content), sa.select(idea_drafts.c.content))
        shown = {
            photo
            for content in await self._connection.scalars(written)
            for photo in content["photos"]
        }
        shown.update(await self._connection.scalars(sa.select(projects.c.photo)))
        shown.update(await self.in_broadcasts("photo"))
        return await self.remove_others(shown, before, limit)
