"""A list of numbers as one value of a prepared statement."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


def among(column: sa.ColumnElement[int], name: str, dialect: str) -> sa.ColumnElement[bool]:
    """Return the condition that the column is one of the numbers in the list bound to `name`."""
    if dialect == "sqlite":
        numbers = sa.func.json_each(sa.bindparam(name, type_=sa.JSON)).table_valued("value")
        return column.in_(sa.select(numbers.c.value))
    return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(sa.BigInteger)))
