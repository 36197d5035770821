"""What is told: planning, watching and steering it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from civic.model.announcement import (
    HELD_BACK,
    QUIET,
    Announcement,
    AnnouncementState,
    DeliveryRecord,
    DeliveryState,
    NoticeKind,
    Parameter,
    Progress,
)
from civic.model.audience import EVERYONE, Audience
from civic.model.resident import BY_DAY, Hours
from civic.rules.sending import OFF_AFTER
from storage.connection import Connection
from storage.repositories.alone import is_alone
from storage.repositories.audiences import people
from storage.repositories.copies import (
    ARE_BEING_WRITTEN,
    last_written,
    nobody_is_joined,
    remove_copies,
    write_copies,
)
from storage.repositories.hours import COLUMNS, hours_from
from storage.repositories.postings import posted_of, unposted_of, write_postings
from storage.repositories.upsert import insert
from storage.tables.news import (
    IS_PENDING,
    IS_SENDING,
    announcements,
    deliveries,
    postings,
    served_channels,
)
from storage.tables.people import communities, residents

SPEED_OVER: Final = timedelta(minutes=1)
"""The time before now over which speed is measured."""
_DEALT_WITH: Final = (
    DeliveryState.SENT.value,
    DeliveryState.FAILED.value,
    DeliveryState.BLOCKED.value,
    DeliveryState.SKIPPED.value,
)
_IS_OUT: Final = sa.or_(
    announcements.c.begun_at.is_not(None),
    announcements.c.state == AnnouncementState.DONE.value,
)
"""As `Announcement.is_out`."""
_PLANNING: Final = "write copies"


def _announcement(row: sa.Row[Any]) -> Announcement:
    return Announcement(
        id=row.id,
        community_id=row.community_id,
        cycle_id=row.cycle_id,
        stage_id=row.stage_id,
        kind=NoticeKind(row.kind),
        parameters=row.parameters,
        created_at=row.created_at,
        number=row.number,
        audience=Audience.read(row.audience),
        state=AnnouncementState(row.state),
        send_from=row.send_from,
        send_until=row.send_until,
        planned_at=row.planned_at,
        begun_at=row.begun_at,
        finished_at=row.finished_at,
        recipients=row.recipients,
        by=row.by,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
    )


class SqlAnnouncements:
    """Implements `civic.ports.Announcements`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def plan(  # noqa: PLR0913 - an announcement is frozen with all that it needs
        self,
        key: str,
        community_id: int,
        cycle_id: int | None,
        stage_id: int | None,
        kind: NoticeKind,
        parameters: Mapping[str, Parameter],
        now: datetime,
        *,
        audience: Audience = EVERYONE,
        public: bool = False,
        send_from: datetime | None = None,
        send_until: datetime | None = None,
        by: int | None = None,
    ) -> int | None:
        """See the port."""
        added: int | None = await self._connection.scalar(
            insert(self._connection, announcements)
            .values(
                key=key,
                community_id=community_id,
                number=await self._next_number(community_id) if public else None,
                cycle_id=cycle_id,
                stage_id=stage_id,
                kind=kind.value,
                parameters=dict(parameters),
                audience=audience.stored(),
                state=AnnouncementState.PLANNING.value,
                send_from=send_from or now,
                send_until=send_until,
                created_at=now,
                recipients=0,
                by=by,
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(announcements.c.id)
        )
        return added

    async def is_planned(self, key: str) -> bool:
        """See the port."""
        same = sa.select(announcements).where(announcements.c.key == key)
        return bool(await self._connection.scalar(sa.select(same.exists())))

    async def by_key(self, key: str) -> Announcement | None:
        """See the port."""
        return await self._one(announcements.c.key == key)

    async def reach(
        self, community_id: int, audience: Audience, cycle_id: int | None = None
    ) -> Mapping[tuple[str, Hours], int]:
        """See the port."""
        found = people(community_id, audience, cycle_id)
        alike = found.c.channel, found.c.hours_from, found.c.hours_to, found.c.sundays
        rows = await self._connection.execute(
            sa.select(*alike, sa.func.count().label("people")).group_by(*alike).order_by(*alike)
        )
        return {(row.channel, hours_from(row)): row.people for row in rows}

    async def fill(self, limit: int, now: datetime, channels: Collection[str]) -> int | None:
        """See the port."""
        if not await self._may_write_copies():
            return None
        found = await self._connection.execute(
            sa.select(announcements)
            .where(
                announcements.c.state == AnnouncementState.PLANNING.value,
                announcements.c.send_from <= now,
                sa.not_(announcements.c.recalled),
            )
            .order_by(announcements.c.id)
            .limit(1)
            # Nobody steers it meanwhile, but senders begin with the copies that are there.
            .with_for_update(read=True, key_share=True, skip_locked=True)
        )
        row = found.one_or_none()
        if row is None:
            return None
        announcement = _announcement(row)
        whom = [residents.c.id > row.planned_to]
        written = await write_copies(self._connection, announcement, whom, limit, now, channels)
        changes: dict[str, object] = {"recipients": announcements.c.recipients + written}
        if written < limit:
            await write_postings(self._connection, announcement, now)
            changes |= {"state": AnnouncementState.RUNNING.value, "planned_at": now}
        else:
            changes["planned_to"] = last_written(row.id, row.planned_to, written)
        await self._change(row.id, **changes)
        return written

    async def catch_up(self, resident_id: int, former_id: int, now: datetime) -> None:
        """See the port."""
        found = await self._connection.execute(
            sa.select(announcements)
            .where(
                ARE_BEING_WRITTEN,
                announcements.c.planned_to >= resident_id,
                announcements.c.planned_to < former_id,
            )
            .order_by(announcements.c.id)
        )
        served = await self._connection.scalars(
            sa.select(served_channels.c.channel).where(
                served_channels.c.served_at > now - OFF_AFTER
            )
        )
        channels, whom = served.all(), [residents.c.id == resident_id]
        for row in found.all():
            announcement = _announcement(row)
            written = await write_copies(self._connection, announcement, whom, 1, now, channels)
            await self._change(row.id, recipients=announcements.c.recipients + written)

    async def clear(self, limit: int) -> int | None:
        """See the port."""
        if not await self._may_write_copies():
            return None
        recalled: int | None = await self._connection.scalar(
            sa.select(announcements.c.id)
            .where(announcements.c.recalled)
            .order_by(announcements.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if recalled is None:
            return None
        removed = await remove_copies(self._connection, recalled, limit)
        if removed < limit:
            await self._change(recalled, recalled=False)
        return removed

    async def get(self, announcement_id: int, *, lock: bool = False) -> Announcement | None:
        """See the port."""
        which = sa.select(announcements).where(announcements.c.id == announcement_id)
        found = await self._connection.execute(which.with_for_update() if lock else which)
        row = found.one_or_none()
        return None if row is None else _announcement(row)

    async def replan(
        self,
        announcement_id: int,
        key: str,
        parameters: Mapping[str, Parameter],
        audience: Audience,
        send_from: datetime,
    ) -> None:
        """See the port."""
        await self._change(
            announcement_id,
            key=key,
            parameters=dict(parameters),
            audience=audience.stored(),
            send_from=send_from,
            state=AnnouncementState.PLANNING.value,
        )

    async def approve(self, announcement_id: int, by: int | None, at: datetime | None) -> None:
        """See the port."""
        await self._change(announcement_id, approved_by=by, approved_at=at)

    async def by_number(self, community_id: int, number: int) -> Announcement | None:
        """See the port."""
        return await self._one(
            announcements.c.community_id == community_id, announcements.c.number == number
        )

    async def corrections(
        self, community_id: int, number: int, *, waiting: bool = False
    ) -> Sequence[int]:
        """See the port."""
        # Also one whose copies are written and wait for the morning; not one that was taken back.
        may_come = sa.and_(
            announcements.c.recipients > 0,
            announcements.c.state != AnnouncementState.STOPPED.value,
        )
        found = await self._connection.scalars(
            sa.select(announcements.c.number)
            .where(
                announcements.c.community_id == community_id,
                announcements.c.kind == NoticeKind.BROADCAST.value,
                sa.or_(_IS_OUT, may_come) if waiting else _IS_OUT,
                announcements.c.parameters["corrects"].as_integer() == number,
            )
            .order_by(announcements.c.number)
        )
        return [corrected for corrected in found if corrected is not None]

    async def published(
        self, community_id: int, *, offset: int, limit: int, waiting: bool = False
    ) -> Sequence[Announcement]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(announcements)
            .where(
                announcements.c.community_id == community_id,
                announcements.c.number.is_not(None),
                sa.true() if waiting else _IS_OUT,
            )
            .order_by(announcements.c.number.desc())
            .offset(offset)
            .limit(limit)
        )
        return [_announcement(row) for row in rows]

    async def latest_of(self, stage_id: int, kind: NoticeKind) -> int | None:
        """See the port."""
        found: int | None = await self._connection.scalar(
            sa.select(sa.func.max(announcements.c.id)).where(
                announcements.c.stage_id == stage_id, announcements.c.kind == kind.value
            )
        )
        return found

    async def latest(self, limit: int) -> Sequence[Announcement]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(announcements).order_by(announcements.c.id.desc()).limit(limit)
        )
        return [_announcement(row) for row in rows]

    async def steer(self, announcement_id: int, state: AnnouncementState, now: datetime) -> None:
        """See the port."""
        over = state in {AnnouncementState.STOPPED, AnnouncementState.DONE}
        await self._change(announcement_id, state=state.value, finished_at=now if over else None)

    async def retry_failed(self, announcement_id: int, now: datetime) -> int:
        """See the port."""
        retried = 0
        for copies in (deliveries, postings):
            changed = await self._connection.execute(
                sa.update(copies)
                .where(
                    copies.c.announcement_id == announcement_id,
                    copies.c.state == DeliveryState.FAILED.value,
                )
                .values(
                    state=DeliveryState.PENDING.value, attempts=0, not_before=now, changed_at=now
                )
            )
            retried += changed.rowcount
        return retried

    async def progress(self, announcement_id: int, now: datetime) -> Progress:
        """See the port."""
        lately = sa.and_(
            deliveries.c.state.in_(_DEALT_WITH), deliveries.c.changed_at > now - SPEED_OVER
        )
        rows = await self._connection.execute(
            sa.select(
                deliveries.c.state,
                deliveries.c.error,
                sa.func.count().label("copies"),
                sa.func.count().filter(deliveries.c.doubtful).label("doubtful"),
                sa.func.count().filter(deliveries.c.digest.is_not(None)).label("together"),
                sa.func.count().filter(lately).label("lately"),
            )
            .where(deliveries.c.announcement_id == _with_copies(announcement_id))
            .group_by(deliveries.c.state, deliveries.c.error)
        )
        found = rows.all()
        posted, doubtful = await posted_of(self._connection, announcement_id)
        reasons = posted + Counter(
            {(DeliveryState(row.state), row.error): row.copies for row in found}
        )
        counts: Counter[DeliveryState] = Counter()
        for (state, _why), copies in reasons.items():
            counts[state] += copies
        waiting = DeliveryState.PENDING
        return Progress(
            counts=counts,
            doubtful=sum(row.doubtful for row in found) + doubtful,
            together=sum(row.together for row in found),
            per_second=sum(row.lately for row in found) / SPEED_OVER.total_seconds(),
            held_back=reasons[waiting, HELD_BACK],
            resting=reasons[waiting, QUIET],
            reasons={
                (state, why): copies
                for (state, why), copies in reasons.items()
                if why and state is not DeliveryState.SENT
            },
        )

    async def left(self, announcement_id: int) -> Mapping[tuple[str, Hours], int]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(deliveries.c.channel, *COLUMNS, sa.func.count().label("copies"))
            .join(residents, residents.c.id == deliveries.c.resident_id)
            .where(
                deliveries.c.announcement_id == _with_copies(announcement_id),
                sa.or_(IS_PENDING, IS_SENDING),
            )
            .group_by(deliveries.c.channel, *COLUMNS)
        )
        people = Counter({(row.channel, hours_from(row)): row.copies for row in rows})
        chats = await unposted_of(self._connection, announcement_id)
        return people + Counter({(channel, BY_DAY): count for channel, count in chats.items()})

    async def call_back(self, announcement_id: int) -> None:
        """See the port."""
        await self._connection.execute(
            sa.delete(postings).where(postings.c.announcement_id == announcement_id)
        )
        await self._change(
            announcement_id,
            recalled=sa.or_(announcements.c.recalled, announcements.c.recipients > 0),
            recipients=0,
            planned_to=0,
            planned_at=None,
        )

    async def of_resident(self, resident_id: int, limit: int) -> Sequence[Announcement]:
        """See the port."""
        return [record.announcement for record in await self.records_of(resident_id, limit)]

    async def records_of(self, resident_id: int, limit: int) -> Sequence[DeliveryRecord]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(
                announcements,
                deliveries.c.state.label("delivery_state"),
                deliveries.c.attempts,
                deliveries.c.error,
                deliveries.c.channel,
                deliveries.c.not_before,
                deliveries.c.changed_at,
                deliveries.c.doubtful,
                deliveries.c.digest,
            )
            .join(deliveries, deliveries.c.announcement_id == announcements.c.id)
            .where(deliveries.c.resident_id == resident_id, sa.not_(announcements.c.recalled))
            .order_by(announcements.c.id.desc())
            .limit(limit)
        )
        return [
            DeliveryRecord(
                announcement=_announcement(row),
                resident_id=resident_id,
                state=DeliveryState(row.delivery_state),
                attempts=row.attempts,
                error=row.error,
                channel=row.channel,
                not_before=row.not_before,
                changed_at=row.changed_at,
                doubtful=row.doubtful,
                digest=row.digest,
            )
            for row in rows
        ]

    async def _next_number(self, community_id: int) -> sa.ScalarSelect[int]:
        # The town is locked, so that two announcements at the same moment get two numbers.
        await self._connection.execute(
            sa.select(communities.c.id)
            .where(communities.c.id == community_id)
            .with_for_update(key_share=True)
        )
        taken = sa.select(sa.func.coalesce(sa.func.max(announcements.c.number), 0) + 1)
        return taken.where(announcements.c.community_id == community_id).scalar_subquery()

    async def _may_write_copies(self) -> bool:
        return await is_alone(self._connection, _PLANNING) and await nobody_is_joined(
            self._connection
        )

    async def _change(self, announcement_id: int, **values: object) -> None:
        await self._connection.execute(
            sa.update(announcements).where(announcements.c.id == announcement_id).values(**values)
        )

    async def _one(self, *which: sa.ColumnElement[bool]) -> Announcement | None:
        found = await self._connection.execute(sa.select(announcements).where(*which))
        row = found.one_or_none()
        return None if row is None else _announcement(row)


def _with_copies(announcement_id: int) -> sa.ScalarSelect[int]:
    """Return the id; none for one that was taken back and whose copies are being removed."""
    return (
        sa.select(announcements.c.id)
        .where(announcements.c.id == announcement_id, sa.not_(announcements.c.recalled))
        .scalar_subquery()
    )
