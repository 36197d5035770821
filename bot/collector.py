"""Python's garbage collector, for a program that runs for months."""

import gc
from typing import Final

_YOUNG: Final = 10_000
"""New objects between two looks. Python's own 700 is what a single press leaves for a moment."""


def settle() -> None:
    """Begin the real work: what exists now stays, and need not be looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 10)
