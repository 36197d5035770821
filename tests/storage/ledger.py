"""Short ways to plan, claim and settle news in tests of the ledger."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from civic.model.announcement import (
    Announcement,
    Delivery,
    DeliveryState,
    NoticeKind,
    Outcome,
)
from civic.model.audience import EVERYONE, Audience
from civic.model.cycle import Cycle, StageKind
from civic.model.destination import Posting
from civic.model.resident import Resident
from civic.ports import UnitOfWork, Work
from storage.database import Database
from storage.tables.news import announcements, deliveries
from tests.civic.cycles import stage_id

ME: Final = "a sender"
SOME_DAY: Final = datetime(2100, 1, 1, tzinfo=UTC)


async def plan(
    work: Work,
    made: Cycle,
    now: datetime,
    key: str = "key",
    audience: Audience = EVERYONE,
    *,
    public: bool = False,
) -> int:
    """Write an announcement about the ideas of the cycle, without deliveries yet."""
    async with work.write() as unit:
        announcement = await unit.announcements.plan(
            key,
            made.community_id,
            made.id,
            stage_id(made, StageKind.IDEAS),
            NoticeKind.STAGE_OPENED,
            {"reason": "because"},
            now,
            audience=audience,
            public=public,
        )
        await unit.commit()
    assert announcement is not None
    return announcement


async def begin(database: Database, now: datetime) -> None:
    """Let a copy of everything have left: the first is taken by one sender at a time."""
    async with database.write() as connection:
        await connection.execute(sa.update(announcements).values(begun_at=now))
        await connection.commit()


async def fill(
    work: Work, now: datetime, limit: int = 1000, channels: Sequence[str] = ("test", "web")
) -> list[int]:
    """Write all deliveries that are due; return how many with each call.

    As in the engine, what is left of those that were taken back goes before.
    """
    written: list[int] = []
    while True:
        async with work.write() as unit:
            while await unit.announcements.clear(limit) is not None:
                pass
            count = await unit.announcements.fill(limit, now, channels)
            await unit.commit()
        if count is None:
            return written
        written.append(count)


async def finish(work: Work, now: datetime) -> None:
    """Note what has nothing left to send."""
    async with work.write() as unit:
        await unit.deliveries.finish(now)
        await unit.commit()


async def tell(
    work: Work,
    made: Cycle,
    now: datetime,
    key: str = "key",
    audience: Audience = EVERYONE,
) -> int:
    """Write an announcement and its deliveries."""
    announcement = await plan(work, made, now, key, audience)
    await fill(work, now)
    return announcement


async def claim(
    work: Work,
    now: datetime,
    limit: int = 100,
    *,
    worker: str = ME,
    channel: str = "test",
    ripe: datetime | None = None,
    strangers_a_day: int | None = None,
    rest: timedelta = timedelta(),
) -> Sequence[Delivery]:
    """Claim what is due; what fell due after `ripe` comes only along."""
    async with work.write() as unit:
        claimed = await unit.deliveries.claim(
            worker, channel, limit, now, ripe or now, strangers_a_day, rest
        )
        await unit.commit()
    return claimed


async def settle(work: Work, now: datetime, *outcomes: Outcome, worker: str = ME) -> None:
    """Write down what became of claimed deliveries."""
    async with work.write() as unit:
        await unit.deliveries.settle(worker, outcomes, now)
        await unit.commit()


async def send(work: Work, now: datetime) -> None:
    """Claim everything that is due and note it as sent."""
    claimed = await claim(work, now)
    await settle(work, now, *(Outcome(entry, DeliveryState.SENT) for entry in claimed))


async def told(work: Work, person: Resident) -> list[Announcement]:
    """Plan whatever there is; return what is addressed to the person, oldest first."""
    await fill(work, SOME_DAY)
    async with work.read() as unit:
        return list(reversed(await unit.announcements.of_resident(person.id, 100)))


async def states(database: Database) -> list[tuple[int, str, int, str]]:
    """Return person, state, attempts and error of every delivery."""
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(
                deliveries.c.resident_id,
                deliveries.c.state,
                deliveries.c.attempts,
                deliveries.c.error,
            ).order_by(deliveries.c.announcement_id, deliveries.c.resident_id)
        )
        return [(row.resident_id, row.state, row.attempts, row.error) for row in rows]


async def claim_posting(unit: UnitOfWork, worker: str, now: datetime, rest: timedelta) -> Posting:
    """Claim the posting that is next on the channel «test»; there is one."""
    claimed = await unit.postings.claim(worker, "test", now, rest)
    assert claimed is not None
    return claimed
