"""One-time links that give a role."""

from datetime import datetime

import sqlalchemy as sa

from civic.model.resident import Role
from storage.connection import Connection
from storage.tables.people import invitations


class SqlInvitations:
    """Implements `civic.ports.Invitations`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def add(
        self, token_hash: str, community_id: int, role: Role, expires_at: datetime
    ) -> None:
        """See the port."""
        await self._connection.execute(
            sa.insert(invitations).values(
                token_hash=token_hash,
                community_id=community_id,
                role=role.value,
                expires_at=expires_at,
            )
        )

    async def offered(self, token_hash: str, resident_id: int, now: datetime) -> Role | None:
        """See the port."""
        role = await self._connection.scalar(
            sa.select(invitations.c.role).where(*_good(token_hash, resident_id, now))
        )
        return None if role is None else Role(role)

    async def spend(self, token_hash: str, resident_id: int, now: datetime) -> Role | None:
        """See the port."""
        spent = await self._connection.execute(
            sa.update(invitations)
            .where(*_good(token_hash, resident_id, now))
            .values(spent_by=resident_id)
            .returning(invitations.c.role)
        )
        role = spent.scalar_one_or_none()
        return None if role is None else Role(role)


def _good(token_hash: str, resident_id: int, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        invitations.c.token_hash == token_hash,
        invitations.c.expires_at > now,
        sa.or_(invitations.c.spent_by.is_(None), invitations.c.spent_by == resident_id),
    )
