"""What residents put forward."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IdeaStatus(StrEnum):
    """Where an idea stands."""

    SUBMITTED = "submitted"
    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class IdeaContent:
    """What an author writes; empty strings and None mean «not given yet»."""

    title: str = ""
    problem: str = ""
    proposal: str = ""
    topic: str | None = None
    district: str | None = None
    place: str = ""
    """The place in words."""
    latitude: float | None = None
    longitude: float | None = None
    cost: int | None = None
    """Rough cost in whole tenge."""
    photos: tuple[int, ...] = ()
    """Ids of stored pictures, in the order shown."""


@dataclass(frozen=True, slots=True)
class IdeaDraft:
    """An idea being written; one per resident and cycle, or per submitted idea being edited."""

    id: int
    resident_id: int
    cycle_id: int
    idea_id: int | None
    """The submitted idea that this draft changes; None for a new one."""
    content: IdeaContent
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Idea:
    """A submitted idea; its id is the number people see."""

    id: int
    cycle_id: int
    author_id: int
    author_name: str
    status: IdeaStatus
    content: IdeaContent
    supports: int
    """How many residents support it, the author not counted."""
    submitted_at: datetime
