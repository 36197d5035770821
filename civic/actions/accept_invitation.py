"""Read and accept a one-time invitation to a role."""

from dataclasses import dataclass

from civic.actions.invite import invitation_hash
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Clock, Randomness, Work


@dataclass(frozen=True, slots=True)
class ReadInvitation:
    """Read what an invitation offers, before it is used up."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident, token: str) -> Role:
        """Return the role offered; raises `Refused` as accepting it would."""
        token_hash = invitation_hash(self.randomness, resident.community_id, token)
        async with self.work.read() as work:
            role = await work.invitations.offered(token_hash, resident.id, self.clock.now())
        if role is None:
            raise Refused(Reason.INVITATION_SPENT)
        return role


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    """Give the role of an invitation to the person who opened its link first."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident, token: str) -> Role:
        """Return the role given; the same person may do it again.

        Raises `Refused` with `INVITATION_SPENT` when the invitation is unknown in the person's
        town, expired, or used by somebody else.
        """
        token_hash = invitation_hash(self.randomness, resident.community_id, token)
        async with self.work.write() as work:
            role = await work.invitations.spend(token_hash, resident.id, self.clock.now())
            if role is None:
                raise Refused(Reason.INVITATION_SPENT)
            await work.residents.grant(resident.id, role)
            await work.commit()
        return role
