"""Participation, ballots, and the link between them."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from civic.model.ballot import CHOSEN_MARK, Ballot
from storage.repositories.upsert import insert
from storage.tables.cycles import cycles
from storage.tables.voting import ballot_choices, ballot_links, ballots, participation
from storage.tables.webchat import webchat_messages


class SqlBallots:
    """Implements `civic.ports.Ballots`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def hold(self, cycle_id: int, resident_id: int) -> None:
        """See the port."""
        if self._connection.dialect.name == "sqlite":
            return  # its one writer is this unit of work
        await self._connection.execute(
            sa.select(cycles.c.id).where(cycles.c.id == cycle_id).with_for_update(read=True)
        )
        # A lock without a row: a row per person would stay and tell who had come to vote.
        person = sa.func.hashtextextended(f"ballot:{cycle_id}:{resident_id}", 0)
        await self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(person)))

    async def find(self, stage_id: int, voter_key: str) -> Ballot | None:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(ballot_links.c.number, ballot_choices.c.project_id)
            .outerjoin(ballot_choices, ballot_choices.c.number == ballot_links.c.number)
            .where(ballot_links.c.stage_id == stage_id, ballot_links.c.voter_key == voter_key)
        )
        found = _gather((row.number, row.project_id) for row in rows)
        return found[0] if found else None

    async def put(
        self, stage_id: int, voter_key: str, number: str, choices: frozenset[int]
    ) -> None:
        """See the port; once the links are destroyed a ballot cannot be put again."""
        linked: str | None = await self._connection.scalar(
            sa.select(ballot_links.c.number).where(
                ballot_links.c.stage_id == stage_id, ballot_links.c.voter_key == voter_key
            )
        )
        if choices:
            if linked is None:
                await self._add(stage_id, voter_key, number)
            await self._choose(linked or number, choices)
        elif linked is not None:
            await self._remove(stage_id, voter_key, linked)

    async def has_taken_part(self, stage_id: int, voter_key: str) -> bool:
        """See the port."""
        own = sa.select(participation).where(
            participation.c.stage_id == stage_id, participation.c.voter_key == voter_key
        )
        return bool(await self._connection.scalar(sa.select(own.exists())))

    async def all(self, stage_id: int) -> Sequence[Ballot]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(ballots.c.number, ballot_choices.c.project_id)
            .outerjoin(ballot_choices, ballot_choices.c.number == ballots.c.number)
            .where(ballots.c.stage_id == stage_id)
        )
        # Sorted here, because databases disagree about the order of letters.
        return sorted(
            _gather((row.number, row.project_id) for row in rows), key=lambda one: one.number
        )

    async def count(self, stage_id: int) -> int:
        """See the port."""
        counted = await self._connection.scalar(
            sa.select(sa.func.count()).select_from(ballots).where(ballots.c.stage_id == stage_id)
        )
        return int(counted or 0)

    async def has_links(self, stage_id: int) -> bool:
        """See the port."""
        links = sa.select(ballot_links).where(ballot_links.c.stage_id == stage_id)
        return bool(await self._connection.scalar(sa.select(links.exists())))

    async def destroy_links(self, stage_id: int) -> None:
        """See the port.

        The ballots are written anew in the order of their numbers: PostgreSQL keeps with every
        row the transaction that wrote it and keeps rows in the order of writing, by which ballots
        could be matched with other rows of the same moment.
        """
        kept = await self.all(stage_id)
        await self._connection.execute(sa.delete(ballots).where(ballots.c.stage_id == stage_id))
        await self._connection.execute(
            sa.delete(ballot_links).where(ballot_links.c.stage_id == stage_id)
        )
        if kept:
            await self._write(stage_id, kept)
        # The web chat's own record of ballots that were shown would join people to choices.
        await self._connection.execute(
            sa.update(webchat_messages)
            .where(webchat_messages.c.html.contains(CHOSEN_MARK))
            .values(html="", keyboard=None, deleted=True)
        )

    async def _write(self, stage_id: int, kept: Sequence[Ballot]) -> None:
        await self._connection.execute(
            sa.insert(ballots), [{"number": one.number, "stage_id": stage_id} for one in kept]
        )
        await self._connection.execute(
            sa.insert(ballot_choices),
            [
                {"number": one.number, "project_id": project_id}
                for one in kept
                for project_id in sorted(one.choices)
            ],
        )

    async def _add(self, stage_id: int, voter_key: str, number: str) -> None:
        await self._connection.execute(
            sa.insert(participation).values(stage_id=stage_id, voter_key=voter_key)
        )
        await self._connection.execute(sa.insert(ballots).values(number=number, stage_id=stage_id))
        await self._connection.execute(
            sa.insert(ballot_links).values(stage_id=stage_id, voter_key=voter_key, number=number)
        )

    async def _choose(self, number: str, choices: frozenset[int]) -> None:
        await self._connection.execute(
            sa.delete(ballot_choices).where(
                ballot_choices.c.number == number, ballot_choices.c.project_id.not_in(choices)
            )
        )
        await self._connection.execute(
            insert(self._connection, ballot_choices)
            .values([{"number": number, "project_id": one} for one in sorted(choices)])
            .on_conflict_do_nothing()
        )

    async def _remove(self, stage_id: int, voter_key: str, number: str) -> None:
        # Choices and the link go with the ballot.
        await self._connection.execute(sa.delete(ballots).where(ballots.c.number == number))
        await self._connection.execute(
            sa.delete(participation).where(
                participation.c.stage_id == stage_id, participation.c.voter_key == voter_key
            )
        )


def _gather(marks: Iterable[tuple[str, int | None]]) -> list[Ballot]:
    chosen: dict[str, set[int]] = {}
    for number, project_id in marks:
        projects = chosen.setdefault(number, set())
        if project_id is not None:
            projects.add(project_id)
    return [Ballot(number, frozenset(projects)) for number, projects in chosen.items()]
