"""Declare to live in the town and to be old enough."""

from dataclasses import dataclass, replace
from datetime import UTC

from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.eligibility import has_declared, in_town, vote_of


@dataclass(frozen=True, slots=True)
class DeclareResidence:
    """Take a person's word that they live in the town and are as old as a vote asks."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, cycle_id: int) -> Resident:
        """Keep the declaration with its day; return the person as they are now.

        Only the day is kept: the moment would tell when the person voted. Raises `Refused` with
        `NOT_FOUND` or `NO_SUCH_STAGE`.
        """
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            cycle = in_town(await work.cycles.get(cycle_id), resident)
            _, rules = vote_of(cycle)
            kept = await work.residents.get(resident.id)
            if kept is None:
                raise Refused(Reason.NOT_FOUND)
            if has_declared(kept, rules):
                return kept
            day = self.clock.now().astimezone(UTC)
            declared = replace(
                kept,
                declared_at=day.replace(hour=0, minute=0, second=0, microsecond=0),
                declared_age=rules.minimum_age,
            )
            await work.residents.save(declared)
            await work.commit()
        return declared
