"""Counting beside pabutools, and how it grows to a million ballots.

Same machine, same run; wherever both give an outcome, the winners have to be the same. Times are
of the processor, so that others on the machine disturb little. The peer is exact, as we are.

- Read + greedy: from the file to the outcome.
- Equal shares with Add1: counting alone, reading is not part of it. One step of the peer's (one
  endowment) is measured; ours are all steps. The peer's whole Add1 is measured where it takes less
  than a minute, elsewhere given as its one step times the number of steps, which favours the peer,
  since later steps buy more. Winners of the one step are compared.

Each size of the made-up elections runs in a process of its own, whose greatest memory is shown.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

from pabutools.election import AdditiveSatisfaction, Cost_Sat, OrdinalBallot, parse_pabulib
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares

from bench.elections import write_election
from civic.exchange.pabulib import Election, election_of, read_pabulib
from civic.rules import tally
from civic.rules.tally.contest import Threshold
from tests.civic.exchange.pabulib.archive import (
    ARCHIVE,
    FILES,
    has_official_winners,
    official_winners,
    winners,
)

REAL = ("Poland_Warszawa_2026.pb", "Poland_Krakow_2021.pb", "Poland_Swiecie_2023.pb")
WHOLE_ADD1 = "Poland_Swiecie_2023.pb"
SIZES = (10_000, 100_000, 1_000_000)
RULES = ("greedy", "equalshares/add1")
REPEATS = 5

Result = TypeVar("Result")


class ScoreTimesCost(AdditiveSatisfaction):  # type: ignore[misc]  # the peer has no types
    """What makes the peer's greedy rule take projects by votes: it divides this by the cost."""

    def __init__(self, instance: Any, profile: Any, ballot: Any) -> None:  # noqa: ANN401 - the same
        """See the peer's own measures."""
        super().__init__(instance, profile, ballot, _score_times_cost)


def _score_times_cost(instance: Any, profile: Any, ballot: Any, project: Any, known: Any) -> Any:  # noqa: ANN401
    del instance, profile, known
    if project not in ballot:
        return 0
    score = len(ballot) - ballot.index(project) if isinstance(ballot, OrdinalBallot) else 1
    return score * project.cost


def timed(work: Callable[[], Result], repeats: int = 1) -> tuple[float, Result]:
    """Return the least seconds of the processor that the work took, and its result."""
    least, result = float("inf"), None
    for _ in range(repeats):
        began = process_time()
        result = work()
        least = min(least, process_time() - began)
    assert result is not None
    return least, result


def read(path: Path) -> Election:
    """Read an election."""
    return election_of(read_pabulib(path.read_bytes(), path.name))


def without_threshold(election: Election) -> Election:
    """Return the election without a least number of votes, of which the peer knows nothing."""
    terms = replace(election.contest.terms, threshold=Threshold())
    return replace(election, contest=replace(election.contest, terms=terms))


def names(projects: Collection[Any]) -> set[str]:
    """Return the ids of the peer's projects."""
    return {project.name for project in projects}


def beside_the_peer() -> None:
    """Print real elections, ours and the peer's."""
    print(f"{'':26} {'rule':34} {'ours s':>9} {'peer s':>9} {'ratio':>8}  winners")
    for name in REAL:
        path = ARCHIVE / name
        _greedy(path)
        _equal_shares(path)


def _row(name: str, rule: str, ours: float, peer: float, same: str) -> None:
    print(f"{name:26} {rule:34} {ours:9.4f} {peer:9.2f} {peer / ours:7.0f}×  {same}", flush=True)


def _greedy(path: Path) -> None:
    def theirs() -> set[str]:
        instance, profile = parse_pabulib(str(path))
        return names(greedy_utilitarian_welfare(instance, profile, sat_class=ScoreTimesCost))

    def ours() -> set[str]:
        return set(tally.count(without_threshold(read(path)).contest, "greedy").funded())

    seconds, funded = timed(ours, REPEATS)
    peer, chosen = timed(theirs)
    assert funded == chosen
    _row(path.stem, "read + greedy", seconds, peer, f"the same {len(chosen)}")


def _equal_shares(path: Path) -> None:
    contest = without_threshold(read(path)).contest
    # The peer spends nothing by votes after Add1.
    contest = replace(contest, terms=replace(contest.terms, is_completed=False))
    ours, count = timed(lambda: tally.count(contest, "equalshares/add1"), 2)
    assert count.endowment is not None
    raised = count.endowment - Fraction(contest.terms.fund, count.ballots)
    steps = int(raised / contest.terms.unit) + 1
    instance, profile = parse_pabulib(str(path))

    def theirs(increment: int | None) -> set[str]:
        return names(
            method_of_equal_shares(
                instance,
                profile,
                sat_class=Cost_Sat,
                binary_sat=True,
                voter_budget_increment=increment,
            )
        )

    peer, chosen = timed(lambda: theirs(None))
    assert set(tally.count(contest, "equalshares").funded()) == chosen
    _row(path.stem, f"Add1, {steps} steps; peer: 1 step", ours, peer, f"the same {len(chosen)}")
    if path.name == WHOLE_ADD1:
        whole, chosen = timed(lambda: theirs(1))
        assert set(count.funded()) == chosen
        _row(path.stem, f"Add1, {steps} steps; peer: all", ours, whole, f"the same {len(chosen)}")
    else:
        _row(path.stem, "Add1; peer: 1 step × steps", ours, peer * steps, "not run")


def growth() -> None:
    """Print what made-up elections of growing size cost, from the file to the outcome."""
    head = (
        f"{'ballots × 200 projects':26} {'rule':18} {'read s':>8} {'count s':>8} {'both s':>8} MiB"
    )
    print(f"\n{head}")
    with tempfile.TemporaryDirectory() as folder:
        for ballots in SIZES:
            path = Path(folder) / f"{ballots}.pb"
            write_election(path, ballots)
            for rule in RULES:
                ended = subprocess.run(  # noqa: S603 - our own words
                    [sys.executable, "-m", "bench.tally", str(path), rule],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                cost = json.loads(ended.stdout)
                both = cost["read"] + cost["count"]
                print(
                    f"{ballots:26,} {rule:18} {cost['read']:8.2f} {cost['count']:8.2f} "
                    f"{both:8.2f} {cost['peak']:5.0f}",
                    flush=True,
                )


def one(path: Path, rule: str) -> None:
    """Count one file and print what it cost: seconds of the processor, and MiB at the most."""
    reading, election = timed(lambda: read(path))
    counting, _ = timed(lambda: tally.count(election.contest, rule))
    # The system's own figure begins with that of the process which started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"read": reading, "count": counting, "peak": peak}))


def replay() -> None:
    """Print how many of the real elections have their official winners again."""
    known = same = 0
    for name in FILES:
        file = read_pabulib((ARCHIVE / name).read_bytes(), name)
        if has_official_winners(file):
            known += 1
            same += winners(election_of(file)) == official_winners(file)
    print(f"\n{same} of {known} real elections have their official winners again")


def main() -> None:
    """Print everything, or with a file and a rule the cost of one count."""
    if len(sys.argv) > 1:
        one(Path(sys.argv[1]), sys.argv[2])
        return
    if FILES:
        beside_the_peer()
        replay()
    else:
        print("The real elections of shared/data/pabulib are not beside the project.")
    growth()


if __name__ == "__main__":
    main()
