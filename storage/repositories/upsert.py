"""INSERT … ON CONFLICT, which both databases know but SQLAlchemy spells per dialect."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.connection import Connection


def insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that offers `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_into(table, connection.dialect.name)


def insert_into(table: sa.Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Return the same for a statement that is built once for each dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
