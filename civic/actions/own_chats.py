"""The chats in which a person is reached: which gets the news, and separating one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from civic.model.joining import Chat
from civic.model.refusal import Reason, Refused
from civic.model.resident import Contact, Resident
from civic.ports import Clock, UnitOfWork, Work
from civic.rules.joining import told_at


@dataclass(frozen=True, slots=True)
class ReadChats:
    """Read where a person is reached."""

    work: Work

    async def __call__(self, resident: Resident, channel: str, chat_id: int) -> Sequence[Chat]:
        """Return all chats of the person, oldest first; they look from `chat_id` on `channel`."""
        async with self.work.read() as work:
            contacts = await work.residents.contacts(resident.id)
        told = told_at(contacts)
        return [
            Chat(
                contact,
                is_here=(contact.channel, contact.chat_id) == (channel, chat_id),
                is_told=contact == told,
            )
            for contact in contacts
        ]


@dataclass(frozen=True, slots=True)
class ChooseChat:
    """Want news in one chat, or wherever one wrote last."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, contact_id: int | None) -> None:
        """Choose it, also for what waits to be told; None chooses where the person wrote last.

        Raises `Refused` with `NOT_FOUND` when it is no chat of theirs.
        """
        async with self.work.write() as work:
            await work.joining.begin()
            await work.joining.hold(resident.id)
            contacts = await work.residents.contacts(resident.id)
            if contact_id is not None and contact_id not in {one.id for one in contacts}:
                raise Refused(Reason.NOT_FOUND)
            chosen = [replace(one, chosen=one.id == contact_id) for one in contacts]
            await tell_where_they_are(work, chosen, self.clock)
            await work.joining.choose(resident.id, contact_id)
            await work.commit()


@dataclass(frozen=True, slots=True)
class SeparateChat:
    """Let a chat be nobody's; everything stays with the others."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, contact_id: int) -> None:
        """Separate it; whoever writes there again is a newcomer. Repeating changes nothing.

        Raises `Refused` with `ONLY_CHAT`.
        """
        async with self.work.write() as work:
            await work.joining.begin()
            await work.joining.hold(resident.id)
            contacts = await work.residents.contacts(resident.id)
            left = [one for one in contacts if one.id != contact_id]
            if len(left) == len(contacts):
                return
            if not left:
                raise Refused(Reason.ONLY_CHAT)
            await tell_where_they_are(work, left, self.clock)
            await work.joining.separate(resident.id, contact_id)
            await work.commit()


async def tell_where_they_are(work: UnitOfWork, contacts: Sequence[Contact], clock: Clock) -> None:
    """Let what waits go to where the person is told then.

    Copies of news come before addresses: in the order in which senders take them.
    """
    told = told_at(contacts)
    if told is not None:
        await work.joining.tell_on(told.resident_id, told.channel, clock.now())
