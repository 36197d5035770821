"""Who began and who finished what a stage asks for."""

from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa

from storage.connection import Connection
from storage.prepared import Prepared
from storage.repositories.among import among
from storage.repositories.upsert import insert_into
from storage.tables.cycles import engagements, stages

_BEGIN: Final = Prepared(
    lambda dialect: insert_into(engagements, dialect).on_conflict_do_nothing()
)
_FINISH: Final = Prepared(
    lambda dialect: insert_into(engagements, dialect).on_conflict_do_update(
        index_elements=["stage_id", "resident_id"], set_={"finished": True}
    )
)
_FINISHED: Final = Prepared(
    lambda dialect: sa.select(engagements.c.resident_id).where(
        engagements.c.stage_id == sa.bindparam("stage"),
        among(engagements.c.resident_id, "people", dialect),
        engagements.c.finished,
    )
)
_UNFINISH: Final = Prepared(
    sa.update(engagements)
    .where(
        engagements.c.stage_id == sa.bindparam("stage"),
        engagements.c.resident_id == sa.bindparam("resident"),
    )
    .values(finished=False)
)


class SqlEngagements:
    """Implements `civic.ports.Engagements`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def begin(self, stage_id: int, resident_id: int) -> None:
        """See the port."""
        values = {"stage_id": stage_id, "resident_id": resident_id, "finished": False}
        await self._connection.later((_BEGIN, values))

    async def finish(self, stage_id: int, resident_id: int) -> None:
        """See the port."""
        values = {"stage_id": stage_id, "resident_id": resident_id, "finished": True}
        await self._connection.later((_FINISH, values))

    async def unfinish(self, stage_id: int, resident_id: int) -> None:
        """See the port."""
        values = {"stage": stage_id, "resident": resident_id}
        await self._connection.later((_UNFINISH, values))

    async def forget(self, stage_id: int, resident_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            sa.delete(engagements).where(
                engagements.c.stage_id == stage_id, engagements.c.resident_id == resident_id
            )
        )

    async def of_resident(
        self, resident_id: int, stage_ids: Collection[int]
    ) -> Mapping[int, bool]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(engagements.c.stage_id, engagements.c.finished).where(
                engagements.c.resident_id == resident_id, engagements.c.stage_id.in_(stage_ids)
            )
        )
        return {row.stage_id: row.finished for row in rows}

    async def finished(self, stage_id: int, resident_ids: Collection[int]) -> Collection[int]:
        """See the port."""
        rows = await self._connection.rows(_FINISHED, stage=stage_id, people=list(resident_ids))
        return {row.resident_id for row in rows}

    async def participants(self, cycle_id: int) -> int:
        """See the port."""
        found = await self._connection.scalar(
            sa.select(sa.func.count(engagements.c.resident_id.distinct()))
            .join(stages, stages.c.id == engagements.c.stage_id)
            .where(stages.c.cycle_id == cycle_id, engagements.c.finished)
        )
        return int(found or 0)
