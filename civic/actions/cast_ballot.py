"""Tick or untick a project on one's ballot."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from civic.model.ballot import Ballot, OwnBallot
from civic.model.cycle import Cycle, Stage, StageState, VotingRules
from civic.model.project import Project
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, Overtaken, Randomness, Work
from civic.rules.ballots import require_room
from civic.rules.eligibility import in_town, require_voter, vote_of
from civic.rules.receipts import receipt
from civic.rules.stages import Permission, require

NUMBER_BYTES = 18
"""Of chance in a ballot's number: enough that numbers never meet."""
MOST_ATTEMPTS: Final = 32
"""How often one's own other devices, or the clock, may be quicker: each time one has been done."""


@dataclass(frozen=True, slots=True)
class CastBallot:
    """Put a project on a person's ballot or take it off; the ballot counts as it stands."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(
        self, resident: Resident, cycle_id: int, project_id: int, *, chosen: bool
    ) -> OwnBallot:
        """Bring the mark to `chosen` and return the ballot; repeating it changes nothing.

        Raises `Refused` with `NOT_FOUND`, `NO_SUCH_STAGE`, `NOT_OPEN_YET`, `CLOSED`,
        `NOT_DECLARED`, `TOO_MANY_CHOICES` or `OVER_FUND`.
        """
        for _ in range(MOST_ATTEMPTS - 1):
            with suppress(Overtaken):
                return await self._attempt(resident, cycle_id, project_id, chosen=chosen)
        return await self._attempt(resident, cycle_id, project_id, chosen=chosen)

    async def _attempt(
        self, resident: Resident, cycle_id: int, project_id: int, *, chosen: bool
    ) -> OwnBallot:
        async with self.work.attempt() as work:
            cycle = in_town(await work.cycles.get(cycle_id), resident)
            # The count never misses a ballot that was accepted.
            await work.cycles.rely_on(cycle.id)
            stage = self._open_stage(cycle)
            _, rules = vote_of(cycle)
            require_voter(resident, rules)
            voter_key = voter_key_of(self.randomness, stage, resident)
            found = await work.ballots.find(stage.id, voter_key)
            before = frozenset[int]() if found is None else found.choices
            projects = {one.id: one for one in await work.projects.in_cycle(cycle_id)}
            choices = _changed(before, projects, project_id, rules, chosen=chosen)
            if choices == before:
                return self._own(voter_key, choices)
            number = found.number if found else self.randomness.token(NUMBER_BYTES)
            await work.ballots.put(stage.id, voter_key, found, Ballot(number, choices))
            if not before:
                await work.engagements.finish(stage.id, resident.id)
            elif not choices:
                await work.engagements.unfinish(stage.id, resident.id)
            await work.commit()
        return self._own(voter_key, choices)

    def _own(self, voter_key: str, choices: frozenset[int]) -> OwnBallot:
        return OwnBallot(choices, receipt_of(self.randomness, voter_key) if choices else "")

    def _open_stage(self, cycle: Cycle) -> Stage:
        stage = require(cycle, Permission.VOTE, self.clock.now())
        # Another process, whose clock is a little ahead, may have closed and counted already.
        if stage.state is StageState.CLOSED:
            raise Refused(Reason.CLOSED, opens_at=stage.opens_at, closes_at=stage.closes_at)
        return stage


def _changed(
    before: frozenset[int],
    projects: Mapping[int, Project],
    project_id: int,
    rules: VotingRules,
    *,
    chosen: bool,
) -> frozenset[int]:
    if project_id not in projects:
        raise Refused(Reason.NOT_FOUND)
    if not chosen:
        return before - {project_id}
    others = [projects[one] for one in before if one != project_id]
    require_room(others, projects[project_id], rules)
    return before | {project_id}


def voter_key_of(randomness: Randomness, stage: Stage, resident: Resident) -> str:
    """Return the key under which a person takes part in one vote; another in the next vote."""
    return randomness.keyed_hash("voter", stage.id, resident.id)


def receipt_of(randomness: Randomness, voter_key: str) -> str:
    """Return the receipt of a voter: made from the key alone, so that it cannot show a choice."""
    return receipt(randomness.keyed_hash("receipt", voter_key))
