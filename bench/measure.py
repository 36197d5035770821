"""Times what several people do at the same time, and prints one row for each contestant."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of one contestant showed."""

    rate: float
    """Updates a second."""
    cost: float
    """Processor seconds of this process for one update.

    Unlike the rate it changes little while the machine has other work.
    """
    latencies: Sequence[float]
    """Seconds of every update."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One contestant's rounds."""

    name: str
    rounds: Sequence[Round]

    @property
    def rate(self) -> float:
        """The middle round's updates a second."""
        return statistics.median(each.rate for each in self.rounds)

    @property
    def cost(self) -> float:
        """The middle round's processor milliseconds for one update."""
        return statistics.median(each.cost for each in self.rounds) * 1000

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds that `share` of all updates stay under."""
        ordered = sorted(latency for each in self.rounds for latency in each.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def play(people: Sequence[Step], presses: int) -> Round:
    """Let everyone do their step `presses` times, all at once."""
    latencies: list[float] = []

    async def one(step: Step) -> None:
        for _ in range(presses):
            began = time.perf_counter()
            await step()
            latencies.append(time.perf_counter() - began)

    began, worked = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as together:
        for step in people:
            together.create_task(one(step))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    count = len(people) * presses
    return Round(rate=count / took, cost=worked / count, latencies=latencies)


def table(rows: Sequence[Measured], peers: Sequence[str]) -> None:
    """Print the rows, each beside the `peers`: by what got done, and by the work it took."""
    beside = [next(row for row in rows if row.name == peer) for peer in peers]
    letters = "ABCDEFGH"[: len(peers)]
    heads = " ".join(f"{f'× rate {one}':>8} {f'× CPU {one}':>8}" for one in letters)
    print(f"{'contestant':42} {'updates/s':>9} {'p50 ms':>7} {'p99 ms':>7} {'CPU ms':>7} {heads}")
    for row in rows:
        ratios = " ".join(
            f"{row.rate / peer.rate:8.3f} {peer.cost / row.cost:8.3f}" for peer in beside
        )
        print(
            f"{row.name:42} {row.rate:9.0f} {row.percentile(0.5):7.2f} "
            f"{row.percentile(0.99):7.2f} {row.cost:7.2f} {ratios}"
        )
    for letter, peer in zip(letters, peers, strict=True):
        print(f"{letter}: {peer}")
    print("CPU: of this process, for one update")
