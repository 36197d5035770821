"""What an organiser sees at their desk."""

from dataclasses import dataclass

from civic.model.cycle import Cycle, Stage
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Clock, Work
from civic.rules.calendar import Phase, phase


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A cycle in the list of all cycles."""

    cycle: Cycle
    phase: Phase
    stage: Stage | None
    """The stage that is open."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much goes on in a cycle; nothing here tells how a vote stands."""

    residents: int
    """People of the town who have ever written."""
    ideas: int
    comments: int
    participants: int
    """People who finished something in the cycle."""


@dataclass(frozen=True, slots=True)
class ReadDesk:
    """Read the list of all cycles of the organiser's town, newest first."""

    work: Work
    clock: Clock

    async def __call__(self, organiser: Resident) -> tuple[DeskLine, ...]:
        """Return the lines; raises `Refused` with `NOT_ORGANISER`."""
        _require_organiser(organiser)
        now = self.clock.now()
        async with self.work.read() as work:
            cycles = await work.cycles.all(organiser.community_id)
        return tuple(DeskLine(cycle, phase(cycle, now), cycle.current(now)) for cycle in cycles)


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """Read how much goes on in a cycle."""

    work: Work

    async def __call__(self, organiser: Resident, cycle_id: int) -> Counts:
        """Return the counts; raises `Refused` with `NOT_ORGANISER` or `NOT_FOUND`."""
        _require_organiser(organiser)
        async with self.work.read() as work:
            cycle = await work.cycles.get(cycle_id)
            if cycle is None or cycle.community_id != organiser.community_id:
                raise Refused(Reason.NOT_FOUND)
            return Counts(
                residents=await work.residents.count(organiser.community_id),
                ideas=await work.ideas.count(cycle_id),
                comments=await work.comments.count(cycle_id),
                participants=await work.engagements.participants(cycle_id),
            )


def _require_organiser(organiser: Resident) -> None:
    if not organiser.has(Role.ORGANISER):
        raise Refused(Reason.NOT_ORGANISER)
