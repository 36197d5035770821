"""Cycles, their stages, and the public log of changes."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from civic.model.cycle import (
    Cycle,
    CycleKind,
    Rules,
    Stage,
    StageAction,
    StageChange,
    StageKind,
    StageState,
)
from storage.connection import Connection
from storage.memory import Recall
from storage.prepared import Prepared
from storage.tables.cycles import cycles, stage_changes, stages
from storage.tables.voting import ballot_links

_RULES: Final = TypeAdapter(Rules)
"""Makes the enums, tuples and dataclasses of the model out of what JSON keeps of them."""
_OVER: Final = (StageState.CLOSED.value, StageState.CANCELLED.value)


def _stage(row: sa.Row[Any]) -> Stage:
    return Stage(
        id=row.id,
        cycle_id=row.cycle_id,
        kind=StageKind(row.kind),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        state=StageState(row.state),
        texts=row.texts,
    )


_VERSION: Final = sa.select(cycles.c.id, cycles.c.version)
_WITH_ID: Final = _VERSION.where(cycles.c.id == sa.bindparam("cycle_id"))
_BY_ID: Final = Prepared(_WITH_ID)
# Ideas, comments and stages that name the cycle may still be written: who writes them may hold
# somebody for whom whoever locks the cycle waits next.
_BY_ID_LOCKED: Final = Prepared(_WITH_ID.with_for_update(key_share=True))
_SAME: Final = Prepared(
    sa.select(cycles.c.id)
    .where(cycles.c.id == sa.bindparam("cycle_id"), cycles.c.version == sa.bindparam("seen"))
    .with_for_update(read=True)
)
_BY_SLUG: Final = Prepared(
    _VERSION.where(
        cycles.c.community_id == sa.bindparam("community_id"),
        cycles.c.slug == sa.bindparam("slug"),
    )
)
_OF_STAGE: Final = Prepared(
    _VERSION.join(stages, stages.c.cycle_id == cycles.c.id).where(
        stages.c.id == sa.bindparam("stage_id")
    )
)
_OF_COMMUNITY: Final = Prepared(
    _VERSION.where(cycles.c.community_id == sa.bindparam("community_id"))
)
_WHOLE: Final = sa.select(cycles).where(cycles.c.id == sa.bindparam("cycle_id"))
_STAGES: Final = (
    sa.select(stages)
    .where(stages.c.cycle_id == sa.bindparam("cycle_id"))
    .order_by(stages.c.opens_at, stages.c.id)
)
_TOUCH: Final = (
    sa.update(cycles).where(cycles.c.id == sa.bindparam("of")).values(version=cycles.c.version + 1)
)


class SqlCycles:
    """Implements `civic.ports.Cycles`."""

    def __init__(self, connection: Connection, recall: Recall) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
        self._recall = recall

    async def get(self, cycle_id: int, *, lock: bool = False) -> Cycle | None:
        """See the port."""
        if self._recall.knows(cycle_id) and not lock:
            return await self._recall.find("cycle", cycle_id, self._read)
        return await self._one(_BY_ID_LOCKED if lock else _BY_ID, cycle_id=cycle_id)

    async def rely_on(self, cycle_id: int) -> None:
        """See the port."""
        if self._connection.engine.dialect.name == "sqlite":
            return  # its one writer is this unit of work
        seen = self._recall.seen(cycle_id)
        await self._connection.require((_SAME, {"cycle_id": cycle_id, "seen": seen}))

    async def by_slug(self, community_id: int, slug: str) -> Cycle | None:
        """See the port."""
        return await self._one(_BY_SLUG, community_id=community_id, slug=slug)

    async def of_stage(self, stage_id: int) -> Cycle | None:
        """See the port."""
        return await self._one(_OF_STAGE, stage_id=stage_id)

    async def all(self, community_id: int) -> Sequence[Cycle]:
        """See the port."""
        found = await self._found(_OF_COMMUNITY, community_id=community_id)
        return sorted(found, key=_begins_at, reverse=True)

    async def ids(self) -> Sequence[int]:
        """See the port."""
        linked = sa.select(ballot_links).where(ballot_links.c.stage_id == stages.c.id)
        unfinished = sa.select(stages.c.cycle_id).where(
            sa.or_(stages.c.state.not_in(_OVER), linked.exists())
        )
        found = await self._connection.scalars(
            sa.select(cycles.c.id).where(cycles.c.id.in_(unfinished)).order_by(cycles.c.id)
        )
        return list(found)

    async def add(self, cycle: Cycle) -> Cycle:
        """See the port."""
        added = await self._connection.execute(
            sa.insert(cycles)
            .values(community_id=cycle.community_id, slug=cycle.slug, **_columns(cycle))
            .returning(cycles.c.id)
        )
        cycle_id = int(added.scalar_one())
        for stage in cycle.stages:
            await self.add_stage(replace(stage, cycle_id=cycle_id))
        stored = await self.get(cycle_id)
        if stored is None:
            msg = "a cycle vanished while it was being added"
            raise LookupError(msg)
        return stored

    async def save(self, cycle: Cycle) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(cycles).where(cycles.c.id == cycle.id).values(**_columns(cycle))
        )
        await touch(self._connection, self._recall, cycle.id)

    async def add_stage(self, stage: Stage) -> Stage:
        """See the port."""
        added = await self._connection.execute(
            sa.insert(stages)
            .values(
                cycle_id=stage.cycle_id,
                kind=stage.kind.value,
                opens_at=stage.opens_at,
                closes_at=stage.closes_at,
                state=stage.state.value,
                texts=dict(stage.texts),
            )
            .returning(stages)
        )
        await touch(self._connection, self._recall, stage.cycle_id)
        return _stage(added.one())

    async def save_stage(self, stage: Stage) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(stages)
            .where(stages.c.id == stage.id)
            .values(
                opens_at=stage.opens_at,
                closes_at=stage.closes_at,
                state=stage.state.value,
                texts=dict(stage.texts),
            )
        )
        await touch(self._connection, self._recall, stage.cycle_id)

    async def source(self, cycle_id: int) -> str | None:
        """See the port."""
        found: str | None = await self._connection.scalar(
            sa.select(cycles.c.source).where(cycles.c.id == cycle_id)
        )
        return found

    async def save_source(self, cycle_id: int, source: str) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(cycles).where(cycles.c.id == cycle_id).values(source=source)
        )

    async def log(
        self,
        stage_id: int,
        action: StageAction,
        at: datetime,
        *,
        by: int | None,
        reason: str,
        before: datetime | None,
        after: datetime | None,
    ) -> None:
        """See the port."""
        await self._connection.execute(
            sa.insert(stage_changes).values(
                stage_id=stage_id,
                action=action.value,
                at=at,
                by=by,
                reason=reason,
                before=before,
                after=after,
            )
        )

    async def changes(self, cycle_id: int) -> Sequence[StageChange]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(stage_changes)
            .join(stages, stages.c.id == stage_changes.c.stage_id)
            .where(stages.c.cycle_id == cycle_id)
            .order_by(stage_changes.c.id.desc())
        )
        return [
            StageChange(
                id=row.id,
                stage_id=row.stage_id,
                action=StageAction(row.action),
                at=row.at,
                reason=row.reason,
                before=row.before,
                after=row.after,
            )
            for row in rows
        ]

    async def _one(self, query: Prepared, **where: object) -> Cycle | None:
        found = await self._found(query, **where)
        return found[0] if found else None

    async def _found(self, query: Prepared, **where: object) -> list[Cycle]:
        rows = await self._connection.rows(query, **where)
        for row in rows:
            self._recall.saw(row.id, row.version)
        return [await self._recall.find("cycle", row.id, self._read) for row in rows]

    async def _read(self, cycle_id: int) -> Cycle:
        where = {"cycle_id": cycle_id}
        row = (await self._connection.execute(_WHOLE, where)).one()
        found = [_stage(stage) for stage in await self._connection.execute(_STAGES, where)]
        return Cycle(
            id=row.id,
            community_id=row.community_id,
            slug=row.slug,
            kind=CycleKind(row.kind),
            titles=row.titles,
            about=row.about,
            rules=_RULES.validate_python(row.rules),
            rules_hash=row.rules_hash,
            stages=tuple(stage for stage in found if stage.state is not StageState.CANCELLED),
            cancelled=tuple(stage for stage in found if stage.state is StageState.CANCELLED),
        )


def _begins_at(cycle: Cycle) -> datetime:
    return min(stage.opens_at for stage in cycle.stages + cycle.cancelled)


def _columns(cycle: Cycle) -> dict[str, Any]:
    return {
        "kind": cycle.kind.value,
        "titles": dict(cycle.titles),
        "about": dict(cycle.about),
        "rules": asdict(cycle.rules),
        "rules_hash": cycle.rules_hash,
    }


async def touch(connection: Connection, recall: Recall, cycle_id: int) -> None:
    """Raise the version of a cycle that has changed, or whose stages or projects have."""
    recall.changed(cycle_id)
    await connection.execute(_TOUCH, {"of": cycle_id})
