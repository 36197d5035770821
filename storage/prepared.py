"""Statements that nearly every update needs: spelled once, then run by the database's driver.

SQLAlchemy writes the SQL and knows how values are kept. What its engine adds each time a statement
runs costs several times what SQLite or asyncpg take for it, so these statements go round it:
`connection.rows(STATEMENT, name=value)`. Everything else goes the usual way, on the same
connection and in the same transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

Statement = sa.Select[Any] | sa.Insert | sa.Update | sa.Delete
Process = Callable[[Any], Any]


class _Place(NamedTuple):
    """What stands at one place of a statement: a named value, or one that is always the same."""

    name: str | None
    always: object
    process: Process | None


@dataclass(frozen=True, slots=True)
class Spelled:
    """A statement as one database's driver takes it."""

    sql: str
    places: Sequence[_Place]
    make: Callable[[Iterable[Any]], Any]
    """Makes a row, a named tuple, of its values."""
    processed: Sequence[tuple[int, Process]]
    """Columns whose values are kept otherwise than the model has them."""
    gives_rows: bool

    def bind(self, values: Mapping[str, object]) -> list[object]:
        """Return the values in the statement's order; raises `KeyError` when one is missing."""
        return [
            (always if name is None else values[name])
            if process is None
            else process(always if name is None else values[name])
            for name, always, process in self.places
        ]

    def read(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        """Return rows as the model has them of rows as the driver has them."""
        if not self.processed:
            return [self.make(row) for row in found]
        rows = []
        for row in found:
            values = list(row)
            for place, process in self.processed:
                values[place] = process(values[place])
            rows.append(self.make(values))
        return rows


class Prepared:
    """A statement whose values all have names (`sa.bindparam`), but for those that never change.

    Its rows are named tuples. An INSERT without `values` waits for a value of every column.
    """

    def __init__(self, statement: Statement | Callable[[str], Statement]) -> None:
        """Prepare `statement`, or what it returns for a dialect where the two differ."""
        self._statement = statement
        self._spelled: dict[str, Spelled] = {}

    def spelled(self, dialect: Dialect) -> Spelled:
        """Return the statement as the database of `dialect` takes it."""
        known = self._spelled.get(dialect.name)
        if known is None:
            known = self._spelled[dialect.name] = self._spell(dialect)
        return known

    def _spell(self, dialect: Dialect) -> Spelled:
        statement = self._statement
        if not isinstance(statement, Statement):
            statement = statement(dialect.name)
        compiled: Any = statement.compile(dialect=dialect)
        columns: Any = statement.exported_columns
        # Their names are known only here.
        row: Any = namedtuple("Row", list(columns.keys()), rename=True)  # type: ignore[misc] # noqa: PYI024
        processes = [_result(column, dialect) for column in columns]
        return Spelled(
            sql=str(compiled),
            places=[_place(compiled.binds[name], dialect) for name in compiled.positiontup],
            make=row._make,
            processed=[(place, one) for place, one in enumerate(processes) if one is not None],
            gives_rows=bool(processes),
        )


def _place(value: sa.BindParameter[Any], dialect: Dialect) -> _Place:
    process = value.type.dialect_impl(dialect).bind_processor(dialect)
    if value.required:
        return _Place(value.key, None, process)
    return _Place(None, value.effective_value, process)


def _result(column: sa.ColumnElement[Any], dialect: Dialect) -> Process | None:
    process: Process | None = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return process
