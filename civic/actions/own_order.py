"""The seed of a person's own order of a list."""

from civic.ports import Randomness


def seed_of(randomness: Randomness, resident_id: int, cycle_id: int) -> str:
    """Return the seed of one person's order in one cycle: hex, the same after every restart."""
    return randomness.keyed_hash("order", resident_id, cycle_id)
