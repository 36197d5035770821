"""Invite somebody to a role by a one-time link."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from civic.model.refusal import Reason, Refused
from civic.model.resident import Role
from civic.ports import Clock, Randomness, Work

VALID_FOR: Final = timedelta(days=7)
"""How long an invitation can be accepted."""
PREFIX: Final = "o-"
"""What the payload of an invitation's link begins with; the token follows."""
_TOKEN_BYTES: Final = 24


def invitation_hash(randomness: Randomness, community_id: int, token: str) -> str:
    """Return what is stored of an invitation; it is good in its own town only."""
    return randomness.keyed_hash("invitation", community_id, token)


@dataclass(frozen=True, slots=True)
class Invite:
    """Make a one-time invitation to a role in a town."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, community_id: int, role: Role) -> str:
        """Return the token, which is stored nowhere; raises `Refused` with `NOT_FOUND`."""
        token = self.randomness.token(_TOKEN_BYTES)
        async with self.work.write() as work:
            if await work.communities.get(community_id) is None:
                raise Refused(Reason.NOT_FOUND)
            await work.invitations.add(
                invitation_hash(self.randomness, community_id, token),
                community_id,
                role,
                self.clock.now() + VALID_FOR,
            )
            await work.commit()
        return token
