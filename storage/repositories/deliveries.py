"""Copies on their way: claimed by a sender, settled, and taken over from the dead."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from civic.model.announcement import (
    Addressee,
    AnnouncementState,
    Delivery,
    DeliveryState,
    Outcome,
)
from civic.model.resident import Contact, NewsChoice
from civic.rules.digests import Queued, goes_alone
from civic.rules.quiet_hours import is_allowed
from storage.connection import Connection
from storage.repositories.audiences import BY_PREFERENCE
from storage.repositories.residents import contact_from
from storage.repositories.upsert import insert
from storage.tables.news import (
    IS_PENDING,
    IS_SENDING,
    IS_UNPOSTED,
    announcements,
    channel_pauses,
    deliveries,
    destinations,
    postings,
    senders,
)
from storage.tables.people import communities, contacts, residents

INTERRUPTED: Final = "interrupted"
"""Error class of a copy whose sender died."""
_IS_OPEN: Final = announcements.c.state.in_(
    [AnnouncementState.PLANNING.value, AnnouncementState.RUNNING.value]
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """By whom, on which channel and when; at night only those who want news at any hour."""

    worker: str
    channel: str
    now: datetime
    by_day: bool

    def due(self, copies: sa.FromClause) -> Sequence[sa.ColumnElement[bool]]:
        """Return the conditions on which a copy that waits is due."""
        return (
            copies.c.channel == self.channel,
            copies.c.not_before <= self.now,
            sa.true() if self.by_day else copies.c.any_hour,
        )


def _waits(copies: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return the condition that a copy of somebody in particular is pending.

    Said so that the index of all that is due does not fit: before new rows are counted in its
    statistics, PostgreSQL would read through all of that instead of looking the few people up.
    """
    return copies.c.state.concat("") == DeliveryState.PENDING.value


class SqlDeliveries:
    """Implements `civic.ports.Deliveries`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def beat(self, worker: str, now: datetime, dead_since: datetime) -> tuple[int, int]:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, senders)
            .values(name=worker, beat_at=now)
            .on_conflict_do_update(index_elements=["name"], set_={"beat_at": now})
        )
        await self._connection.execute(
            sa.delete(senders).where(senders.c.beat_at <= dead_since, senders.c.name != worker)
        )
        alive = (await self._connection.scalars(sa.select(senders.c.name))).all()
        recovered = await self._connection.execute(
            sa.update(deliveries)
            .where(IS_SENDING, deliveries.c.worker.not_in(alive))
            .values(
                state=DeliveryState.PENDING.value,
                doubtful=True,
                error=INTERRUPTED,
                worker=None,
                changed_at=now,
            )
        )
        return len(alive), recovered.rowcount

    async def leave(self, worker: str) -> None:
        """See the port."""
        await self._connection.execute(sa.delete(senders).where(senders.c.name == worker))

    async def claim(
        self, worker: str, channel: str, limit: int, now: datetime, ripe: datetime
    ) -> Sequence[Delivery]:
        """See the port."""
        queue = await self._queue(now)
        entries = [queued for queued, _zone in queue]
        claimed: list[Delivery] = []
        led: list[int] = []
        people = 0
        for entry, zone in queue:
            if people >= limit:
                break
            if not entry.may_lead(entries, now, ripe):
                continue
            by_day = is_allowed(now, zone) and is_allowed(ripe, zone)
            claim = _Claim(worker, channel, now, by_day)
            along = entry.along(entries)
            first = await self._lead(
                claim, entry.id, limit - people, [other for other in along if other in led]
            )
            claimed += first
            if first and along:
                claimed += await self._along(claim, along, [one.resident_id for one in first])
            people += len(first)
            led.append(entry.id)
        return claimed

    async def _queue(self, now: datetime) -> list[tuple[Queued, ZoneInfo]]:
        """Return what copies may be due of, few recipients first, and by whose clock."""
        rows = await self._connection.execute(
            sa.select(
                announcements.c.id,
                announcements.c.community_id,
                announcements.c.send_from,
                announcements.c.state,
                announcements.c.parameters,
                communities.c.timezone,
            )
            .join(communities, communities.c.id == announcements.c.community_id)
            .where(_IS_OPEN, announcements.c.send_from <= now)
            .order_by(announcements.c.recipients, announcements.c.id)
        )
        return [
            (
                Queued(
                    row.id,
                    row.community_id,
                    row.send_from,
                    planned=row.state != AnnouncementState.PLANNING.value,
                    alone=goes_alone(row.parameters),
                ),
                ZoneInfo(row.timezone),
            )
            for row in rows
        ]

    async def _lead(
        self, claim: "_Claim", announcement_id: int, limit: int, earlier: Sequence[int]
    ) -> Sequence[Delivery]:
        """Claim copies of one announcement, except for people who are told `earlier` ones first.

        These were claimed a moment ago; who is still due one of them is being dealt with by
        another sender, in whose message this copy belongs.
        """
        due = (
            sa.select(deliveries.c.announcement_id, deliveries.c.resident_id)
            .where(
                deliveries.c.announcement_id == announcement_id,
                IS_PENDING,
                *claim.due(deliveries),
            )
            .order_by(deliveries.c.not_before, deliveries.c.resident_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        if earlier:
            other = deliveries.alias("other")
            due = due.where(
                ~sa.exists().where(
                    other.c.announcement_id.in_(earlier),
                    other.c.resident_id == deliveries.c.resident_id,
                    _waits(other),
                    *claim.due(other),
                )
            )
        return await self._take(claim, due, [announcement_id])

    async def _along(
        self, claim: "_Claim", announcement_ids: Sequence[int], resident_ids: Sequence[int]
    ) -> Sequence[Delivery]:
        """Claim everything of these announcements that is due to these people."""
        due = (
            sa.select(deliveries.c.announcement_id, deliveries.c.resident_id)
            .where(
                deliveries.c.announcement_id.in_(announcement_ids),
                deliveries.c.resident_id.in_(resident_ids),
                _waits(deliveries),
                *claim.due(deliveries),
            )
            .with_for_update(skip_locked=True)
        )
        return await self._take(claim, due, announcement_ids)

    async def _take(
        self, claim: "_Claim", due: sa.Select[tuple[int, int]], announcement_ids: Sequence[int]
    ) -> Sequence[Delivery]:
        # Locked rows must be chosen once: PostgreSQL may run a plain subquery again and lock more.
        chosen = due.cte("due")
        key = sa.tuple_(deliveries.c.announcement_id, deliveries.c.resident_id)
        claimed = await self._connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.announcement_id.in_(announcement_ids),
                key.in_(sa.select(chosen.c.announcement_id, chosen.c.resident_id)),
            )
            .values(
                state=DeliveryState.SENDING.value,
                attempts=deliveries.c.attempts + 1,
                worker=claim.worker,
                changed_at=claim.now,
            )
            .returning(
                deliveries.c.announcement_id, deliveries.c.resident_id, deliveries.c.attempts
            )
        )
        found = [Delivery(row.announcement_id, row.resident_id, row.attempts) for row in claimed]
        return sorted(found, key=lambda delivery: (delivery.resident_id, delivery.announcement_id))

    async def addressees(self, resident_ids: Collection[int]) -> Mapping[int, Addressee]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(contacts)
            .where(contacts.c.resident_id.in_(resident_ids), contacts.c.reachable)
            .order_by(*BY_PREFERENCE)
        )
        reachable: defaultdict[int, list[Contact]] = defaultdict(list)
        for row in rows:
            reachable[row.resident_id].append(contact_from(row))
        people = await self._connection.execute(
            sa.select(residents.c.id, residents.c.language, residents.c.news).where(
                residents.c.id.in_(resident_ids)
            )
        )
        return {
            row.id: Addressee(
                row.id,
                row.language,
                row.news != NewsChoice.NONE.value,
                tuple(reachable[row.id]),
            )
            for row in people
        }

    async def settle(self, worker: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        """See the port."""
        if not outcomes:
            return
        mine = sa.and_(
            deliveries.c.announcement_id == sa.bindparam("of_announcement"),
            deliveries.c.resident_id == sa.bindparam("of_resident"),
            IS_SENDING,
            deliveries.c.worker == worker,
        )
        await self._connection.execute(
            sa.update(deliveries)
            .where(mine)
            .values(
                state=sa.bindparam("new_state"),
                attempts=deliveries.c.attempts - sa.bindparam("untried", type_=sa.Integer),
                changed_at=now,
                error=sa.bindparam("new_error"),
                doubtful=sa.or_(deliveries.c.doubtful, sa.bindparam("in_doubt", type_=sa.Boolean)),
                not_before=sa.func.coalesce(
                    sa.bindparam("later", type_=deliveries.c.not_before.type),
                    deliveries.c.not_before,
                ),
                channel=sa.func.coalesce(
                    sa.bindparam("on_channel", type_=sa.String), deliveries.c.channel
                ),
                worker=None,
                digest=sa.bindparam("of_digest", type_=sa.BigInteger),
            ),
            [_as_parameters(outcome) for outcome in outcomes],
        )

    async def finish(self, now: datetime) -> int:
        """See the port."""
        here = deliveries.c.announcement_id == announcements.c.id
        unposted = sa.select(postings).where(
            postings.c.announcement_id == announcements.c.id, IS_UNPOSTED
        )
        finished = await self._connection.execute(
            sa.update(announcements)
            .where(
                announcements.c.state == AnnouncementState.RUNNING.value,
                sa.not_(sa.select(deliveries).where(here, IS_PENDING).exists()),
                sa.not_(sa.select(deliveries).where(here, IS_SENDING).exists()),
                sa.not_(unposted.exists()),
            )
            .values(state=AnnouncementState.DONE.value, finished_at=now)
        )
        return finished.rowcount

    async def pause(self, channel: str, until: datetime) -> None:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, channel_pauses)
            .values(channel=channel, until=until)
            .on_conflict_do_update(index_elements=["channel"], set_={"until": until})
        )

    async def paused_until(self, channel: str) -> datetime | None:
        """See the port."""
        until: datetime | None = await self._connection.scalar(
            sa.select(channel_pauses.c.until).where(channel_pauses.c.channel == channel)
        )
        return until

    async def waiting(self) -> Mapping[str, int]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(deliveries.c.channel, sa.func.count().label("copies"))
            .join(announcements, announcements.c.id == deliveries.c.announcement_id)
            .where(IS_PENDING, _IS_OPEN)
            .group_by(deliveries.c.channel)
        )
        people = Counter({row.channel: row.copies for row in rows})
        chats = await self._connection.execute(
            sa.select(destinations.c.channel, sa.func.count().label("copies"))
            .join(postings, postings.c.destination_id == destinations.c.id)
            .join(announcements, announcements.c.id == postings.c.announcement_id)
            .where(postings.c.state == DeliveryState.PENDING.value, _IS_OPEN)
            .group_by(destinations.c.channel)
        )
        return people + Counter({row.channel: row.copies for row in chats})


def _as_parameters(outcome: Outcome) -> dict[str, Any]:
    return {
        "of_announcement": outcome.delivery.announcement_id,
        "of_resident": outcome.delivery.resident_id,
        "new_state": outcome.state.value,
        "untried": 0 if outcome.tried else 1,
        "new_error": outcome.error,
        "in_doubt": outcome.doubtful,
        "later": outcome.not_before,
        "on_channel": outcome.channel,
        "of_digest": outcome.digest,
    }
