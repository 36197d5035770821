"""Long lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """A part of a list, and which pages lie beside it."""

    lines: tuple[tuple[int, Entry], ...]
    """Entries with their numbers in the whole list, from 1."""
    number: int
    """From 0."""
    count: int

    @property
    def previous(self) -> list[int]:
        """Number of the page before, as a list of one; empty on the first."""
        return [self.number - 1] if self.number > 0 else []

    @property
    def following(self) -> list[int]:
        """Number of the page after, as a list of one; empty on the last."""
        return [self.number + 1] if self.number + 1 < self.count else []


def page_of(entries: Sequence[Entry], number: int, size: int) -> Page[Entry]:
    """Return page `number`, or the nearest one when the list has become shorter."""
    count = max(1, -(-len(entries) // size))
    number = min(max(number, 0), count - 1)
    numbered = list(enumerate(entries, start=1))
    return Page(tuple(numbered[number * size : (number + 1) * size]), number, count)
