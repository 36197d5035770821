"""What is on the ballot."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from civic.model.project import Project
from storage.connection import Connection
from storage.memory import Recall
from storage.prepared import Prepared
from storage.repositories.cycles import touch
from storage.repositories.upsert import insert
from storage.tables.cycles import cycles
from storage.tables.voting import ballot_choices, projects


def _project(row: sa.Row[Any]) -> Project:
    return Project(
        id=row.id,
        cycle_id=row.cycle_id,
        code=row.code,
        titles=row.titles,
        about=row.about,
        place=row.place,
        district=row.district,
        topic=row.topic,
        cost=row.cost,
        cost_is_sample=row.cost_is_sample,
        photo=row.photo,
        position=row.position,
    )


_VERSION: Final = sa.select(cycles.c.id, cycles.c.version)
_OF_CYCLE: Final = Prepared(_VERSION.where(cycles.c.id == sa.bindparam("cycle_id")))
_OF_PROJECT: Final = Prepared(
    _VERSION.join(projects, projects.c.cycle_id == cycles.c.id).where(
        projects.c.id == sa.bindparam("project_id")
    )
)
_IN_CYCLE: Final = (
    sa.select(projects)
    .where(projects.c.cycle_id == sa.bindparam("cycle_id"))
    .order_by(projects.c.position, projects.c.id)
)


class SqlProjects:
    """Implements `civic.ports.Projects`."""

    def __init__(self, connection: Connection, recall: Recall) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
        self._recall = recall

    async def get(self, project_id: int) -> Project | None:
        """See the port."""
        found = await self._found(_OF_PROJECT, project_id=project_id)
        return next((project for project in found if project.id == project_id), None)

    async def in_cycle(self, cycle_id: int) -> Sequence[Project]:
        """See the port."""
        if not self._recall.knows(cycle_id):
            return await self._found(_OF_CYCLE, cycle_id=cycle_id)
        return await self._recall.find("projects", cycle_id, self._read)

    async def save(self, project: Project) -> int:
        """See the port."""
        values = {
            "cycle_id": project.cycle_id,
            "code": project.code,
            "titles": dict(project.titles),
            "about": dict(project.about),
            "place": dict(project.place),
            "district": project.district,
            "topic": project.topic,
            "cost": project.cost,
            "cost_is_sample": project.cost_is_sample,
            "photo": project.photo,
            "position": project.position,
        }
        saved = await self._connection.execute(
            insert(self._connection, projects)
            .values(values)
            .on_conflict_do_update(index_elements=["cycle_id", "code"], set_=values)
            .returning(projects.c.id)
        )
        await touch(self._connection, self._recall, project.cycle_id)
        return int(saved.scalar_one())

    async def remove(self, project_id: int) -> None:
        """See the port; raises `ValueError` when the project is on a ballot."""
        chosen = sa.select(ballot_choices).where(ballot_choices.c.project_id == project_id)
        if await self._connection.scalar(sa.select(chosen.exists())):
            msg = f"project {project_id} is on a ballot"
            raise ValueError(msg)
        removed = await self._connection.scalars(
            sa.delete(projects).where(projects.c.id == project_id).returning(projects.c.cycle_id)
        )
        for cycle_id in removed.all():
            await touch(self._connection, self._recall, cycle_id)

    async def _found(self, query: Prepared, **where: object) -> Sequence[Project]:
        row = await self._connection.row(query, **where)
        if row is None:
            return ()
        self._recall.saw(row.id, row.version)
        return await self._recall.find("projects", row.id, self._read)

    async def _read(self, cycle_id: int) -> Sequence[Project]:
        rows = await self._connection.execute(_IN_CYCLE, {"cycle_id": cycle_id})
        return tuple(_project(row) for row in rows)
