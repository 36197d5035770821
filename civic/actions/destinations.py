"""Groups and channels become destinations of news, cease to be, and are set up by organisers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from civic.actions.draft_broadcast import require_organiser
from civic.model.destination import LANGUAGE_CHOICES, Destination, DestinationKind
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Clock, UnitOfWork, Work


@dataclass(frozen=True, slots=True)
class Chat:
    """A group or channel as its messenger describes it."""

    channel: str
    chat_id: int
    kind: DestinationKind
    title: str


@dataclass(frozen=True, slots=True)
class WelcomeDestination:
    """The service may write in a group or channel."""

    work: Work
    clock: Clock

    async def __call__(self, chat: Chat, by_chat_id: int) -> tuple[Destination, Resident] | None:
        """Return the destination and the organiser who made it one just now, or None.

        Only an organiser makes one, of their own town, told in their language at first; of what
        is one already, title and kind are brought up to date whoever changed what.
        """
        async with self.work.write() as work:
            known = await work.destinations.at(chat.channel, chat.chat_id, lock=True)
            found = await work.residents.behind(chat.channel, by_chat_id)
            by = None if found is None or not found[0].has(Role.ORGANISER) else found[0]
            welcomed = await self._welcome(work, chat, known, by)
            await work.commit()
        return None if welcomed is None or by is None else (welcomed, by)

    async def _welcome(
        self, work: UnitOfWork, chat: Chat, known: Destination | None, by: Resident | None
    ) -> Destination | None:
        """Return the destination if it was none before."""
        theirs = by is not None and (known is None or known.community_id == by.community_id)
        if known is not None and (known.present or theirs):
            renewed = replace(known, kind=chat.kind, title=chat.title, present=True)
            await work.destinations.save(renewed)
            return None if known.present else renewed
        if by is None or known is not None:
            return None
        return await work.destinations.add(
            by.community_id,
            chat.channel,
            chat.chat_id,
            chat.kind,
            chat.title,
            by.language,
            self.clock.now(),
        )


@dataclass(frozen=True, slots=True)
class LoseDestination:
    """The service may not write in a group or channel any more."""

    work: Work

    async def __call__(self, channel: str, chat_id: int) -> None:
        """Tell it nothing from now on; what is no destination stays none."""
        async with self.work.write() as work:
            known = await work.destinations.at(channel, chat_id, lock=True)
            if known is not None:
                await work.destinations.save(known.lost())
                await work.commit()


@dataclass(frozen=True, slots=True)
class MoveDestination:
    """The messenger has given a group another number."""

    work: Work

    async def __call__(self, channel: str, chat_id: int, new_chat_id: int) -> None:
        """Tell it there from now on; what is no destination stays none."""
        async with self.work.write() as work:
            known = await work.destinations.at(channel, chat_id, lock=True)
            if known is not None:
                await work.destinations.move(known, new_chat_id)
                await work.commit()


@dataclass(frozen=True, slots=True)
class FindDestination:
    """Find out whether a group or channel is told news."""

    work: Work

    async def __call__(self, channel: str, chat_id: int) -> Destination | None:
        """Return the destination; None when it is none."""
        async with self.work.read() as work:
            found = await work.destinations.at(channel, chat_id)
        return found if found is not None and found.present else None


@dataclass(frozen=True, slots=True)
class ReadDestinations:
    """Read which groups and channels can be told news."""

    work: Work

    async def __call__(self, organiser: Resident) -> Sequence[Destination]:
        """Return those of the organiser's town; raises `Refused` with `NOT_ORGANISER`."""
        require_organiser(organiser)
        async with self.work.read() as work:
            return await work.destinations.of_community(organiser.community_id)


@dataclass(frozen=True, slots=True)
class SetUpDestination:
    """Choose in which languages a group or channel is told, and what of every stage."""

    work: Work

    async def __call__(
        self,
        organiser: Resident,
        destination_id: int,
        *,
        languages: tuple[str, ...] | None = None,
        stage_news: bool | None = None,
        reminders: bool | None = None,
    ) -> Destination:
        """Return the destination; what is None stays as it is.

        Raises `Refused` with `NOT_ORGANISER`, or with `NOT_FOUND` for what is none or another
        town's, and for languages that cannot be chosen.
        """
        require_organiser(organiser)
        async with self.work.write() as work:
            found = await work.destinations.get(destination_id, lock=True)
            is_theirs = found is not None and found.community_id == organiser.community_id
            if found is None or not is_theirs or not found.present:
                raise Refused(Reason.NOT_FOUND)
            if languages is not None and languages not in LANGUAGE_CHOICES:
                raise Refused(Reason.NOT_FOUND)
            changed = replace(
                found,
                languages=found.languages if languages is None else languages,
                stage_news=found.stage_news if stage_news is None else stage_news,
                reminders=found.reminders if reminders is None else reminders,
            )
            await work.destinations.save(changed)
            await work.commit()
        return changed


async def told_of_stages(
    work: UnitOfWork, community_id: int, *, reminding: bool = False
) -> tuple[int, ...]:
    """Return the ids of the town's destinations that are told what stages yield.

    With `reminding` those that are also told how many days are left.
    """
    found = await work.destinations.of_community(community_id)
    return tuple(
        entry.id for entry in found if entry.stage_news and (entry.reminders or not reminding)
    )
