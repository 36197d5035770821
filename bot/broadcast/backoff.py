"""How long a copy that failed waits for its next attempt."""

from datetime import timedelta
from typing import Final

from civic.ports import Randomness

ATTEMPTS: Final = 5
"""After so many failures a copy is given up."""
FIRST_WAIT: Final = timedelta(seconds=15)
"""Before the second attempt; twice as long before each further one, and up to a quarter more or
less, so that what failed together does not come back together."""

_JITTER: Final = 0.25


def wait_after(attempts: int, randomness: Randomness, *copy: str | int) -> timedelta:
    """Return how long `copy` waits after so many attempts; the same whenever it is asked."""
    drawn = randomness.keyed_hash("backoff", *copy, attempts)
    chance = int(drawn[:8], 16) / 0x7FFFFFFF - 1
    doubled: int = 2 ** (attempts - 1)
    return FIRST_WAIT * doubled * (1 + _JITTER * chance)
