"""Open one's ballot."""

from dataclasses import dataclass

from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.eligibility import in_town
from civic.rules.stages import Permission, stage_for


@dataclass(frozen=True, slots=True)
class OpenBallot:
    """Note that a person looked into a vote, so that they are reminded if they leave it empty."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, cycle_id: int) -> None:
        """Note it while the vote is open; looking at one that is not open leaves no trace.

        Raises `Refused` with `NOT_FOUND`.
        """
        async with self.work.write() as work:
            cycle = in_town(await work.cycles.get(cycle_id), resident)
            stage = stage_for(cycle, Permission.VOTE)
            if stage is not None and stage.is_open(self.clock.now()):
                await work.engagements.begin(stage.id, resident.id)
                await work.commit()
