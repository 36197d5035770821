"""Ballots of an election in the Pabulib archive, cast again by simulated people."""

from collections.abc import Mapping, Sequence

from bot.rehearsal.script import RealBallots
from civic.exchange.cycle_file import CycleToApply
from civic.exchange.pabulib import PabulibFile


def real_ballots(file: PabulibFile, cycle: CycleToApply) -> RealBallots:
    """Return the ballots of the file as choices among the projects of the cycle.

    A project of the election stands for the cycle's project with the same code. Where no code is
    the same, the first stands for the first, the second for the second, and so on; what is over
    is left out. Of points only the projects that got any are taken.
    """
    there = list(file.projects["project_id"])
    here = [part.code for part in cycle.content.projects]
    by_code = not set(there).isdisjoint(here)
    stands_for = (
        {code: code for code in here if code in there}
        if by_code
        else dict(zip(there, here, strict=False))
    )
    return RealBallots(list(_translated(file, stands_for)), by_code)


def _translated(file: PabulibFile, stands_for: Mapping[str, str]) -> Sequence[Sequence[str]]:
    return [
        [stands_for[chosen] for chosen in vote.split(",") if chosen in stands_for]
        for vote in file.votes["vote"]
    ]
