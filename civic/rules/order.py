"""A fair order of a list: shuffled for each person, and the same for that person each time."""

from collections.abc import Iterable
from hashlib import sha256


def shuffled(ids: Iterable[int], seed: str) -> list[int]:
    """Return `ids` in the order of their hashes under `seed`, see `civic.actions.own_order`.

    Each id has its own place whatever else is in the list, so an id added later slots in and the
    rest stay as they were; over many seeds every id is equally likely to come first.
    """
    return sorted(ids, key=lambda one: (sha256(f"{seed}:{one}".encode()).digest(), one))
