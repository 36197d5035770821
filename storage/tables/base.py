"""What all tables share: metadata with named constraints, and moments kept in UTC."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime; SQLite keeps it as naive UTC, PostgreSQL as `timestamptz`."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a stored moment must carry its time zone"
            raise ValueError(msg)
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64-bit on both databases; SQLite needs INTEGER to number rows by itself."""


def identity(name: str = "id") -> "sa.Column[int]":
    """Return a primary key that the database numbers.

    Numbers of removed rows are never given again.
    """
    return sa.Column(name, BIG, primary_key=True, autoincrement=True)


def reference(
    name: str, target: str, *, nullable: bool = False, index: bool = True
) -> "sa.Column[int]":
    """Return a foreign key to `target` ("table.column") that goes with the row it points at."""
    return sa.Column(
        name, BIG, sa.ForeignKey(target, ondelete="CASCADE"), nullable=nullable, index=index
    )


def version() -> "sa.Column[int]":
    """Return a number that every change of the row, and of what belongs to it, has to raise.

    `storage.memory` relies on it.
    """
    return sa.Column("version", sa.Integer, nullable=False, server_default="0")
