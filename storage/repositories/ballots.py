"""Participation, ballots, and the link between them."""

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from civic.model.ballot import CHOSEN_MARK, Ballot
from storage.connection import Connection, Step
from storage.prepared import Prepared
from storage.repositories.upsert import insert_into
from storage.tables.voting import ballot_choices, ballot_links, ballots, participation
from storage.tables.webchat import webchat_messages

_FOUND: Final = Prepared(
    sa.select(ballot_links.c.number, ballot_links.c.version, ballot_choices.c.project_id)
    .outerjoin(ballot_choices, ballot_choices.c.number == ballot_links.c.number)
    .where(
        ballot_links.c.stage_id == sa.bindparam("stage_id"),
        ballot_links.c.voter_key == sa.bindparam("voter_key"),
    )
)
_TAKEN_PART: Final = Prepared(
    sa.select(sa.literal(1)).where(
        participation.c.stage_id == sa.bindparam("stage_id"),
        participation.c.voter_key == sa.bindparam("voter_key"),
    )
)
_UNCHANGED: Final = (
    ballot_links.c.stage_id == sa.bindparam("of_stage"),
    ballot_links.c.voter_key == sa.bindparam("of_voter"),
    ballot_links.c.version == sa.bindparam("seen"),
)
_CHANGE: Final = Prepared(
    sa.update(ballot_links)
    .where(*_UNCHANGED)
    .values(version=ballot_links.c.version + 1)
    .returning(ballot_links.c.number)
)
_UNLINK: Final = Prepared(
    sa.delete(ballot_links).where(*_UNCHANGED).returning(ballot_links.c.number)
)
_REMOVE: Final = Prepared(sa.delete(ballots).where(ballots.c.number == sa.bindparam("number")))
_FORGET: Final = Prepared(
    sa.delete(participation).where(
        participation.c.stage_id == sa.bindparam("stage_id"),
        participation.c.voter_key == sa.bindparam("voter_key"),
    )
)
_DROP_CHOICE: Final = Prepared(
    sa.delete(ballot_choices).where(
        ballot_choices.c.number == sa.bindparam("of"),
        ballot_choices.c.project_id == sa.bindparam("dropped"),
    )
)
_ADD_PARTICIPATION: Final = Prepared(
    lambda dialect: (
        insert_into(participation, dialect)
        .on_conflict_do_nothing()
        .returning(participation.c.voter_key)
    )
)
_ADD_BALLOT: Final = Prepared(sa.insert(ballots))
_ADD_LINK: Final = Prepared(sa.insert(ballot_links))
_ADD_CHOICE: Final = Prepared(sa.insert(ballot_choices))


class SqlBallots:
    """Implements `civic.ports.Ballots`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
        self._versions: dict[str, int] = {}
        """Of the ballots that were found, by number."""

    async def find(self, stage_id: int, voter_key: str) -> Ballot | None:
        """See the port."""
        rows = await self._connection.rows(_FOUND, stage_id=stage_id, voter_key=voter_key)
        if not rows:
            return None
        (found,) = _gather((row.number, row.project_id) for row in rows)
        self._versions[found.number] = rows[0].version
        return found

    async def put(
        self, stage_id: int, voter_key: str, before: Ballot | None, ballot: Ballot
    ) -> None:
        """See the port; once the links are destroyed a ballot cannot be put again."""
        voter = {"stage_id": stage_id, "voter_key": voter_key}
        number = ballot.number
        steps: list[Step] = []
        if before is None:
            if not ballot.choices:
                return
            await self._connection.require((_ADD_PARTICIPATION, voter))
            steps += [
                (_ADD_BALLOT, {"number": number, "stage_id": stage_id}),
                (_ADD_LINK, {**voter, "number": number, "version": 0}),
            ]
        else:
            unchanged = {
                "of_stage": stage_id,
                "of_voter": voter_key,
                "seen": self._versions[before.number],
            }
            if not ballot.choices:
                await self._connection.require((_UNLINK, unchanged))
                # Choices go with the ballot.
                await self._connection.later(
                    (_REMOVE, {"number": before.number}), (_FORGET, voter)
                )
                return
            await self._connection.require((_CHANGE, unchanged))
        marked = frozenset[int]() if before is None else before.choices
        for dropped in marked - ballot.choices:
            steps.append((_DROP_CHOICE, {"of": number, "dropped": dropped}))
        for added in sorted(ballot.choices - marked):
            steps.append((_ADD_CHOICE, {"number": number, "project_id": added}))
        await self._connection.later(*steps)

    async def hand_over(self, stage_id: int, voter_key: str, to: str) -> None:
        """See the port."""
        for table in (participation, ballot_links):
            await self._connection.execute(
                sa.update(table)
                .where(table.c.stage_id == stage_id, table.c.voter_key == voter_key)
                .values(voter_key=to)
            )

    async def has_taken_part(self, stage_id: int, voter_key: str) -> bool:
        """See the port."""
        found = await self._connection.row(_TAKEN_PART, stage_id=stage_id, voter_key=voter_key)
        return found is not None

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


def _gather(marks: Iterable[tuple[str, int | None]]) -> list[Ballot]:
    chosen: dict[str, set[int]] = {}
    for number, project_id in marks:
        projects = chosen.setdefault(number, set())
        if project_id is not None:
            projects.add(project_id)
    return [Ballot(number, frozenset(projects)) for number, projects in chosen.items()]
