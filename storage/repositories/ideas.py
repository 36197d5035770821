"""Drafts, submitted ideas and their support."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from civic.model.idea import Idea, IdeaContent, IdeaDraft, IdeaStatus
from storage.connection import Connection
from storage.repositories.upsert import insert
from storage.tables.ideas import idea_drafts, idea_supports, ideas
from storage.tables.people import residents

_NEW_IDEA = 0
"""What a draft of a new idea has in place of the idea's id, so that there can be only one."""

_SUPPORTS = (
    sa.select(sa.func.count())
    .where(idea_supports.c.idea_id == ideas.c.id)
    .correlate(ideas)
    .scalar_subquery()
    .label("supports")
)
_IDEAS = sa.select(ideas, residents.c.display_name, _SUPPORTS).join(
    residents, residents.c.id == ideas.c.author_id
)
_NOT_WITHDRAWN = ideas.c.status != IdeaStatus.WITHDRAWN.value


def _content(stored: dict[str, Any]) -> IdeaContent:
    return IdeaContent(**{**stored, "photos": tuple(stored["photos"])})


def _draft(row: sa.Row[Any]) -> IdeaDraft:
    return IdeaDraft(
        id=row.id,
        resident_id=row.resident_id,
        cycle_id=row.cycle_id,
        idea_id=None if row.idea_id == _NEW_IDEA else row.idea_id,
        content=_content(row.content),
        updated_at=row.updated_at,
    )


def _idea(row: sa.Row[Any]) -> Idea:
    return Idea(
        id=row.id,
        cycle_id=row.cycle_id,
        author_id=row.author_id,
        author_name=row.display_name,
        status=IdeaStatus(row.status),
        content=_content(row.content),
        supports=row.supports,
        submitted_at=row.submitted_at,
    )


def _columns(content: IdeaContent) -> dict[str, Any]:
    return {
        "title": content.title,
        "topic": content.topic,
        "district": content.district,
        "content": asdict(content),
    }


class SqlIdeas:
    """Implements `civic.ports.Ideas`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def draft(self, draft_id: int) -> IdeaDraft | None:
        """See the port."""
        return await self._one_draft(idea_drafts.c.id == draft_id)

    async def draft_of(
        self, resident_id: int, cycle_id: int, idea_id: int | None
    ) -> IdeaDraft | None:
        """See the port."""
        return await self._one_draft(
            idea_drafts.c.resident_id == resident_id,
            idea_drafts.c.cycle_id == cycle_id,
            idea_drafts.c.idea_id == (idea_id or _NEW_IDEA),
        )

    async def drafts_of(self, resident_id: int) -> Sequence[IdeaDraft]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(idea_drafts)
            .where(idea_drafts.c.resident_id == resident_id)
            .order_by(idea_drafts.c.updated_at.desc(), idea_drafts.c.id.desc())
        )
        return [_draft(row) for row in rows]

    async def add_draft(
        self,
        resident_id: int,
        cycle_id: int,
        idea_id: int | None,
        content: IdeaContent,
        now: datetime,
    ) -> IdeaDraft:
        """See the port."""
        # The update changes nothing; it makes another device that writes the same draft wait.
        await self._connection.execute(
            insert(self._connection, idea_drafts)
            .values(
                resident_id=resident_id,
                cycle_id=cycle_id,
                idea_id=idea_id or _NEW_IDEA,
                content=asdict(content),
                updated_at=now,
            )
            .on_conflict_do_update(
                index_elements=["resident_id", "cycle_id", "idea_id"],
                set_={"cycle_id": cycle_id},
            )
        )
        draft = await self.draft_of(resident_id, cycle_id, idea_id)
        if draft is None:
            msg = "a draft vanished while it was being added"
            raise LookupError(msg)
        return draft

    async def save_draft(self, draft: IdeaDraft) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(idea_drafts)
            .where(idea_drafts.c.id == draft.id)
            .values(content=asdict(draft.content), updated_at=draft.updated_at)
        )

    async def remove_draft(self, draft_id: int) -> None:
        """See the port."""
        await self._connection.execute(sa.delete(idea_drafts).where(idea_drafts.c.id == draft_id))

    async def get(self, idea_id: int) -> Idea | None:
        """See the port."""
        return await self._one(ideas.c.id == idea_id)

    async def by_draft(self, draft_id: int) -> Idea | None:
        """See the port."""
        return await self._one(ideas.c.draft_id == draft_id)

    async def submit(self, draft: IdeaDraft, now: datetime) -> Idea:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, ideas)
            .values(
                cycle_id=draft.cycle_id,
                author_id=draft.resident_id,
                draft_id=draft.id,
                status=IdeaStatus.SUBMITTED.value,
                submitted_at=now,
                **_columns(draft.content),
            )
            .on_conflict_do_nothing(index_elements=["draft_id"])
        )
        idea = await self.by_draft(draft.id)
        if idea is None:
            msg = "an idea vanished while it was being submitted"
            raise LookupError(msg)
        return idea

    async def save_content(self, idea_id: int, content: IdeaContent) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(ideas).where(ideas.c.id == idea_id).values(**_columns(content))
        )

    async def set_status(self, idea_id: int, status: IdeaStatus) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(ideas).where(ideas.c.id == idea_id).values(status=status.value)
        )

    async def of_author(self, resident_id: int) -> Sequence[Idea]:
        """See the port."""
        rows = await self._connection.execute(
            _IDEAS.where(ideas.c.author_id == resident_id).order_by(ideas.c.id.desc())
        )
        return [_idea(row) for row in rows]

    async def in_cycle(
        self, cycle_id: int, *, topic: str | None = None, district: str | None = None
    ) -> Sequence[Idea]:
        """See the port."""
        query = _IDEAS.where(ideas.c.cycle_id == cycle_id, _NOT_WITHDRAWN)
        if topic is not None:
            query = query.where(ideas.c.topic == topic)
        if district is not None:
            query = query.where(ideas.c.district == district)
        rows = await self._connection.execute(query.order_by(ideas.c.id))
        return [_idea(row) for row in rows]

    async def count(self, cycle_id: int) -> int:
        """See the port."""
        found = await self._connection.execute(
            sa.select(sa.func.count())
            .select_from(ideas)
            .where(ideas.c.cycle_id == cycle_id, _NOT_WITHDRAWN)
        )
        return int(found.scalar_one())

    async def support(self, idea_id: int, resident_id: int, *, on: bool) -> None:
        """See the port."""
        if on:
            await self._connection.execute(
                insert(self._connection, idea_supports)
                .values(idea_id=idea_id, resident_id=resident_id)
                .on_conflict_do_nothing()
            )
        else:
            await self._connection.execute(
                sa.delete(idea_supports).where(
                    idea_supports.c.idea_id == idea_id,
                    idea_supports.c.resident_id == resident_id,
                )
            )

    async def supported_by(self, resident_id: int, cycle_id: int) -> frozenset[int]:
        """See the port."""
        found = await self._connection.scalars(
            sa.select(idea_supports.c.idea_id)
            .join(ideas, ideas.c.id == idea_supports.c.idea_id)
            .where(idea_supports.c.resident_id == resident_id, ideas.c.cycle_id == cycle_id)
        )
        return frozenset(found)

    async def _one_draft(self, *conditions: sa.ColumnElement[bool]) -> IdeaDraft | None:
        found = await self._connection.execute(sa.select(idea_drafts).where(*conditions))
        row = found.one_or_none()
        return None if row is None else _draft(row)

    async def _one(self, condition: sa.ColumnElement[bool]) -> Idea | None:
        row = (await self._connection.execute(_IDEAS.where(condition))).one_or_none()
        return None if row is None else _idea(row)
