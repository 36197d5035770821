"""Joining the chats of people in one line."""

from dataclasses import dataclass

from civic.actions.join_chats import GiveJoinCode, JoinChats, TryJoinCode
from civic.model.resident import Contact, Resident
from civic.ports import Clock, Randomness, Work


@dataclass(frozen=True)
class Joining:
    """Lets one person give a code and another write it."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def key(self, giver: Resident, other: Resident) -> str:
        """Return the key of a new code that `other` has written."""
        shown = await GiveJoinCode(self.work, self.clock, self.randomness)(giver)
        return await TryJoinCode(self.work, self.clock, self.randomness)(other, shown.code)

    async def by(self, key: str, other: Resident) -> Resident:
        """Join by a key; return who stays."""
        here = (await self.contacts(other))[0]
        join = JoinChats(self.work, self.clock, self.randomness)
        return await join(other, key, here.channel, here.chat_id)

    async def __call__(self, giver: Resident, other: Resident) -> Resident:
        """Join `other` to `giver`; return who stays."""
        return await self.by(await self.key(giver, other), other)

    async def contacts(self, person: Resident) -> list[Contact]:
        """Return the addresses of the person, oldest first."""
        async with self.work.read() as unit:
            return list(await unit.residents.contacts(person.id))
