"""The outcome of a count."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """Why a project is funded or not."""

    FUNDED = "funded"
    """The rule chose it and the fund covers it."""
    TOPPED_UP = "topped_up"
    """Funded: the fund covered most of it, money from elsewhere the rest."""
    FUNDED_BY_VOTES = "funded_by_votes"
    """Funded from what equal shares had left, as the one with most votes that still fitted."""
    BELOW_THRESHOLD = "below_threshold"
    """Too few votes."""
    EXCLUDED_BY_CONFLICT = "excluded_by_conflict"
    """A project was funded that cannot be carried out together with this one."""
    DOES_NOT_FIT = "does_not_fit"
    """It costs more than was left when its turn came."""
    TIE_LOST = "tie_lost"
    """First among its equals it would have been funded; after them the money did not suffice."""
    TOO_LITTLE_SUPPORT = "too_little_support"
    """Its supporters' equal shares together did not cover it."""
    STOPPED_BEFORE = "stopped_before"
    """The count had stopped at a project before it."""
    REPLACED = "replaced"
    """Equal shares chose it, but more voters preferred the outcome by votes."""

    @property
    def is_funded(self) -> bool:
        """Tell whether the project gets its money."""
        return self in {Outcome.FUNDED, Outcome.TOPPED_UP, Outcome.FUNDED_BY_VOTES}


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """What the count decided about one project."""

    project_id: int
    votes: int
    cost: int | None
    outcome: Outcome
    rank: int
    """From 1, in the order of decisions."""
    left_before: int | None
    """Whole tenge left, in its pot where the fund is divided, when this project's turn came.

    None where costs were not published.
    """
    needed: int
    """Least number of votes that was enough."""
    tie_with: tuple[int, ...] = ()
    """Its equals, in votes or in price, whose order the written tie rule decided."""
    conflict_with: tuple[int, ...] = ()
    """Funded projects that exclude it."""
    added: int = 0
    """Whole tenge from outside the fund that top it up."""
    share: int | None = None
    """Equal shares: the most that one supporter paid, in tenge, a begun one counted as whole."""
    means: int | None = None
    """Equal shares: what the supporters of a project that was not bought had left together."""
    from_reserve: int = 0
    """Whole tenge that reserves pay."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a part of the money."""

    part: int
    """Place of the pot or of the source in the rules, from 0."""
    left: int
    """Whole tenge."""


@dataclass(frozen=True, slots=True)
class ResultsProtocol:
    """The stored record of a count."""

    cycle_id: int
    ballots: int | None
    """Ballots counted; None when only totals were published."""
    votes: int
    fund: int
    spent: int | None
    """Whole tenge from the fund."""
    results: tuple[ProjectResult, ...]
    rules_hash: str
    digest: str
    """SHA-256 of the canonical protocol."""
    counted_at: datetime
    published_elsewhere: bool
    """True for a past round taken over from its published protocol."""
    left_in: tuple[Remainder, ...] = ()
    """Of each pot, unless the remainders were put together."""
    left_of: tuple[Remainder, ...] = ()
    """Of each source."""
    preferences: tuple[int, int] | None = None
    """Where outcomes were compared: voters who got more by equal shares, and more by votes."""
