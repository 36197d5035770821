"""Results protocols."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from civic.model.results import ProjectResult, ResultsProtocol
from storage.connection import Connection
from storage.repositories.upsert import insert
from storage.tables.cycles import cycles
from storage.tables.voting import projects, results_protocols

_PROTOCOL: Final = TypeAdapter(ResultsProtocol)
"""Makes the enums, tuples and dataclasses of the model out of what JSON keeps of them."""


def _protocol(row: sa.Row[Any]) -> ResultsProtocol:
    return _PROTOCOL.validate_python({**row.body, "counted_at": row.counted_at})


class SqlProtocols:
    """Implements `civic.ports.Protocols`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def get(self, cycle_id: int) -> ResultsProtocol | None:
        """See the port."""
        return await self._one(
            sa.select(results_protocols).where(results_protocols.c.cycle_id == cycle_id)
        )

    async def of_community(self, community_id: int) -> Sequence[ResultsProtocol]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(results_protocols)
            .join(cycles, cycles.c.id == results_protocols.c.cycle_id)
            .where(cycles.c.community_id == community_id)
            .order_by(results_protocols.c.cycle_id)
        )
        return [_protocol(row) for row in rows]

    async def add(self, protocol: ResultsProtocol) -> None:
        """See the port; another digest raises `ValueError`."""
        body = asdict(protocol)
        del body["counted_at"]
        await self._connection.execute(
            insert(self._connection, results_protocols)
            .values(
                cycle_id=protocol.cycle_id,
                body=body,
                digest=protocol.digest,
                counted_at=protocol.counted_at,
            )
            .on_conflict_do_nothing()
        )
        kept = await self._connection.scalar(
            sa.select(results_protocols.c.digest).where(
                results_protocols.c.cycle_id == protocol.cycle_id
            )
        )
        if kept != protocol.digest:
            msg = f"cycle {protocol.cycle_id} has another results protocol already"
            raise ValueError(msg)

    async def result_of(self, project_id: int) -> ProjectResult | None:
        """See the port."""
        protocol = await self._one(
            sa.select(results_protocols)
            .join(projects, projects.c.cycle_id == results_protocols.c.cycle_id)
            .where(projects.c.id == project_id)
        )
        if protocol is None:
            return None
        return next((one for one in protocol.results if one.project_id == project_id), None)

    async def _one(self, query: sa.Select[Any]) -> ResultsProtocol | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _protocol(row)
