"""What all rules share that take projects by votes, most first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from civic.model.cycle import WhenShort
from civic.model.results import Outcome
from civic.rules.tally.contest import Candidate, Contest, Terms
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
    contest: Contest, when_short: WhenShort, full_share: Fraction = Fraction(1)
) -> Count:
    """Fund by votes while the money lasts.

    A project below the threshold loses; so does one that conflicts with a funded one, and one that
    costs more than is left, where `when_short` says whether the count goes on. With a `full_share`
    below 1 a project is funded when that share of its cost is left, and topped up from outside.
    """
    terms = contest.terms
    needed = terms.threshold.needed(contest.ballots.cast)
    purse = Purse(terms.fund, is_open=True, full_share=full_share)
    decisions: list[Decision] = []
    funded: list[str] = []
    for votes, equal in groups(contest):
        # What the first of its equals finds; one that this would cover lost only by the order.
        at_first = purse
        for candidate in equal:
            rivals = excluders(terms, candidate.id, funded)
            is_candidate = votes >= needed and not rivals
            outcome = (
                _by_money(candidate.cost, purse, at_first)
                if is_candidate
                else Outcome.EXCLUDED_BY_CONFLICT
                if votes >= needed
                else Outcome.BELOW_THRESHOLD
            )
            decisions.append(
                Decision(
                    id=candidate.id,
                    cost=candidate.cost,
                    votes=votes,
                    outcome=outcome,
                    rank=len(decisions) + 1,
                    left_before=purse.left,
                    needed=needed,
                    # Below the threshold nothing depends on the order.
                    tie_with=others(candidate, equal) if votes >= needed else (),
                    conflict_with=rivals if outcome is Outcome.EXCLUDED_BY_CONFLICT else (),
                    added=max(0, candidate.cost - purse.left) if outcome.is_funded else 0,
                )
            )
            if outcome.is_funded:
                funded.append(candidate.id)
            if is_candidate:
                purse = purse.after(candidate.cost, stops=when_short is WhenShort.STOP)
    return Count(
        decisions=tuple(decisions),
        ballots=contest.ballots.cast,
        spent=terms.fund - purse.left,
        left=purse.left,
        ties=ties_of(decisions),
    )


def _by_money(cost: int, purse: Purse, at_first: Purse) -> Outcome:
    if purse.covers(cost):
        return Outcome.FUNDED if cost <= purse.left else Outcome.TOPPED_UP
    if at_first.covers(cost):
        return Outcome.TIE_LOST
    return Outcome.DOES_NOT_FIT if purse.is_open else Outcome.STOPPED_BEFORE


def groups(contest: Contest) -> Iterator[tuple[int, list[Candidate]]]:
    """Yield votes and the candidates that have them: most first, equals in the written order."""
    votes = contest.votes()
    order = sorted(
        in_written_order(contest.candidates, contest.terms), key=lambda one: -votes[one.id]
    )
    for own, equal in groupby(order, key=lambda one: votes[one.id]):
        yield own, list(equal)


def others(candidate: Candidate, equal: Sequence[Candidate]) -> tuple[str, ...]:
    """Return the ids of a candidate's equals without its own."""
    return tuple(one.id for one in equal if one.id != candidate.id)


def excluders(terms: Terms, id_: str, funded: Sequence[str]) -> tuple[str, ...]:
    """Return those of the funded projects that cannot be funded together with project `id_`."""
    return tuple(
        other
        for other in funded
        if (id_, other) in terms.conflicts or (other, id_) in terms.conflicts
    )


def ties_of(decisions: Sequence[Decision]) -> tuple[Tie, ...]:
    """Return each group of equals once, in the order of decisions."""
    equals: dict[frozenset[str], list[Decision]] = {}
    for one in decisions:
        if one.tie_with:
            equals.setdefault(frozenset((one.id, *one.tie_with)), []).append(one)
    return tuple(
        Tie(
            ids=tuple(one.id for one in group),
            is_decisive=any(one.outcome is Outcome.TIE_LOST for one in group),
        )
        for group in equals.values()
    )
