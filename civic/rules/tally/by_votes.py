"""What all rules share that take projects by votes, most first."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from civic.model.cycle import WhenShort
from civic.model.results import Outcome
from civic.rules.tally.contest import Candidate, Contest
from civic.rules.tally.decisions import Count, Decision, Tie
from civic.rules.tally.ties import in_written_order


@dataclass(frozen=True, slots=True)
class Purse:
    """Where the count stands: what is left of the money, and whether it still funds."""

    left: int
    is_open: bool
    full_share: Fraction
    """A project is covered when this share of its cost is left; the rest comes from outside."""

    def covers(self, cost: int) -> bool:
        """Tell whether a project can be funded."""
        return self.is_open and self.full_share * cost <= self.left

    def after(self, cost: int, *, stops: bool) -> "Purse":
        """Return what remains when the project was decided about; `stops` when one is short."""
        if not self.covers(cost):
            return Purse(self.left, self.is_open and not stops, self.full_share)
        is_open = self.is_open and (cost <= self.left or not stops)
        return Purse(max(0, self.left - cost), is_open, self.full_share)


def count_by_votes(
    contest: Contest,
    when_short: WhenShort,
    full_share: Fraction = Fraction(1),
    funded: Sequence[Decision] = (),
) -> Count:
    """Fund by votes while the money lasts, after what is `funded` already.

    A project below the threshold loses; so does one that conflicts with a funded one, and one that
    costs more than is left, where `when_short` says whether the count goes on. With a `full_share`
    below 1 a project is funded when that share of its cost is left, and topped up from outside.
    """
    fund = contest.terms.fund
    purse = Purse(fund - sum(one.cost for one in funded), is_open=True, full_share=full_share)
    decisions = list(funded)
    ties: list[Tie] = []
    for votes, equal in groups(contest, {one.id for one in funded}):
        # Below the threshold nothing depends on the order.
        tied = [one.id for one in equal if votes >= contest.needed(one)]
        # What the first of its equals finds; one that this would cover lost only by the order.
        at_first = purse
        is_decisive = False
        for candidate in equal:
            chance = chance_of(contest, candidate, votes, decisions)
            outcome = chance.outcome or _by_money(candidate.cost, purse, at_first)
            decisions.append(
                Decision(
                    id=candidate.id,
                    cost=candidate.cost,
                    votes=votes,
                    outcome=outcome,
                    rank=len(decisions) + 1,
                    left_before=purse.left,
                    needed=chance.needed,
                    tie_with=others(candidate.id, tied),
                    conflict_with=chance.rivals,
                    added=max(0, candidate.cost - purse.left) if outcome.is_funded else 0,
                )
            )
            is_decisive |= outcome is Outcome.TIE_LOST or (
                is_excluded_by(chance.rivals, tied) and at_first.covers(candidate.cost)
            )
            if chance.outcome is None:
                purse = purse.after(candidate.cost, stops=when_short is WhenShort.STOP)
        if len(tied) > 1:
            ties.append(Tie(tuple(tied), is_decisive))
    return Count(
        decisions=tuple(decisions),
        ballots=contest.ballots.cast,
        spent=fund - purse.left,
        left=purse.left,
        ties=tuple(ties),
    )


@dataclass(frozen=True, slots=True)
class Chance:
    """Whether a project can be funded at all."""

    needed: int
    rivals: tuple[str, ...] = ()
    outcome: Outcome | None = None
    """Why not; None if it can."""


def chance_of(
    contest: Contest, candidate: Candidate, votes: int, decisions: Sequence[Decision]
) -> Chance:
    """Tell whether a project has enough votes and excludes nothing that is funded."""
    needed = contest.needed(candidate)
    if votes < needed:
        return Chance(needed, outcome=Outcome.BELOW_THRESHOLD)
    conflicts = contest.terms.conflicts
    rivals = tuple(
        one.id
        for one in decisions
        if one.outcome.is_funded
        and ((candidate.id, one.id) in conflicts or (one.id, candidate.id) in conflicts)
    )
    return Chance(needed, rivals, Outcome.EXCLUDED_BY_CONFLICT if rivals else None)


def _by_money(cost: int, purse: Purse, at_first: Purse) -> Outcome:
    if purse.covers(cost):
        return Outcome.FUNDED if cost <= purse.left else Outcome.TOPPED_UP
    if at_first.covers(cost):
        return Outcome.TIE_LOST
    return Outcome.DOES_NOT_FIT if purse.is_open else Outcome.STOPPED_BEFORE


def groups(
    contest: Contest, without: Collection[str] = ()
) -> Iterator[tuple[int, list[Candidate]]]:
    """Yield votes and the candidates that have them: most first, equals in the written order."""
    votes = contest.votes()
    order = sorted(
        in_written_order(contest.candidates, contest.terms), key=lambda one: -votes[one.id]
    )
    remaining = (one for one in order if one.id not in without)
    for own, equal in groupby(remaining, key=lambda one: votes[one.id]):
        yield own, list(equal)


def others(id_: str, equals: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of a project's equals without its own; none if it is not among them."""
    return tuple(one for one in equals if one != id_) if id_ in equals else ()


def is_excluded_by(rivals: Collection[str], equals: Collection[str]) -> bool:
    """Tell whether a project conflicts with funded equals of its own, and with nothing else.

    Put first, it would have excluded them.
    """
    return bool(rivals) and set(rivals) <= set(equals)
