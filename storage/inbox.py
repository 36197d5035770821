"""Updates that have arrived, each dealt with once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from storage.connection import Step
from storage.database import Database
from storage.prepared import Prepared
from storage.repositories.upsert import insert_into
from storage.tables.conversation import inbox

_ADD: Final = Prepared(
    lambda dialect: (
        insert_into(inbox, dialect).on_conflict_do_nothing().returning(inbox.c.update_id)
    )
)
_DONE: Final = Prepared(
    sa.update(inbox)
    .where(inbox.c.channel == sa.bindparam("on"), inbox.c.update_id == sa.bindparam("number"))
    .values(payload=None, done_at=sa.bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it was received: its number on its channel and its JSON."""

    update_id: int
    payload: str


class SqlInbox:
    """Keeps what arrived until it is done, and its number until that is forgotten."""

    def __init__(self, database: Database) -> None:
        """Keep arrivals in `database`."""
        self._database = database

    async def add(
        self, channel: str, arrivals: Sequence[Arrival], now: datetime
    ) -> frozenset[int]:
        """Store the arrivals; return the numbers of those that were not known yet."""
        if not arrivals:
            return frozenset()
        added = await self._database.store(
            *(
                (
                    _ADD,
                    {
                        "channel": channel,
                        "update_id": arrival.update_id,
                        "payload": arrival.payload,
                        "received_at": now,
                        "attempts": 0,
                        "done_at": None,
                    },
                )
                for arrival in arrivals
            )
        )
        return frozenset(row.update_id for rows in added for row in rows)

    @staticmethod
    def done(channel: str, update_id: int, now: datetime) -> Step:
        """Return the note that the update is dealt with, to be kept with what came of it."""
        return _DONE, {"on": channel, "number": update_id, "now": now}

    async def waiting(self, channel: str, most_attempts: int) -> Sequence[Arrival]:
        """Return what a dead process left undone, oldest first, and count one more attempt.

        What was tried `most_attempts` times already is left out: it would bring the service down
        again.
        """
        async with self._database.write() as connection:
            rows = await connection.execute(
                sa.update(inbox)
                .where(
                    inbox.c.channel == channel,
                    inbox.c.done_at.is_(None),
                    inbox.c.attempts < most_attempts,
                )
                .values(attempts=inbox.c.attempts + 1)
                .returning(inbox.c.update_id, inbox.c.payload)
            )
            found = sorted((Arrival(row.update_id, row.payload) for row in rows), key=_number)
            await connection.commit()
        return found

    async def undone(self, keys: Collection[tuple[str, int]]) -> frozenset[tuple[str, int]]:
        """Return those of the updates, by channel and number, that are stored and not done."""
        asked = sa.tuple_(inbox.c.channel, inbox.c.update_id).in_(keys)
        async with self._database.read() as connection:
            rows = await connection.execute(
                sa.select(inbox.c.channel, inbox.c.update_id).where(
                    asked, inbox.c.done_at.is_(None)
                )
            )
            return frozenset((row.channel, row.update_id) for row in rows)

    async def forget(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` numbers of updates that were done before `before`.

        Return how many.
        """
        old = (
            sa.select(inbox.c.channel, inbox.c.update_id)
            .where(inbox.c.done_at < before)
            .order_by(inbox.c.done_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("old")
        )
        chosen = sa.select(old.c.channel, old.c.update_id)
        async with self._database.write() as connection:
            removed = await connection.execute(
                sa.delete(inbox)
                .where(sa.tuple_(inbox.c.channel, inbox.c.update_id).in_(chosen))
                # SQLite does not count what a statement changes that begins with WITH.
                .returning(inbox.c.update_id)
            )
            count = len(removed.all())
            await connection.commit()
        return count


def _number(arrival: Arrival) -> int:
    return arrival.update_id
