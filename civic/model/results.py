"""The outcome of a count."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """Why a project is funded or not."""

    FUNDED = "funded"
    BELOW_THRESHOLD = "below_threshold"
    DOES_NOT_FIT = "does_not_fit"
    STOPPED_BEFORE = "stopped_before"


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """What the count decided about one project."""

    project_id: int
    votes: int
    cost: int | None
    outcome: Outcome
    rank: int
    """1 for most votes, in the order of decisions."""
    left_before: int | None
    """Whole tenge left when this project's turn came; None where costs were not published."""
    tie_with: tuple[int, ...] = ()
    """Projects with equal votes whose order the written tie rule decided."""


@dataclass(frozen=True, slots=True)
class ResultsProtocol:
    """The stored record of a count."""

    cycle_id: int
    ballots: int | None
    """Ballots counted; None when only totals were published."""
    votes: int
    fund: int
    spent: int | None
    more_than: int
    results: tuple[ProjectResult, ...]
    rules_hash: str
    digest: str
    """SHA-256 of the canonical protocol."""
    counted_at: datetime
    published_elsewhere: bool
    """True for a past round taken over from its published protocol."""
