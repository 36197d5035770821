"""The draft budget, line by line."""

from dataclasses import dataclass
from enum import StrEnum

from civic.model.text import LocalText


class Level(StrEnum):
    """Depth of a section in the budget classification."""

    GROUP = "group"
    SUBGROUP = "subgroup"
    ADMINISTRATOR = "administrator"
    PROGRAMME = "programme"


LEVELS = (Level.GROUP, Level.SUBGROUP, Level.ADMINISTRATOR, Level.PROGRAMME)
"""From the whole to the part."""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A line of a budget file before it is stored.

    Amounts in thousand tenge, None = absent that year.
    """

    level: Level
    code: tuple[str, ...]
    """One code per level down to this one: ("01", "1", "110", "001")."""
    names: LocalText
    amounts: tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Section:
    """A stored line of the draft budget; its id is used in links."""

    id: int
    cycle_id: int
    parent_id: int | None
    level: Level
    code: str
    """Codes of all levels joined by dots: "01.1.110.001"."""
    names: LocalText
    amounts: tuple[int | None, int | None, int | None]
    children: int
    comments: int
    """Published comments on this very line."""
