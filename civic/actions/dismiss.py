"""Take a role away."""

from dataclasses import dataclass

from civic.model.refusal import Reason, Refused
from civic.model.resident import Role
from civic.ports import Work


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Take a role away from somebody in a town."""

    work: Work

    async def __call__(self, community_id: int, resident_id: int, role: Role) -> None:
        """Take it; raises `Refused` with `NOT_FOUND` when nobody of that number holds it there."""
        async with self.work.write() as work:
            if resident_id not in await work.residents.holders(community_id, role):
                raise Refused(Reason.NOT_FOUND)
            await work.residents.revoke(resident_id, role)
            await work.commit()
