"""Times what several people do at the same time, and prints one row for each contestant."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One contestant's rounds."""

    name: str
    rates: Sequence[float]
    """Updates a second in each round."""
    latencies: Sequence[float]
    """Seconds of every update in all rounds."""

    @property
    def rate(self) -> float:
        """The middle round's updates a second."""
        return statistics.median(self.rates)

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds that `share` of the updates stay under."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def play(people: Sequence[Step], presses: int) -> tuple[float, list[float]]:
    """Let everyone do their step `presses` times, all at once; return rate and latencies."""
    latencies: list[float] = []

    async def one(step: Step) -> None:
        for _ in range(presses):
            began = time.perf_counter()
            await step()
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as together:
        for step in people:
            together.create_task(one(step))
    return len(people) * presses / (time.perf_counter() - began), latencies


def table(rows: Sequence[Measured], against: str) -> None:
    """Print the rows, each beside `against`."""
    peer = next(row for row in rows if row.name == against)
    print(f"{'contestant':44} {'updates/s':>10} {'p50 ms':>8} {'p99 ms':>8} {'× ' + 'peer':>8}")
    for row in rows:
        print(
            f"{row.name:44} {row.rate:10.0f} {row.percentile(0.5):8.2f} "
            f"{row.percentile(0.99):8.2f} {row.rate / peer.rate:8.2f}"
        )
    print(f"peer: {against}")
