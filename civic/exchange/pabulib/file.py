"""A `.pb` file as it is written: text in tables, nothing interpreted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

META: Final = "META"
PROJECTS: Final = "PROJECTS"
VOTES: Final = "VOTES"
SECTIONS: Final = (META, PROJECTS, VOTES)
META_COLUMNS: Final = ("key", "value")


@dataclass(frozen=True, slots=True)
class Table:
    """A section: named columns of text."""

    columns: tuple[str, ...]
    values: tuple[Sequence[str], ...]
    """One sequence per column, all of the same length."""
    lines: Sequence[int] = field(default=(), compare=False)
    """Line in the file on which each row begins; empty for a table that was not read."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values[0])

    def __contains__(self, column: str) -> bool:
        """Tell whether there is such a column."""
        return column in self.columns

    def __getitem__(self, column: str) -> Sequence[str]:
        """Return a column's text; raises `ValueError` when there is no such column."""
        return self.values[self.columns.index(column)]

    def get(self, column: str, instead: Sequence[str]) -> Sequence[str]:
        """Return a column's text, or something instead where there is no such column."""
        return self.values[self.columns.index(column)] if column in self.columns else instead

    def line(self, row: int) -> str:
        """Return the line of a row as problems name it."""
        return f"line {self.lines[row]}"


@dataclass(frozen=True, slots=True)
class Style:
    """What a file looks like apart from what it says."""

    newline: str = "\n"
    has_byte_order_mark: bool = False
    ends_with_newline: bool = True


@dataclass(frozen=True, slots=True)
class PabulibFile:
    """A whole file."""

    name: str = field(compare=False)
    meta: Mapping[str, str]
    """All keys in the order of the file."""
    projects: Table
    votes: Table
    style: Style = Style()
    meta_lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    """Line in the file of each key."""
