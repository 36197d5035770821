"""What is on the ballot."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from civic.model.project import Project
from storage.repositories.upsert import insert
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


class SqlProjects:
    """Implements `civic.ports.Projects`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def get(self, project_id: int) -> Project | None:
        """See the port."""
        found = await self._connection.execute(
            sa.select(projects).where(projects.c.id == project_id)
        )
        row = found.one_or_none()
        return None if row is None else _project(row)

    async def in_cycle(self, cycle_id: int) -> Sequence[Project]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(projects)
            .where(projects.c.cycle_id == cycle_id)
            .order_by(projects.c.position, projects.c.id)
        )
        return [_project(row) for row in rows]

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
        return int(saved.scalar_one())

    async def remove(self, project_id: int) -> None:
        """See the port; raises `ValueError` when the project is on a ballot."""
        chosen = sa.select(ballot_choices).where(ballot_choices.c.project_id == project_id)
        if await self._connection.scalar(sa.select(chosen.exists())):
            msg = f"project {project_id} is on a ballot"
            raise ValueError(msg)
        await self._connection.execute(sa.delete(projects).where(projects.c.id == project_id))
