"""People who have not written lately, and how many of them may still be told today."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Self

import sqlalchemy as sa

from civic.model.announcement import HELD_BACK, AnnouncementState, DeliveryState, Outcome
from civic.model.audience import Audience
from civic.rules.strangers import counted_since, days_ahead, next_free, written_since
from storage.connection import Connection
from storage.repositories.alone import be_alone
from storage.repositories.audiences import people
from storage.tables.news import IS_PENDING, IS_SENDING, announcements, deliveries
from storage.tables.people import IS_APPROACHED, contacts

AT_ONCE = 5_000
"""Copies put off at once; on SQLite everyone else who writes waits for it."""
_NOT_REACHED = (DeliveryState.SKIPPED, DeliveryState.BLOCKED)


def _is_silent(channel: str, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that nobody wrote from an address lately.

    Said so that no index by channel fits: people are looked up one by one.
    """
    return sa.and_(
        contacts.c.channel.concat("") == channel,
        contacts.c.reachable,
        sa.or_(contacts.c.wrote_at.is_(None), contacts.c.wrote_at <= written_since(now)),
    )


def is_stranger(
    resident_id: sa.ColumnElement[int], channel: str, now: datetime
) -> sa.ColumnElement[bool]:
    """Return the condition that telling the person would count as one more."""
    # A correlated query, which no planner turns into a join over everyone's addresses.
    address = (
        sa.select(contacts.c.id)
        .where(
            contacts.c.resident_id == resident_id,
            _is_silent(channel, now),
            sa.not_(contacts.c.approaching),
            sa.or_(
                contacts.c.approached_at.is_(None),
                contacts.c.approached_at <= counted_since(now),
            ),
        )
        .limit(1)
        .scalar_subquery()
    )
    return address.is_not(None)


class Allowance:
    """How many strangers may still be told on a channel; nobody else uses it up meanwhile."""

    def __init__(self, connection: Connection, channel: str, a_day: int, now: datetime) -> None:
        """Be asked for at `now`; see `take`."""
        self._connection = connection
        self._channel = channel
        self._a_day = a_day
        self._now = now
        self.left = 0

    @classmethod
    async def take(cls, connection: Connection, channel: str, a_day: int, now: datetime) -> Self:
        """Return it for the channel, of which `a_day` may be told within a day.

        No other sender takes it before the transaction of `connection` ends.
        """
        await be_alone(connection, f"tell people on {channel}")
        allowance = cls(connection, channel, a_day, now)
        allowance.left = max(a_day - await counted(connection, channel, now), 0)
        return allowance

    def is_stranger(self, copies: sa.FromClause) -> sa.ColumnElement[bool]:
        """Return the condition that telling the person of a copy would use some of it up."""
        return is_stranger(copies.c.resident_id, self._channel, self._now)

    async def note(self, resident_ids: Collection[int]) -> None:
        """Note that these people are being told, who of them has not written lately."""
        if not resident_ids:
            return
        await self._connection.execute(
            sa.update(contacts)
            .where(_is_silent(self._channel, self._now), contacts.c.resident_id.in_(resident_ids))
            .values(approaching=True)
        )

    async def hold_back(self, announcement_id: int, due: Sequence[sa.ColumnElement[bool]]) -> None:
        """Put off the copies of strangers that fulfil `due`, each until its day may have come."""
        oldest = await self._connection.scalar(
            sa.select(sa.func.min(contacts.c.approached_at)).where(
                contacts.c.channel == self._channel,
                contacts.c.approached_at > counted_since(self._now),
            )
        )
        first = next_free(oldest, self._now)
        for moment, a_day in days_ahead(first, self._a_day):
            most = min(a_day or AT_ONCE, AT_ONCE)
            chosen = (
                sa.select(deliveries.c.resident_id)
                .where(
                    deliveries.c.announcement_id == announcement_id,
                    IS_PENDING,
                    *due,
                    self.is_stranger(deliveries),
                )
                .order_by(deliveries.c.not_before, deliveries.c.resident_id)
                .limit(most)
                .with_for_update(skip_locked=True)
                .cte("chosen")
            )
            put_off = await self._connection.execute(
                sa.update(deliveries)
                .where(
                    deliveries.c.announcement_id == announcement_id,
                    deliveries.c.resident_id.in_(sa.select(chosen.c.resident_id)),
                )
                .values(not_before=moment, error=HELD_BACK)
                # SQLite does not count what a statement changes that begins with WITH.
                .returning(deliveries.c.resident_id)
            )
            if len(put_off.all()) < most:
                return


async def counted(connection: Connection, channel: str, now: datetime) -> int:
    """Return how many strangers were told within the last day, or are being told."""
    here = contacts.c.channel == channel
    were_told = sa.union(
        sa.select(contacts.c.resident_id).where(
            here, contacts.c.approached_at > counted_since(now)
        ),
        sa.select(contacts.c.resident_id).where(here, IS_APPROACHED),
    ).subquery()
    found = await connection.scalar(sa.select(sa.func.count()).select_from(were_told))
    return int(found or 0)


async def count_what_dead_senders_did(connection: Connection, now: datetime) -> None:
    """Count strangers whom dead senders were telling: nobody knows whether they were told."""
    await connection.execute(
        sa.update(contacts)
        .where(IS_APPROACHED, sa.not_(_is_being_told()))
        .values(approaching=False, approached_at=now)
    )


def _is_being_told() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        deliveries.c.resident_id == contacts.c.resident_id,
        deliveries.c.channel == contacts.c.channel,
        # Said so that copies are looked up by their person.
        deliveries.c.state.concat("") == DeliveryState.SENDING.value,
    )


class SqlStrangers:
    """Implements `civic.ports.Strangers`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def settle(self, channel: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        """See the port."""
        if not outcomes:
            return
        back = {outcome.delivery.resident_id for outcome in outcomes}
        reached = {
            outcome.delivery.resident_id
            for outcome in outcomes
            if (outcome.tried or outcome.doubtful) and outcome.state not in _NOT_REACHED
        }
        # Whoever settles claims in the same transaction: two must not wait for each other.
        await be_alone(self._connection, f"tell people on {channel}")
        theirs = sa.and_(contacts.c.channel == channel, IS_APPROACHED)
        await self._connection.execute(
            sa.update(contacts)
            .where(theirs, contacts.c.resident_id.in_(reached))
            .values(approached_at=now)
        )
        await self._connection.execute(
            sa.update(contacts)
            .where(theirs, contacts.c.resident_id.in_(back), sa.not_(_is_being_told()))
            .values(approaching=False)
        )

    async def counted(self, channel: str, now: datetime) -> int:
        """See the port."""
        return await counted(self._connection, channel, now)

    async def queue(
        self,
        channel: str,
        now: datetime,
        community_id: int,
        audience: Audience,
        cycle_id: int | None = None,
    ) -> int:
        """See the port."""
        found = people(community_id, audience, cycle_id)
        told = sa.select(found.c.resident_id).where(
            found.c.channel == channel, is_stranger(found.c.resident_id, channel, now)
        )
        return await self._count(sa.union(told, self._waiting(channel, now)))

    async def waiting(self, channel: str, now: datetime) -> int:
        """See the port."""
        return await self._count(self._waiting(channel, now))

    async def heard_from(self, channel: str, resident_id: int, now: datetime) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.resident_id == resident_id,
                deliveries.c.state == DeliveryState.PENDING.value,
                deliveries.c.channel == channel,
                deliveries.c.error == HELD_BACK,
            )
            .values(not_before=now)
        )

    def _waiting(self, channel: str, now: datetime) -> sa.Select[tuple[int]]:
        going_on = (AnnouncementState.PLANNING.value, AnnouncementState.RUNNING.value)
        running = sa.select(announcements.c.id).where(
            announcements.c.state.in_(going_on), sa.not_(announcements.c.recalled)
        )
        return sa.select(deliveries.c.resident_id).where(
            deliveries.c.announcement_id.in_(running),
            sa.or_(IS_PENDING, IS_SENDING),
            deliveries.c.channel == channel,
            is_stranger(deliveries.c.resident_id, channel, now),
        )

    async def _count(self, which: sa.Select[tuple[int]] | sa.CompoundSelect[tuple[int]]) -> int:
        distinct = sa.select(sa.func.count(sa.distinct(which.subquery("which").c.resident_id)))
        return int(await self._connection.scalar(distinct) or 0)
