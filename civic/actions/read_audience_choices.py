"""By what an organiser can choose whom to tell."""

from dataclasses import dataclass

from civic.model.audience import EVERYONE
from civic.model.cycle import Cycle
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work


@dataclass(frozen=True, slots=True)
class AudienceChoices:
    """What differs from town to town."""

    cycles: tuple[Cycle, ...]
    channels: tuple[str, ...]
    """On which somebody is told."""


@dataclass(frozen=True, slots=True)
class ReadAudienceChoices:
    """Read by which cycles and channels people can be chosen."""

    work: Work

    async def __call__(self, organiser: Resident) -> AudienceChoices:
        """Return them; raises `Refused` with `NOT_ORGANISER`."""
        if not organiser.has(Role.ORGANISER):
            raise Refused(Reason.NOT_ORGANISER)
        async with self.work.read() as work:
            cycles = await work.cycles.all(organiser.community_id)
            reach = await work.announcements.reach(organiser.community_id, EVERYONE)
        channels = dict.fromkeys(channel for channel, _hours in reach)
        return AudienceChoices(tuple(cycles), tuple(channels))
