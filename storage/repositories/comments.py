"""Remarks on draft budgets, their drafts, support and reports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from civic.model.comment import Comment, CommentDraft, CommentKind, CommentOrder
from civic.model.moderation import Decision, Ground, Verdict, Why
from storage.connection import Connection
from storage.repositories.upsert import insert
from storage.tables.budgets import (
    comment_decisions,
    comment_drafts,
    comment_reports,
    comment_supports,
    comments,
)
from storage.tables.cycles import cycles
from storage.tables.people import residents


class SqlComments:
    """Implements `civic.ports.Comments`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def draft(self, draft_id: int) -> CommentDraft | None:
        """See the port."""
        return await self._draft(comment_drafts.c.id == draft_id)

    async def draft_of(self, resident_id: int, cycle_id: int) -> CommentDraft | None:
        """See the port."""
        return await self._draft(
            comment_drafts.c.resident_id == resident_id, comment_drafts.c.cycle_id == cycle_id
        )

    async def add_draft(
        self, resident_id: int, cycle_id: int, section_id: int | None, comment_id: int | None
    ) -> CommentDraft:
        """See the port."""
        # The earlier draft goes rather than changes: a button that still shows it must not
        # publish the new one.
        await self._connection.execute(
            sa.delete(comment_drafts).where(
                comment_drafts.c.resident_id == resident_id, comment_drafts.c.cycle_id == cycle_id
            )
        )
        added = await self._connection.execute(
            sa.insert(comment_drafts)
            .values(
                resident_id=resident_id,
                cycle_id=cycle_id,
                section_id=section_id,
                comment_id=comment_id,
                kind=None,
                text="",
            )
            .returning(comment_drafts)
        )
        return _draft(added.one())

    async def save_draft(self, draft: CommentDraft) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(comment_drafts)
            .where(comment_drafts.c.id == draft.id)
            .values(kind=draft.kind and draft.kind.value, text=draft.text)
        )

    async def remove_draft(self, draft_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            sa.delete(comment_drafts).where(comment_drafts.c.id == draft_id)
        )

    async def get(self, comment_id: int, *, lock: bool = False) -> Comment | None:
        """See the port."""
        if lock:
            # By itself: what a statement joins to a row that it waits for is as it was before.
            await self._connection.execute(
                sa.select(comments.c.id)
                .where(comments.c.id == comment_id)
                .with_for_update(key_share=True)
            )
        return await self._comment(comments.c.id == comment_id)

    async def by_draft(self, draft_id: int) -> Comment | None:
        """See the port."""
        return await self._comment(comments.c.draft_id == draft_id)

    async def publish(self, draft: CommentDraft, now: datetime) -> Comment:
        """See the port."""
        kind, text = _words(draft)
        await self._connection.execute(
            insert(self._connection, comments)
            .values(
                cycle_id=draft.cycle_id,
                section_id=draft.section_id,
                author_id=draft.resident_id,
                draft_id=draft.id,
                kind=kind,
                text=text,
                published_at=now,
                deleted=False,
            )
            .on_conflict_do_nothing(index_elements=["draft_id"])
        )
        published = await self.by_draft(draft.id)
        if published is None:
            msg = "a remark that was deleted is not published again"
            raise LookupError(msg)
        return published

    async def edit(self, draft: CommentDraft, now: datetime) -> None:
        """See the port."""
        kind, text = _words(draft)
        await self._connection.execute(
            sa.update(comments)
            .where(comments.c.id == draft.comment_id, comments.c.deleted.is_(False))
            .values(kind=kind, text=text, edited_at=now, draft_id=draft.id)
        )

    async def delete(self, comment_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(comments).where(comments.c.id == comment_id).values(deleted=True, text="")
        )

    async def on_section(
        self,
        cycle_id: int,
        section_id: int | None,
        order: CommentOrder,
        *,
        offset: int,
        limit: int,
    ) -> Sequence[Comment]:
        """See the port."""
        newest = comments.c.id.desc()
        by = (sa.desc("supports"), newest) if order is CommentOrder.SUPPORTED else (newest,)
        query = _remarks().where(_on(cycle_id, section_id)).order_by(*by)
        return await self._load(query.offset(offset).limit(limit))

    async def count_on_section(self, cycle_id: int, section_id: int | None) -> int:
        """See the port."""
        return await self._count(_on(cycle_id, section_id))

    async def count(self, cycle_id: int) -> int:
        """See the port."""
        return await self._count(comments.c.cycle_id == cycle_id)

    async def of_author(self, resident_id: int) -> Sequence[Comment]:
        """See the port."""
        return await self._load(
            _remarks().where(comments.c.author_id == resident_id).order_by(comments.c.id.desc())
        )

    async def support(self, comment_id: int, resident_id: int, *, on: bool) -> None:
        """See the port."""
        if on:
            await self._connection.execute(
                insert(self._connection, comment_supports)
                .values(comment_id=comment_id, resident_id=resident_id)
                .on_conflict_do_nothing()
            )
            return
        await self._connection.execute(
            sa.delete(comment_supports).where(
                comment_supports.c.comment_id == comment_id,
                comment_supports.c.resident_id == resident_id,
            )
        )

    async def is_supported(self, comment_id: int, resident_id: int) -> bool:
        """See the port."""
        found = await self._connection.scalar(
            sa.select(comment_supports.c.comment_id).where(
                comment_supports.c.comment_id == comment_id,
                comment_supports.c.resident_id == resident_id,
            )
        )
        return found is not None

    async def report(self, comment_id: int, resident_id: int, now: datetime) -> None:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, comment_reports)
            .values(comment_id=comment_id, resident_id=resident_id, at=now, settled=False)
            .on_conflict_do_nothing()
        )

    async def reported(self, community_id: int) -> Sequence[tuple[Comment, int]]:
        """See the port."""
        waiting = (
            sa.select(
                comment_reports.c.comment_id,
                sa.func.count().label("complaints"),
                sa.func.min(comment_reports.c.at).label("since"),
            )
            .where(sa.not_(comment_reports.c.settled))
            .group_by(comment_reports.c.comment_id)
            .subquery()
        )
        rows = await self._connection.execute(
            _remarks()
            .add_columns(waiting.c.complaints)
            .join(waiting, waiting.c.comment_id == comments.c.id)
            .join(cycles, cycles.c.id == comments.c.cycle_id)
            .where(cycles.c.community_id == community_id)
            .order_by(waiting.c.since, comments.c.id)
        )
        return [(_comment(row), row.complaints) for row in rows]

    async def complaints(self, comment_id: int) -> int:
        """See the port."""
        counted = await self._connection.scalar(
            sa.select(sa.func.count())
            .select_from(comment_reports)
            .where(comment_reports.c.comment_id == comment_id, sa.not_(comment_reports.c.settled))
        )
        return int(counted or 0)

    async def decide(
        self, comment_id: int, verdict: Verdict, why: Why | None, by: int, now: datetime
    ) -> int:
        """See the port."""
        number = await self._connection.scalar(
            sa.insert(comment_decisions)
            .values(
                comment_id=comment_id,
                verdict=verdict.value,
                ground=None if why is None else why.ground.value,
                words="" if why is None else why.words,
                by=by,
                at=now,
            )
            .returning(comment_decisions.c.id)
        )
        await self._connection.execute(
            sa.update(comments)
            .where(comments.c.id == comment_id)
            .values(hidden_by=number if verdict is Verdict.HIDDEN else None)
        )
        await self._connection.execute(
            sa.update(comment_reports)
            .where(comment_reports.c.comment_id == comment_id)
            .values(settled=True)
        )
        return int(number or 0)

    async def decisions(self, cycle_id: int) -> Sequence[Decision]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(comment_decisions)
            .join(comments, comments.c.id == comment_decisions.c.comment_id)
            .where(comments.c.cycle_id == cycle_id)
            .order_by(comment_decisions.c.id.desc())
        )
        return [
            Decision(row.id, row.comment_id, Verdict(row.verdict), _why(row), row.at)
            for row in rows
        ]

    async def _draft(self, *conditions: sa.ColumnElement[bool]) -> CommentDraft | None:
        found = await self._connection.execute(sa.select(comment_drafts).where(*conditions))
        row = found.one_or_none()
        return None if row is None else _draft(row)

    async def _comment(self, condition: sa.ColumnElement[bool]) -> Comment | None:
        found = await self._load(_remarks().where(condition))
        return found[0] if found else None

    async def _count(self, condition: sa.ColumnElement[bool]) -> int:
        found = await self._connection.execute(
            sa.select(sa.func.count())
            .select_from(comments)
            .where(condition, comments.c.deleted.is_(False))
        )
        return int(found.scalar_one())

    async def _load(self, query: sa.Select[Any]) -> list[Comment]:
        return [_comment(row) for row in await self._connection.execute(query)]


def _remarks() -> sa.Select[Any]:
    supports = sa.select(sa.func.count()).where(comment_supports.c.comment_id == comments.c.id)
    return (
        sa.select(
            comments,
            residents.c.display_name,
            supports.scalar_subquery().label("supports"),
            comment_decisions.c.ground,
            comment_decisions.c.words,
        )
        .join(residents, residents.c.id == comments.c.author_id)
        .outerjoin(comment_decisions, comment_decisions.c.id == comments.c.hidden_by)
        .where(comments.c.deleted.is_(False))
    )


def _on(cycle_id: int, section_id: int | None) -> sa.ColumnElement[bool]:
    return sa.and_(comments.c.cycle_id == cycle_id, comments.c.section_id == section_id)


def _words(draft: CommentDraft) -> tuple[str, str]:
    if draft.kind is None or not draft.text:
        msg = "a draft without kind or text cannot become a remark"
        raise ValueError(msg)
    return draft.kind.value, draft.text


def _draft(row: sa.Row[Any]) -> CommentDraft:
    return CommentDraft(
        id=row.id,
        resident_id=row.resident_id,
        cycle_id=row.cycle_id,
        section_id=row.section_id,
        comment_id=row.comment_id,
        kind=CommentKind(row.kind) if row.kind else None,
        text=row.text,
    )


def _comment(row: sa.Row[Any]) -> Comment:
    return Comment(
        id=row.id,
        cycle_id=row.cycle_id,
        section_id=row.section_id,
        author_id=row.author_id,
        author_name=row.display_name,
        kind=CommentKind(row.kind),
        text=row.text,
        supports=row.supports,
        published_at=row.published_at,
        edited_at=row.edited_at,
        hidden=_why(row),
    )


def _why(row: sa.Row[Any]) -> Why | None:
    return None if row.ground is None else Why(Ground(row.ground), row.words)
