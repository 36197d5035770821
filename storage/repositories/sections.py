"""Lines of draft budgets."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from civic.model.budget import LEVELS, Level, Section, SectionRow
from storage.connection import Connection
from storage.repositories.upsert import insert
from storage.tables.budgets import comment_drafts, comments, sections

AT_ONCE: Final = 500
"""Rows in one statement; both databases allow about 32,000 values."""


class SqlSections:
    """Implements `civic.ports.Sections`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def replace(self, cycle_id: int, rows: Sequence[SectionRow]) -> int:
        """See the port.

        A line that is dropped but has remarks (or holds one that has) stays without amounts, so
        that nothing people said is lost. Raises KeyError when a row has no row above it.
        """
        await self._drop(cycle_id, {_code(row.code) for row in rows})
        ids: dict[str, int] = {}
        placed = list(enumerate(rows))
        for level in LEVELS:
            values = [
                _values(cycle_id, ids, position, row)
                for position, row in placed
                if row.level is level
            ]
            for start in range(0, len(values), AT_ONCE):
                ids.update(await self._put(values[start : start + AT_ONCE]))
        return len(rows)

    async def get(self, section_id: int) -> Section | None:
        """See the port."""
        found = await self._load(_lines().where(sections.c.id == section_id))
        return found[0] if found else None

    async def children(self, cycle_id: int, parent_id: int | None) -> Sequence[Section]:
        """See the port."""
        return await self._load(
            _lines()
            .where(
                sections.c.cycle_id == cycle_id,
                sections.c.parent_id == parent_id,
            )
            .order_by(sections.c.amount_1.desc().nulls_last(), sections.c.position)
        )

    async def ancestors(self, section_id: int) -> Sequence[Section]:
        """See the port."""
        line = await self.get(section_id)
        if line is None:
            return []
        above = await self._load(
            _lines().where(
                sections.c.cycle_id == line.cycle_id, sections.c.code.in_(_above(line.code))
            )
        )
        return sorted(above, key=lambda section: len(section.code))

    async def all(self, cycle_id: int) -> Sequence[Section]:
        """See the port."""
        return await self._load(
            _lines().where(sections.c.cycle_id == cycle_id).order_by(sections.c.position)
        )

    async def totals(self, cycle_id: int) -> tuple[int, int, int]:
        """See the port."""
        amounts = (sections.c.amount_1, sections.c.amount_2, sections.c.amount_3)
        sums = await self._connection.execute(
            sa.select(*(sa.func.coalesce(sa.func.sum(amount), 0) for amount in amounts)).where(
                sections.c.cycle_id == cycle_id, sections.c.level == Level.GROUP.value
            )
        )
        first, second, third = sums.one()
        return int(first), int(second), int(third)

    async def _drop(self, cycle_id: int, staying: set[str]) -> None:
        # What people say on a line would go with it: nobody says any more until it is decided.
        await self._connection.execute(
            sa.select(sections.c.id)
            .where(sections.c.cycle_id == cycle_id, sections.c.code.not_in(staying))
            .order_by(sections.c.id)
            .with_for_update()
        )
        rows = await self._connection.execute(
            sa.select(sections.c.id, sections.c.code, _remarked().label("remarked")).where(
                sections.c.cycle_id == cycle_id
            )
        )
        dropped = {row.code: row for row in rows if row.code not in staying}
        kept = {
            code
            for row in dropped.values()
            if row.remarked
            for code in (row.code, *_above(row.code))
        }
        emptied = [row.id for code, row in dropped.items() if code in kept]
        gone = [row.id for code, row in dropped.items() if code not in kept]
        await self._connection.execute(
            sa.update(sections)
            .where(sections.c.id.in_(emptied))
            .values(amount_1=None, amount_2=None, amount_3=None)
        )
        await self._connection.execute(sa.delete(sections).where(sections.c.id.in_(gone)))

    async def _put(self, values: list[dict[str, Any]]) -> Iterable[tuple[str, int]]:
        statement = insert(self._connection, sections)
        new = statement.excluded
        stored = await self._connection.execute(
            statement.values(values)
            .on_conflict_do_update(
                index_elements=["cycle_id", "code"],
                set_={
                    "parent_id": new.parent_id,
                    "level": new.level,
                    "names": new.names,
                    "amount_1": new.amount_1,
                    "amount_2": new.amount_2,
                    "amount_3": new.amount_3,
                    "position": new.position,
                },
            )
            .returning(sections.c.code, sections.c.id)
        )
        return [(row.code, row.id) for row in stored]

    async def _load(self, query: sa.Select[Any]) -> list[Section]:
        return [_section(row) for row in await self._connection.execute(query)]


def _lines() -> sa.Select[Any]:
    below = sections.alias()
    children = sa.select(sa.func.count()).where(below.c.parent_id == sections.c.id)
    remarks = sa.select(sa.func.count()).where(
        comments.c.section_id == sections.c.id, comments.c.deleted.is_(False)
    )
    return sa.select(
        sections,
        children.scalar_subquery().label("children"),
        remarks.scalar_subquery().label("comments"),
    )


def _remarked() -> sa.ColumnElement[bool]:
    # A deleted remark counts too: its number stays used, and so does its row.
    return sa.or_(
        sa.exists().where(comments.c.section_id == sections.c.id),
        sa.exists().where(comment_drafts.c.section_id == sections.c.id),
    )


def _code(code: Sequence[str]) -> str:
    return ".".join(code)


def _above(code: str) -> list[str]:
    parts = code.split(".")
    return [_code(parts[:depth]) for depth in range(1, len(parts))]


def _values(cycle_id: int, ids: dict[str, int], position: int, row: SectionRow) -> dict[str, Any]:
    first, second, third = row.amounts
    return {
        "cycle_id": cycle_id,
        "parent_id": ids[_code(row.code[:-1])] if row.code[:-1] else None,
        "level": row.level.value,
        "code": _code(row.code),
        "names": dict(row.names),
        "amount_1": first,
        "amount_2": second,
        "amount_3": third,
        "position": position,
    }


def _section(row: sa.Row[Any]) -> Section:
    return Section(
        id=row.id,
        cycle_id=row.cycle_id,
        parent_id=row.parent_id,
        level=Level(row.level),
        code=row.code,
        names=row.names,
        amounts=(row.amount_1, row.amount_2, row.amount_3),
        children=row.children,
        comments=row.comments,
    )
