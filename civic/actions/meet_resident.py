"""Somebody writes for the first time, or again after having blocked the service."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from civic.actions.own_chats import tell_where_they_are
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Contact, NewsChoice, Resident
from civic.ports import Clock, Throughput, UnitOfWork, Work
from civic.rules.strangers import is_worth_noting


@dataclass(frozen=True, slots=True)
class MeetResident:
    """Find the person behind an address, or take them in."""

    work: Work
    clock: Clock

    async def __call__(
        self, channel: str, address: str, language: str, chat_id: int | None = None
    ) -> tuple[Resident, Contact]:
        """Return the person and the contact; `language` is a guess that only a new person gets.

        Raises `Refused` with `NOT_FOUND` when no town has been set up yet.
        """
        async with self.work.write() as work:
            # A first press that comes twice.
            await work.residents.expect(channel, address)
            known = await work.residents.by_address(channel, address)
            if known is not None:
                return known
            community = await work.communities.first()
            if community is None:
                raise Refused(Reason.NOT_FOUND)
            met = await work.residents.add(
                community.id, language, channel, address, chat_id, self.clock.now()
            )
            await work.commit()
            return met


@dataclass(frozen=True, slots=True)
class Recognise:
    """Find the person behind a chat."""

    work: Work
    clock: Clock
    throughput: Throughput

    async def __call__(
        self, channel: str, chat_id: int
    ) -> tuple[Resident, Community, Contact] | None:
        """Return the person, their town and the address; None for who never wrote before.

        Whoever writes can be reached again, and from now on is told there. The news, which ended
        when they blocked the service, does not begin again before the person has been asked.

        Where a messenger counts whom it lets be told without having written, that they wrote is
        noted, once in a while.
        """
        async with self.work.read() as work:
            found = await work.residents.behind(channel, chat_id)
            town = None if found is None else await work.communities.get(found[0].community_id)
        if found is None or town is None:
            return None
        resident, contact = found
        counts = self.throughput.strangers_a_day(channel) is not None
        noted = not counts or not is_worth_noting(contact.wrote_at, self.clock.now())
        if not (contact.reachable and contact.latest and noted):
            now = self.clock.now()
            async with self.work.write() as work:
                await work.residents.hold(resident.id)
                if not contact.reachable:
                    resident = await _return(work, resident)
                if counts:
                    # Copies first, then addresses: in the order in which senders take them.
                    await work.strangers.heard_from(channel, resident.id, now)
                if not contact.latest:
                    contacts = await work.residents.contacts(resident.id)
                    await tell_where_they_are(work, _writing_from(contact, contacts), self.clock)
                await work.residents.heard_from(contact, now)
                await work.commit()
        return resident, town, contact


def _writing_from(contact: Contact, contacts: Iterable[Contact]) -> list[Contact]:
    """Return the person's contacts as they are once the person was heard from one of them."""
    return [
        replace(one, latest=one.id == contact.id, reachable=one.reachable or one.id == contact.id)
        for one in contacts
    ]


async def _return(work: UnitOfWork, resident: Resident) -> Resident:
    # Another chat of theirs may have changed something since.
    resident = await work.residents.get(resident.id) or resident
    elsewhere = any(known.reachable for known in await work.residents.contacts(resident.id))
    if elsewhere or not resident.wants_news:
        return resident
    returned = replace(resident, news=NewsChoice.NONE, came_back=True)
    await work.residents.save(returned)
    return returned


@dataclass(frozen=True, slots=True)
class LoseContact:
    """Note that a person blocked the service on a channel."""

    work: Work

    async def __call__(self, channel: str, chat_id: int) -> None:
        """Mark the address as one that cannot be reached until the person writes again."""
        async with self.work.write() as work:
            await work.residents.set_reachable(channel, chat_id, reachable=False)
            await work.commit()
