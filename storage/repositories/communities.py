"""Towns."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from civic.model.community import Community, District, Topic
from storage.connection import Connection
from storage.memory import Recall
from storage.prepared import Prepared
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
        broadcasts_need_second_organiser=row.broadcasts_need_second_organiser,
    )


_VERSION: Final = sa.select(communities.c.id, communities.c.version)
_BY_ID: Final = Prepared(_VERSION.where(communities.c.id == sa.bindparam("community_id")))
_BY_SLUG: Final = Prepared(_VERSION.where(communities.c.slug == sa.bindparam("slug")))
_FIRST: Final = Prepared(_VERSION.order_by(communities.c.id).limit(1))
_WHOLE: Final = sa.select(communities).where(communities.c.id == sa.bindparam("community_id"))


async def zones_of(connection: Connection) -> Sequence[ZoneInfo]:
    """Return the time zones in which there are towns, each once."""
    zones = await connection.scalars(sa.select(communities.c.timezone).distinct())
    return [ZoneInfo(zone) for zone in zones]


class SqlCommunities:
    """Implements `civic.ports.Communities`."""

    def __init__(self, connection: Connection, recall: Recall) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
        self._recall = recall

    async def get(self, community_id: int) -> Community | None:
        """See the port."""
        if self._recall.knows(community_id):
            return await self._recall.find("community", community_id, self._read)
        return await self._one(_BY_ID, community_id=community_id)

    async def by_slug(self, slug: str) -> Community | None:
        """See the port."""
        return await self._one(_BY_SLUG, slug=slug)

    async def first(self) -> Community | None:
        """See the port."""
        return await self._one(_FIRST)

    async def zones(self) -> Sequence[ZoneInfo]:
        """See the port."""
        return await zones_of(self._connection)

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
            "broadcasts_need_second_organiser": community.broadcasts_need_second_organiser,
        }
        statement = insert(self._connection, communities).values(values)
        statement = statement.on_conflict_do_update(
            index_elements=["slug"], set_={**values, "version": communities.c.version + 1}
        )
        result = await self._connection.execute(statement.returning(communities.c.id))
        community_id = int(result.scalar_one())
        self._recall.changed(community_id)
        return community_id

    async def _one(self, query: Prepared, **where: object) -> Community | None:
        row = await self._connection.row(query, **where)
        if row is None:
            return None
        self._recall.saw(row.id, row.version)
        return await self._recall.find("community", row.id, self._read)

    async def _read(self, community_id: int) -> Community:
        found = await self._connection.execute(_WHOLE, {"community_id": community_id})
        return _community(found.one())
