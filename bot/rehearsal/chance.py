"""Chance that a seed repeats."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from typing_extensions import override

from bot.clock import SystemRandomness

T = TypeVar("T")
_WORD: Final = (1 << 64) - 1


class Chance:
    """A stream of chance of its own for everything that is named: SplitMix64."""

    def __init__(self, *names: str | int) -> None:
        """Begin the stream that belongs to `names`."""
        text = "\x1f".join(str(name) for name in names)
        self._state = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _WORD
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
        return mixed ^ (mixed >> 31)

    def share(self) -> float:
        """Return a number from 0 to 1, without 1."""
        return (self._next() >> 11) / (1 << 53)

    def happens(self, share: float) -> bool:
        """Tell whether something of that probability happens."""
        return self.share() < share

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to `limit`, without `limit`."""
        return self._next() % limit

    def between(self, least: float, most: float) -> float:
        """Return a number between the two."""
        return least + (most - least) * self.share()

    def waiting(self, mean: float) -> float:
        """Return how long one waits for what happens every `mean` on average."""
        return -mean * math.log(1 - self.share())

    def pick(self, among: Sequence[T]) -> T:
        """Return one of them."""
        return among[self.below(len(among))]

    def weigh(self, weights: Mapping[T, float]) -> T:
        """Return one of the keys, likelier the larger its weight."""
        left = self.share() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return next(reversed(list(weights)))

    def some(self, among: Sequence[T], count: int) -> list[T]:
        """Return `count` different ones of them, in any order."""
        left = list(among)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]


class SeededRandomness(SystemRandomness):
    """Implements `civic.ports.Randomness` so that a seed repeats it."""

    def __init__(self, seed: int) -> None:
        """Key hashes and tokens with `seed`."""
        super().__init__(f"rehearsal {seed}")
        self._seed = seed
        self._count = 0

    @override
    def token(self, size: int) -> str:
        self._count += 1
        found = hashlib.shake_256(f"{self._seed} {self._count}".encode())
        return found.hexdigest(size)[: (size * 4 + 2) // 3]
