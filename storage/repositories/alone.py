"""Doing something that no other process does at the same time."""

from typing import Any

import sqlalchemy as sa

from storage.connection import Connection


async def be_alone(connection: Connection, doing: str) -> None:
    """Let nobody else do the same before the transaction ends."""
    await _lock(connection, sa.func.pg_advisory_xact_lock, doing)


async def be_among(connection: Connection, doing: str) -> None:
    """Let nobody be alone with the same before the transaction ends; others may be among it."""
    await _lock(connection, sa.func.pg_advisory_xact_lock_shared, doing)


async def is_alone(connection: Connection, doing: str) -> bool:
    """Let nobody else do the same before the transaction ends; False when somebody does."""
    return await _lock(connection, sa.func.pg_try_advisory_xact_lock, doing) is not False


async def _lock(connection: Connection, how: Any, doing: str) -> Any:  # noqa: ANN401 - a function of the database
    if connection.dialect.name == "sqlite":
        # A transaction that writes is alone anyway.
        return None
    return await connection.scalar(sa.select(how(1, sa.func.hashtext(doing))))
