"""A fair order of a list: shuffled for each person, and the same for that person each time."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256


def shuffled(ids: Iterable[int], seed: str) -> list[int]:
    """Return `ids` in the order of their hashes under `seed`, see `civic.actions.own_order`.

    Each id has its own place whatever else is in the list, so an id added later slots in and the
    rest stay as they were; over many seeds every id is equally likely to come first.
    """
    return list(_shuffled(tuple(ids), seed))


@lru_cache(1024)
def _shuffled(ids: tuple[int, ...], seed: str) -> Sequence[int]:
    return sorted(ids, key=lambda one: (sha256(f"{seed}:{one}".encode()).digest(), one))
