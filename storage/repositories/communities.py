"""Towns."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from civic.model.community import Community, District, Topic
from storage.repositories.upsert import insert
from storage.tables.people import communities


def _community(row: sa.Row[Any]) -> Community:
    return Community(
        id=row.id,
        slug=row.slug,
        names=row.names,
        timezone=row.timezone,
        currency=row.currency,
        districts=tuple(District(entry["code"], entry["names"]) for entry in row.districts),
        topics=tuple(Topic(entry["code"], entry["names"]) for entry in row.topics),
        contact=row.contact,
    )


class SqlCommunities:
    """Implements `civic.ports.Communities`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def get(self, community_id: int) -> Community | None:
        """See the port."""
        return await self._one(sa.select(communities).where(communities.c.id == community_id))

    async def by_slug(self, slug: str) -> Community | None:
        """See the port."""
        return await self._one(sa.select(communities).where(communities.c.slug == slug))

    async def first(self) -> Community | None:
        """See the port."""
        return await self._one(sa.select(communities).order_by(communities.c.id).limit(1))

    async def save(self, community: Community) -> int:
        """See the port."""
        values = {
            "slug": community.slug,
            "names": dict(community.names),
            "timezone": community.timezone,
            "currency": community.currency,
            "districts": [
                {"code": entry.code, "names": dict(entry.names)} for entry in community.districts
            ],
            "topics": [
                {"code": entry.code, "names": dict(entry.names)} for entry in community.topics
            ],
            "contact": dict(community.contact),
        }
        statement = insert(self._connection, communities).values(values)
        statement = statement.on_conflict_do_update(index_elements=["slug"], set_=values)
        result = await self._connection.execute(statement.returning(communities.c.id))
        return int(result.scalar_one())

    async def _one(self, query: sa.Select[Any]) -> Community | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _community(row)
