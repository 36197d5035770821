"""What every counting rule answers."""

from dataclasses import dataclass
from fractions import Fraction

from civic.model.results import Outcome


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one project, with the numbers that a sentence about it needs."""

    id: str
    cost: int
    votes: int
    """Ballots that mark it; sum of points where ballots give points; for less against."""
    outcome: Outcome
    rank: int
    """From 1, in the order of decisions."""
    left_before: int
    """Money left in the fund, or in its pot, when its turn came."""
    needed: int = 0
    """Least number of votes that is enough."""
    tie_with: tuple[str, ...] = ()
    """Equals whose order the written tie rule decided, in that order.

    Equal are votes; where voters pay for a project, prices.
    """
    conflict_with: tuple[str, ...] = ()
    """Funded projects that exclude it."""
    added: int = 0
    """Money from outside the fund that tops it up."""
    share: Fraction | None = None
    """Equal Shares: the most that a supporter paid for it."""
    means: int | None = None
    """Equal Shares: what the supporters of a project that was not bought had left together."""
    pot: str = ""
    paid: tuple[tuple[str, int], ...] = ()
    """What each source pays, where the fund has several: name and amount."""
    from_reserve: int = 0
    """How much of that comes from reserves."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What the tie rule decided."""

    ids: tuple[str, ...]
    """Equals, in the order that the rule put them in."""
    is_decisive: bool
    """Whether one of them, put first, would have been funded, and is not."""


@dataclass(frozen=True, slots=True)
class Count:
    """The outcome of a contest: all decisions, and the money."""

    decisions: tuple[Decision, ...]
    """In the order in which they were made."""
    ballots: int
    spent: int
    """From the fund; what tops a project up from outside is not part of it."""
    left: int
    left_in: tuple[tuple[str, int], ...] = ()
    """What is left in each pot, unless it was put together: name and amount."""
    left_of: tuple[tuple[str, int], ...] = ()
    """What is left of each source: name and amount."""
    ties: tuple[Tie, ...] = ()
    endowment: Fraction | None = None
    """Equal Shares: what every voter had to spend."""
    preferences: tuple[int, int] | None = None
    """Where outcomes were compared: voters who got more by equal shares, and more by votes."""

    def funded(self) -> tuple[str, ...]:
        """Return the ids of funded projects in the order of decision."""
        return tuple(one.id for one in self.decisions if one.outcome.is_funded)
