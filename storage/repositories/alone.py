"""Doing something that no other process does at the same time."""

import sqlalchemy as sa

from storage.connection import Connection


async def be_alone(connection: Connection, doing: str) -> None:
    """Let nobody else do the same before the transaction ends."""
    if connection.dialect.name == "sqlite":
        # A transaction that writes is alone anyway.
        return
    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(1, sa.func.hashtext(doing))))
