"""What every counting rule is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from civic.model.cycle import TieBreak, Transfer, WhenShort
from civic.rules.tally.ballots import Ballots
from civic.rules.tally.decisions import Count


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project as a count sees it."""

    id: str
    cost: int
    """In the contest's smallest amount of money: whole tenge, or cents where a file has cents."""
    position: int
    """Order of submission."""
    pot: str = ""
    """Name of the pot it is paid from, where the fund is divided."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """How many votes a project needs: whichever of these is the most."""

    votes: int = 0
    share: Fraction = Fraction(0)
    """Of all ballots; where the fund is divided, of the ballots that mark a project of the pot."""
    share_by_cost: Fraction = Fraction(0)
    """Of all ballots, times the share of the fund that the project costs: a third in Świecie."""
    strict: bool = False
    """More than that is needed, not just as many."""

    def needed(self, ballots: int, cost: int = 0, fund: int = 0) -> int:
        """Return the least number of votes that is enough for a project of that cost."""
        bound = max(Fraction(self.votes), self.share * ballots)
        if self.share_by_cost and fund:
            bound = max(bound, self.share_by_cost * ballots * Fraction(cost, fund))
        return floor(bound) + 1 if self.strict else ceil(bound)


@dataclass(frozen=True, slots=True)
class Pot:
    """A part of the fund for the projects of one district or category."""

    name: str
    fund: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a part of the fund comes from; sources pay in the written order, reserves last."""

    name: str
    amount: int
    is_reserve: bool = False
    """Touched only for what the other sources do not cover."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that an outcome may depend on besides projects and ballots."""

    fund: int
    """To be shared out, in the same amounts as costs; pots, and sources, add up to it."""
    threshold: Threshold = Threshold()
    when_short: WhenShort = WhenShort.SKIP
    ties: tuple[TieBreak, ...] = (TieBreak.LOWER_COST, TieBreak.EARLIER_SUBMISSION)
    seed: str = ""
    conflicts: frozenset[tuple[str, str]] = frozenset()
    """Pairs of ids that cannot both be funded; the order within a pair means nothing."""
    pots: tuple[Pot, ...] = ()
    """Counted in this order; none for a fund that is not divided."""
    transfer: Transfer = Transfer.NONE
    sources: tuple[Source, ...] = ()
    top_up: Fraction = Fraction(4, 5)
    """For rules that top up: what is left has to cover this share of the cost."""
    unit: int = 1
    """One unit of currency in the amounts used: 1, or 100 where amounts are in cents."""
    is_completed: bool = True
    """For Equal Shares: what is left funds by votes what still fits.

    False for elections of the Pabulib archive: Assen 2024 (`equalshares/add1`) kept 23,300, though
    a project of 12,000 had not won.
    """

    def __post_init__(self) -> None:
        """Raise `ValueError` where parts do not add up to the fund."""
        for name, parts in (
            ("pots", [pot.fund for pot in self.pots]),
            ("sources", [source.amount for source in self.sources]),
        ):
            if parts and sum(parts) != self.fund:
                msg = f"{name} add up to {sum(parts)}, the fund is {self.fund}"
                raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Contest:
    """All that an outcome may depend on; the order of candidates and ballots is not part of it."""

    candidates: Sequence[Candidate]
    ballots: Ballots
    terms: Terms

    def needed(self, candidate: Candidate) -> int:
        """Return the least number of votes that is enough for a candidate."""
        terms = self.terms
        return terms.threshold.needed(self.ballots.cast, candidate.cost, terms.fund)

    def votes(self) -> dict[str, int]:
        """Return for every candidate its votes: ballots that mark it, or the sum of points."""
        scores = self.ballots.scores()
        return {candidate.id: scores.get(candidate.id, 0) for candidate in self.candidates}


CountingRule = Callable[[Contest], Count]
"""Decides about every candidate of an undivided fund, ranked from 1 in the order of decision."""
