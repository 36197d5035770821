"""Codes by which the chats of a person are joined, and the joining itself."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from civic.model.announcement import HELD_BACK
from civic.model.joining import JoinAlert, JoinCode
from civic.model.resident import Contact
from storage.connection import Connection
from storage.repositories.copies import let_nothing_be_written
from storage.repositories.handing_over import Change, hand_over
from storage.repositories.upsert import insert
from storage.tables.news import IS_PENDING, deliveries
from storage.tables.people import (
    contacts,
    former_residents,
    join_alerts,
    join_codes,
    join_failures,
    residents,
)


class SqlJoining:
    """Implements `civic.ports.Joining`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def begin(self) -> None:
        """See the port."""
        await let_nothing_be_written(self._connection)

    async def hold(self, *resident_ids: int) -> None:
        """See the port."""
        await self._connection.execute(
            sa.select(residents.c.id)
            .where(residents.c.id.in_(resident_ids))
            # In one order, so that two who hold the same people never wait for each other.
            .order_by(residents.c.id)
            .with_for_update()
        )

    async def put(self, code: JoinCode) -> None:
        """See the port."""
        values = {
            "salt": code.salt,
            "code_hash": code.code_hash,
            "expires_at": code.expires_at,
            "spent": code.spent,
        }
        await self._connection.execute(
            insert(self._connection, join_codes)
            .values(resident_id=code.resident_id, **values)
            .on_conflict_do_update(index_elements=["resident_id"], set_=values)
        )

    async def of(self, resident_id: int) -> JoinCode | None:
        """See the port."""
        return await self._find(join_codes.c.resident_id == resident_id)

    async def by_hash(self, code_hash: str) -> JoinCode | None:
        """See the port."""
        return await self._find(join_codes.c.code_hash == code_hash)

    async def remove_old(self, before: datetime) -> None:
        """See the port."""
        await self._connection.execute(
            sa.delete(join_codes).where(join_codes.c.expires_at < before)
        )

    async def failed(self, resident_id: int, now: datetime, since: datetime) -> None:
        """See the port."""
        is_over = join_failures.c.since <= since
        await self._connection.execute(
            insert(self._connection, join_failures)
            .values(resident_id=resident_id, failed=1, since=now)
            .on_conflict_do_update(
                index_elements=["resident_id"],
                set_={
                    "failed": sa.case((is_over, 1), else_=join_failures.c.failed + 1),
                    "since": sa.case(
                        (is_over, sa.literal(now, join_failures.c.since.type)),
                        else_=join_failures.c.since,
                    ),
                },
            )
        )

    async def failures(self, resident_id: int, since: datetime) -> tuple[int, datetime] | None:
        """See the port."""
        found = await self._connection.execute(
            sa.select(join_failures.c.failed, join_failures.c.since).where(
                join_failures.c.resident_id == resident_id, join_failures.c.since > since
            )
        )
        row = found.one_or_none()
        return None if row is None else (row.failed, row.since)

    async def join(self, former_id: int, kept_id: int, now: datetime) -> None:
        """See the port."""
        await hand_over(Change(self._connection, former_id, kept_id, now))

    async def former(self, resident_id: int) -> Sequence[int]:
        """See the port."""
        found = await self._connection.scalars(
            sa.select(former_residents.c.former_id)
            .where(former_residents.c.resident_id == resident_id)
            .order_by(former_residents.c.former_id)
        )
        return found.all()

    async def alert(
        self, told: Sequence[Contact], language: str, joined: str, now: datetime
    ) -> None:
        """See the port."""
        rows = [
            {
                "channel": contact.channel,
                "chat_id": contact.chat_id,
                "language": language,
                "joined": joined,
                "not_before": now,
            }
            for contact in told
        ]
        if rows:
            await self._connection.execute(sa.insert(join_alerts), rows)

    async def alerts(self, channels: Collection[str], now: datetime) -> Sequence[JoinAlert]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(join_alerts)
            .where(join_alerts.c.channel.in_(channels), join_alerts.c.not_before <= now)
            .order_by(join_alerts.c.id)
        )
        return [
            JoinAlert(row.id, row.channel, row.chat_id, row.language, row.joined) for row in rows
        ]

    async def take_alert(self, alert_id: int, now: datetime, again_at: datetime) -> bool:
        """See the port."""
        taken = await self._connection.execute(
            sa.update(join_alerts)
            .where(join_alerts.c.id == alert_id, join_alerts.c.not_before <= now)
            .values(not_before=again_at)
        )
        return taken.rowcount > 0

    async def alerted(self, alert_id: int) -> None:
        """See the port."""
        await self._connection.execute(sa.delete(join_alerts).where(join_alerts.c.id == alert_id))

    async def choose(self, resident_id: int, contact_id: int | None) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(contacts)
            .where(contacts.c.resident_id == resident_id)
            .values(chosen=sa.false() if contact_id is None else contacts.c.id == contact_id)
        )

    async def separate(self, resident_id: int, contact_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            sa.delete(contacts).where(
                contacts.c.resident_id == resident_id, contacts.c.id == contact_id
            )
        )

    async def tell_on(self, resident_id: int, channel: str, now: datetime) -> None:
        """See the port."""
        was_held_back = deliveries.c.error == HELD_BACK
        await self._connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.resident_id == resident_id,
                IS_PENDING,
                deliveries.c.channel != channel,
            )
            .values(
                channel=channel,
                # What one messenger made wait is no matter of another.
                not_before=sa.case(
                    (was_held_back, sa.literal(now, deliveries.c.not_before.type)),
                    else_=deliveries.c.not_before,
                ),
                error=sa.case((was_held_back, ""), else_=deliveries.c.error),
            )
        )

    async def _find(self, which: sa.ColumnElement[bool]) -> JoinCode | None:
        found = await self._connection.execute(sa.select(join_codes).where(which))
        row = found.one_or_none()
        if row is None:
            return None
        return JoinCode(
            resident_id=row.resident_id,
            salt=row.salt,
            code_hash=row.code_hash,
            expires_at=row.expires_at,
            spent=row.spent,
        )
