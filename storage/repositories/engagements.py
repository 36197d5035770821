"""Who began and who finished what a stage asks for."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.repositories.upsert import insert
from storage.tables.cycles import engagements


class SqlEngagements:
    """Implements `civic.ports.Engagements`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def begin(self, stage_id: int, resident_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, engagements)
            .values(stage_id=stage_id, resident_id=resident_id, finished=False)
            .on_conflict_do_nothing()
        )

    async def finish(self, stage_id: int, resident_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, engagements)
            .values(stage_id=stage_id, resident_id=resident_id, finished=True)
            .on_conflict_do_update(
                index_elements=["stage_id", "resident_id"], set_={"finished": True}
            )
        )

    async def unfinish(self, stage_id: int, resident_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(engagements)
            .where(engagements.c.stage_id == stage_id, engagements.c.resident_id == resident_id)
            .values(finished=False)
        )
