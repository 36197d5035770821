"""Copies on their way: claimed by a sender, settled, and taken over from the dead."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from civic.model.announcement import (
    CHANNEL_OFF,
    HELD_BACK,
    QUIET,
    Addressee,
    Announcement,
    AnnouncementState,
    Delivery,
    DeliveryState,
    Outcome,
)
from civic.model.resident import Contact, NewsChoice
from civic.rules.digests import Queued, goes_alone
from civic.rules.quiet_hours import Instant
from civic.rules.sending import OFF_AFTER
from storage.connection import Connection
from storage.prepared import Prepared
from storage.repositories.alone import be_alone
from storage.repositories.among import among
from storage.repositories.audiences import BY_PREFERENCE, still_wanted
from storage.repositories.hours import of_person, opening, within, within_at
from storage.repositories.residents import contact_from
from storage.repositories.strangers import Allowance, count_what_dead_senders_did
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
    served_channels,
)
from storage.tables.people import communities, contacts, residents, topic_choices

INTERRUPTED: Final = "interrupted"
"""Error class of a copy whose sender died."""
LINGERING: Final = timedelta(minutes=2)
"""So long after an announcement was stopped or done, copies of it may just have been sent."""
_OPEN: Final = (AnnouncementState.PLANNING.value, AnnouncementState.RUNNING.value)
_IS_OPEN: Final = sa.and_(announcements.c.state.in_(_OPEN), sa.not_(announcements.c.recalled))


_QUEUE: Final = Prepared(
    sa.select(
        announcements.c.id,
        announcements.c.community_id,
        announcements.c.send_from,
        announcements.c.state,
        announcements.c.begun_at,
        announcements.c.parameters,
        communities.c.timezone,
    )
    .join(communities, communities.c.id == announcements.c.community_id)
    .where(
        sa.or_(
            announcements.c.state == AnnouncementState.PLANNING.value,
            announcements.c.state == AnnouncementState.RUNNING.value,
            announcements.c.state == AnnouncementState.PAUSED.value,
            announcements.c.finished_at > sa.bindparam("closed_since"),
        ),
        announcements.c.send_from <= sa.bindparam("at"),
        sa.not_(announcements.c.recalled),
    )
    .order_by(announcements.c.recipients, announcements.c.id)
)
_PAUSED_UNTIL: Final = Prepared(
    sa.select(channel_pauses.c.until).where(channel_pauses.c.channel == sa.bindparam("on"))
)


def _take(which: sa.ColumnElement[bool], worker: object, now: object) -> sa.Update:
    """Return the statement that claims copies; worker and moment are values or their places."""
    return (
        sa.update(deliveries)
        .where(which)
        .values(
            state=DeliveryState.SENDING.value,
            attempts=deliveries.c.attempts + 1,
            worker=worker,
            changed_at=now,
        )
        .returning(deliveries.c.announcement_id, deliveries.c.resident_id, deliveries.c.attempts)
    )


def _locked(due: sa.Select[tuple[int, int]]) -> sa.CTE:
    """Return the copies that are due, but for those that another sender has just locked."""
    # Locked rows must be chosen once: PostgreSQL may run a plain subquery again and lock more.
    return due.with_for_update(skip_locked=True).cte("due")


def _people_of(due: sa.Select[tuple[int, int]], dialect: str) -> sa.ColumnElement[bool]:
    """Return the condition that a copy of the same announcement is to one of these people."""
    people = sa.select(_locked(due).c.resident_id)
    if dialect == "sqlite":
        return deliveries.c.resident_id.in_(people)
    # As a list each is looked up by the key. As long as a table has no statistics PostgreSQL
    # would otherwise compare each of them with every copy of the announcement.
    return deliveries.c.resident_id == sa.any_(sa.func.array(people.scalar_subquery()))


_KEY: Final = sa.select(deliveries.c.announcement_id, deliveries.c.resident_id)
_FIRST_DUE: Final = deliveries.c.not_before, deliveries.c.resident_id
_OF_ONE: Final = deliveries.c.announcement_id == sa.bindparam("of_announcement")


def _is_open(prefix: str) -> sa.ColumnElement[bool]:
    """Return the condition that a person may be told at the instant bound to these names."""
    return within(
        residents,
        sa.bindparam(f"{prefix}_hour", type_=sa.Integer),
        sa.bindparam(f"{prefix}_workday", type_=sa.Boolean),
        sa.bindparam(f"{prefix}_after_workday", type_=sa.Boolean),
    )


_FIRST_FEW: Final = (
    _KEY.where(
        _OF_ONE,
        IS_PENDING,
        deliveries.c.channel == sa.bindparam("on"),
        deliveries.c.not_before <= sa.bindparam("at"),
        of_person(deliveries.c.resident_id, sa.and_(_is_open("now"), _is_open("ripe"))),
    )
    .order_by(*_FIRST_DUE)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_TAKE_FIRST: Final = Prepared(
    lambda dialect: _take(
        sa.and_(_OF_ONE, _people_of(_FIRST_FEW, dialect)),
        sa.bindparam("by"),
        sa.bindparam("since"),
    )
)
_ADDRESSEES: Final = Prepared(
    lambda dialect: (
        sa.select(
            contacts,
            residents.c.id.label("person"),
            residents.c.language,
            residents.c.news,
            sa.exists().where(topic_choices.c.resident_id == residents.c.id).label("chooses"),
        )
        .select_from(residents)
        .outerjoin(
            contacts, sa.and_(contacts.c.resident_id == residents.c.id, contacts.c.reachable)
        )
        .where(among(residents.c.id, "people", dialect))
        .order_by(*BY_PREFERENCE)
    )
)
_SETTLE: Final = Prepared(
    lambda dialect: (
        sa.update(deliveries)
        .where(
            _OF_ONE,
            among(deliveries.c.resident_id, "of_residents", dialect),
            IS_SENDING,
            deliveries.c.worker == sa.bindparam("by"),
        )
        .values(
            state=sa.bindparam("new_state"),
            attempts=deliveries.c.attempts - sa.bindparam("untried", type_=sa.Integer),
            changed_at=sa.bindparam("at"),
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
        )
    )
)


class _Became(NamedTuple):
    """What became of copies of one announcement, as `_SETTLE` takes it."""

    of_announcement: int
    new_state: str
    untried: int
    new_error: str
    in_doubt: bool
    later: datetime | None
    on_channel: str | None
    of_digest: int | None

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Return what became of one."""
        return cls(
            outcome.delivery.announcement_id,
            outcome.state.value,
            0 if outcome.tried else 1,
            outcome.error,
            outcome.doubtful,
            outcome.not_before,
            outcome.channel,
            outcome.digest,
        )


@dataclass(frozen=True, slots=True)
class _Claim:
    """By whom, on which channel and when; for people whose hours have begun by `ripe`."""

    worker: str
    channel: str
    now: datetime
    instant: Instant
    ripe: Instant
    """When what fell due since only comes along."""
    rested: Sequence[sa.ColumnElement[bool]]
    """Conditions that nothing has just been sent to the person."""

    def due(
        self, copies: sa.FromClause, *, held_back: bool = False
    ) -> Sequence[sa.ColumnElement[bool]]:
        """Return the conditions on which a copy that waits is due, or also if it is held back."""
        is_due = copies.c.not_before <= self.now
        return (
            copies.c.channel == self.channel,
            sa.or_(is_due, copies.c.error == HELD_BACK) if held_back else is_due,
        )

    def to_lead(
        self, copies: sa.FromClause, *, held_back: bool = False
    ) -> Sequence[sa.ColumnElement[bool]]:
        """Return the conditions on which such a copy begins a message.

        What goes along is for somebody whose message begins.
        """
        is_open = within_at(residents, self.instant), within_at(residents, self.ripe)
        mine = of_person(copies.c.resident_id, sa.and_(*is_open))
        return (*self.due(copies, held_back=held_back), mine)


def _rested(
    announcement_ids: Sequence[int], now: datetime, rest: timedelta
) -> Sequence[sa.ColumnElement[bool]]:
    """Return the conditions that nothing of these was sent to the person of a copy for so long.

    Nor may anything be on its way to them.
    """
    on_its_way, other = deliveries.alias("on_its_way"), deliveries.alias("other")
    # A correlated query, which no planner turns into a join over all copies.
    lately = (
        sa.select(other.c.resident_id)
        .where(
            other.c.announcement_id.in_(announcement_ids),
            other.c.resident_id == deliveries.c.resident_id,
            other.c.changed_at > now - rest,
            # Planned a moment ago is not sent.
            sa.or_(other.c.attempts > 0, other.c.state != DeliveryState.PENDING.value),
        )
        .limit(1)
        .scalar_subquery()
    )
    return (
        deliveries.c.resident_id.not_in(
            sa.select(on_its_way.c.resident_id).where(
                on_its_way.c.state == sa.literal_column("'sending'")
            )
        ),
        lately.is_(None),
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
        # Who is locked is showing itself: two that both woke up late must not wait for each other.
        dead = (
            sa.select(senders.c.name)
            .where(senders.c.beat_at <= dead_since, senders.c.name != worker)
            .with_for_update(skip_locked=True)
            .cte("dead")
        )
        await self._connection.execute(
            sa.delete(senders).where(senders.c.name.in_(sa.select(dead.c.name)))
        )
        alive = (await self._connection.scalars(sa.select(senders.c.name))).all()
        recovered = await self._connection.execute(
            sa.update(deliveries)
            # As of one moment: somebody may have come since, and claimed already.
            .where(IS_SENDING, deliveries.c.worker.not_in(sa.select(senders.c.name)))
            .values(
                state=DeliveryState.PENDING.value,
                doubtful=True,
                error=INTERRUPTED,
                worker=None,
                changed_at=now,
            )
        )
        if recovered.rowcount:
            await count_what_dead_senders_did(self._connection, now)
        return len(alive), recovered.rowcount

    async def leave(self, worker: str) -> None:
        """See the port."""
        await self._connection.execute(sa.delete(senders).where(senders.c.name == worker))

    async def claim(
        self,
        worker: str,
        channel: str,
        limit: int,
        now: datetime,
        ripe: datetime,
        strangers_a_day: int | None = None,
        rest: timedelta = timedelta(),
    ) -> Sequence[Delivery]:
        """See the port."""
        allowance = (
            None
            if strangers_a_day is None
            else await Allowance.take(self._connection, channel, strangers_a_day, now)
        )
        queue, near = await self._queue(now)
        rested: Sequence[sa.ColumnElement[bool]] = ()
        if rest and len(near) > 1:
            # Of one announcement each person has one copy. Of several, two senders at the same
            # moment would not see what the other claims for somebody.
            await be_alone(self._connection, f"tell people on {channel}")
            rested = _rested(near, now, rest)
        unbegun = {queued.id for queued, _zone, begun in queue if not begun}
        # In this order everyone takes them who wants both: the announcement, then its copies.
        gone = unbegun - await self._lock(unbegun)
        queue = [entry for entry in queue if entry[0].id not in gone]
        entries = [queued for queued, _zone, _begun in queue]
        claimed: list[Delivery] = []
        led: list[int] = []
        people = 0
        for entry, zone, _begun in queue:
            if people >= limit:
                break
            if not entry.may_lead(entries, now, ripe):
                continue
            instants = Instant.of(now, zone), Instant.of(ripe, zone)
            claim = _Claim(worker, channel, now, *instants, rested)
            along = entry.along(entries)
            earlier = [other for other in along if other in led]
            first = (
                await self._lead(claim, entry.id, limit - people, earlier)
                if allowance is None
                else await self._lead_within(allowance, claim, entry.id, limit - people, earlier)
            )
            claimed += first
            if first and along:
                told = [one.resident_id for one in first]
                claimed += await self._along(claim, along, told, held_back=allowance is not None)
            people += len(first)
            led.append(entry.id)
        await self._begin(unbegun & {one.announcement_id for one in claimed}, now)
        return claimed

    async def _lock(self, announcement_ids: Collection[int]) -> set[int]:
        """Let nobody take these back meanwhile; return those that still go out."""
        if not announcement_ids:
            return set()
        found = await self._connection.scalars(
            sa.select(announcements.c.id)
            .where(announcements.c.id.in_(announcement_ids), _IS_OPEN)
            .order_by(announcements.c.id)
            # More copies of it may be written meanwhile.
            .with_for_update(key_share=True)
        )
        return set(found)

    async def _begin(self, announcement_ids: Collection[int], now: datetime) -> None:
        if announcement_ids:
            await self._connection.execute(
                sa.update(announcements)
                .where(
                    announcements.c.id.in_(announcement_ids), announcements.c.begun_at.is_(None)
                )
                .values(begun_at=now)
            )

    async def _lead_within(
        self,
        allowance: Allowance,
        claim: "_Claim",
        announcement_id: int,
        limit: int,
        earlier: Sequence[int],
    ) -> Sequence[Delivery]:
        """Claim copies as `_lead` does, those of strangers only as far as the allowance goes."""
        is_stranger, due = allowance.is_stranger(deliveries), claim.to_lead(deliveries)
        known = await self._lead(
            claim, announcement_id, limit, earlier, sa.not_(is_stranger), *due
        )
        room = min(limit - len(known), allowance.left)
        waiting = claim.to_lead(deliveries, held_back=True)
        strangers = (
            await self._lead(claim, announcement_id, room, earlier, is_stranger, *waiting)
            if room
            else []
        )
        allowance.left -= len(strangers)
        if not allowance.left:
            await allowance.hold_back(announcement_id, due)
        told = [*known, *strangers]
        await allowance.note({delivery.resident_id for delivery in told})
        return told

    async def _queue(self, now: datetime) -> tuple[list[tuple[Queued, ZoneInfo, bool]], list[int]]:
        """Return what copies may be due of, few recipients first, by whose clock, and if begun.

        And the ids of these and of all others of which copies may just have been sent.
        """
        rows = await self._connection.rows(_QUEUE, at=now, closed_since=now - LINGERING)
        queue = [
            (
                Queued(
                    row.id,
                    row.community_id,
                    row.send_from,
                    planned=row.state != AnnouncementState.PLANNING.value,
                    alone=goes_alone(row.parameters),
                ),
                ZoneInfo(row.timezone),
                row.begun_at is not None,
            )
            for row in rows
            if row.state in _OPEN
        ]
        return queue, [row.id for row in rows]

    async def _lead(
        self,
        claim: "_Claim",
        announcement_id: int,
        limit: int,
        earlier: Sequence[int],
        *which: sa.ColumnElement[bool],
    ) -> Sequence[Delivery]:
        """Claim copies of one announcement, except for people who are told `earlier` ones first.

        Those that are due, or `which` fulfil other conditions.

        These were claimed a moment ago; who is still due one of them is being dealt with by
        another sender, in whose message this copy belongs.
        """
        if not earlier and not which and not claim.rested:
            rows = await self._connection.rows(
                _TAKE_FIRST,
                of_announcement=announcement_id,
                on=claim.channel,
                at=claim.now,
                now_hour=claim.instant.hour,
                now_workday=claim.instant.is_workday,
                now_after_workday=claim.instant.is_after_workday,
                ripe_hour=claim.ripe.hour,
                ripe_workday=claim.ripe.is_workday,
                ripe_after_workday=claim.ripe.is_after_workday,
                most=limit,
                by=claim.worker,
                since=claim.now,
            )
            return _claimed(rows)
        due = (
            _KEY.where(
                deliveries.c.announcement_id == announcement_id,
                IS_PENDING,
                *(which or claim.to_lead(deliveries)),
                *claim.rested,
            )
            .order_by(*_FIRST_DUE)
            .limit(limit)
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
        self,
        claim: "_Claim",
        announcement_ids: Sequence[int],
        resident_ids: Sequence[int],
        *,
        held_back: bool = False,
    ) -> Sequence[Delivery]:
        """Claim everything of these announcements that is due to these people."""
        due = _KEY.where(
            deliveries.c.announcement_id.in_(announcement_ids),
            deliveries.c.resident_id.in_(resident_ids),
            _waits(deliveries),
            *claim.due(deliveries, held_back=held_back),
        )
        return await self._take(claim, due, announcement_ids)

    async def _take(
        self, claim: "_Claim", due: sa.Select[tuple[int, int]], announcement_ids: Sequence[int]
    ) -> Sequence[Delivery]:
        chosen = _locked(due)
        key = sa.tuple_(deliveries.c.announcement_id, deliveries.c.resident_id)
        which = sa.and_(
            deliveries.c.announcement_id.in_(announcement_ids),
            key.in_(sa.select(chosen.c.announcement_id, chosen.c.resident_id)),
        )
        taken = _take(which, claim.worker, claim.now)
        return _claimed((await self._connection.execute(taken)).all())

    async def addressees(self, resident_ids: Collection[int]) -> Mapping[int, Addressee]:
        """See the port."""
        rows = await self._connection.rows(_ADDRESSEES, people=list(resident_ids))
        reachable: defaultdict[int, list[Contact]] = defaultdict(list)
        for row in rows:
            if row.id is not None:
                reachable[row.person].append(contact_from(row))
        return {
            row.person: Addressee(
                row.person,
                row.language,
                NewsChoice(row.news),
                bool(row.chooses),
                tuple(reachable[row.person]),
            )
            for row in {row.person: row for row in rows}.values()
        }

    async def unwanted(
        self, announcement: Announcement, resident_ids: Collection[int]
    ) -> Collection[int]:
        """See the port."""
        these = residents.c.id.in_(resident_ids)
        wanted = still_wanted(announcement.audience, announcement.cycle_id, these)
        return set(resident_ids) - set(await self._connection.scalars(wanted))

    async def put_off(self, now: datetime, limit: int) -> int:
        """See the port."""
        resting = 0
        for queued, zone, _begun in (await self._queue(now))[0]:
            instant = Instant.of(now, zone)
            is_open = of_person(deliveries.c.resident_id, within_at(residents, instant))
            chosen = (
                sa.select(deliveries.c.resident_id)
                .where(
                    deliveries.c.announcement_id == queued.id,
                    IS_PENDING,
                    deliveries.c.not_before <= now,
                    deliveries.c.error != HELD_BACK,
                    sa.not_(is_open),
                )
                .limit(limit - resting)
                .with_for_update(skip_locked=True)
                .cte("chosen")
            )
            begins = sa.select(opening(residents, now, zone)).where(
                residents.c.id == deliveries.c.resident_id
            )
            rested = await self._connection.execute(
                sa.update(deliveries)
                .where(
                    deliveries.c.announcement_id == queued.id,
                    deliveries.c.resident_id.in_(sa.select(chosen.c.resident_id)),
                )
                .values(not_before=begins.scalar_subquery(), error=QUIET)
                # SQLite does not count what a statement changes that begins with WITH.
                .returning(deliveries.c.resident_id)
            )
            resting += len(rested.all())
            if resting >= limit:
                break
        return resting

    async def hours_changed(self, resident_id: int, begins: datetime) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.resident_id == resident_id,
                deliveries.c.state == DeliveryState.PENDING.value,
                deliveries.c.error == QUIET,
            )
            .values(not_before=begins)
        )

    async def serve(self, channels: Collection[str], now: datetime) -> None:
        """See the port."""
        for channel in channels:
            await self._connection.execute(
                insert(self._connection, served_channels)
                .values(channel=channel, served_at=now)
                .on_conflict_do_update(index_elements=["channel"], set_={"served_at": now})
            )

    async def served(self) -> Mapping[str, datetime]:
        """See the port."""
        rows = await self._connection.execute(sa.select(served_channels))
        return {row.channel: row.served_at for row in rows}

    async def give_up_unserved(self, channels: Collection[str], now: datetime) -> int:
        """See the port."""
        for channel in channels:
            # One that nobody ever served counts from now on.
            await self._connection.execute(
                insert(self._connection, served_channels)
                .values(channel=channel, served_at=now)
                .on_conflict_do_nothing(index_elements=["channel"])
            )
        served = (
            await self._connection.scalars(
                sa.select(served_channels.c.channel).where(
                    served_channels.c.served_at > now - OFF_AFTER
                )
            )
        ).all()
        off = sorted(set(channels).difference(served))
        if not off:
            return 0
        going_on = sa.select(announcements.c.id).where(_IS_OPEN)
        waiting = (
            deliveries.c.announcement_id.in_(going_on),
            IS_PENDING,
            deliveries.c.channel.in_(off),
        )
        other = (
            sa.select(contacts.c.channel)
            .where(
                contacts.c.resident_id == deliveries.c.resident_id,
                contacts.c.reachable,
                contacts.c.channel.in_(set(served).difference(channels)),
            )
            .order_by(*BY_PREFERENCE)
            .limit(1)
            .scalar_subquery()
        )
        moved = await self._connection.execute(
            sa.update(deliveries).where(*waiting, other.is_not(None)).values(channel=other)
        )
        gone = {"state": DeliveryState.FAILED.value, "error": CHANNEL_OFF, "changed_at": now}
        failed = await self._connection.execute(
            sa.update(deliveries).where(*waiting).values(**gone)
        )
        there = sa.select(destinations.c.id).where(destinations.c.channel.in_(off))
        unposted = await self._connection.execute(
            sa.update(postings)
            .where(
                postings.c.announcement_id.in_(going_on),
                postings.c.state == DeliveryState.PENDING.value,
                postings.c.destination_id.in_(there),
            )
            .values(**gone)
        )
        return moved.rowcount + failed.rowcount + unposted.rowcount

    async def settle(self, worker: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        """See the port."""
        alike: defaultdict[_Became, list[int]] = defaultdict(list)
        for outcome in outcomes:
            alike[_Became.of(outcome)].append(outcome.delivery.resident_id)
        for became, resident_ids in alike.items():
            await self._connection.rows(
                _SETTLE, of_residents=resident_ids, by=worker, at=now, **became._asdict()
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
            .on_conflict_do_update(
                index_elements=["channel"],
                set_={"until": until},
                where=channel_pauses.c.until < until,
            )
        )

    async def paused_until(self, channel: str) -> datetime | None:
        """See the port."""
        found = await self._connection.row(_PAUSED_UNTIL, on=channel)
        return None if found is None else found.until

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


def _claimed(rows: Sequence[Any]) -> Sequence[Delivery]:
    found = [Delivery(row.announcement_id, row.resident_id, row.attempts) for row in rows]
    return sorted(found, key=lambda delivery: (delivery.resident_id, delivery.announcement_id))
