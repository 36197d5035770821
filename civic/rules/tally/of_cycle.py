"""A cycle's vote as the counting rules need it, and their answer as a protocol stores it."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Final

from civic.model.ballot import Ballot
from civic.model.cycle import BallotKind, DividedBy, Division, Transfer, VotingRules
from civic.model.project import Project
from civic.model.results import ProjectResult, Remainder
from civic.rules.ballots import price
from civic.rules.tally.ballots import BallotForm, Ballots
from civic.rules.tally.contest import Candidate, Contest, Pot, Source, Terms, Threshold
from civic.rules.tally.decisions import Count, Decision

_FORMS: Final = {
    BallotKind.APPROVAL: BallotForm.APPROVAL,
    BallotKind.KNAPSACK: BallotForm.KNAPSACK,
}
_WHOLE: Final = 100


def contest(projects: Sequence[Project], ballots: Sequence[Ballot], rules: VotingRules) -> Contest:
    """Return the contest of a cycle; raises `ValueError` for a project without a cost."""
    candidates = [
        Candidate(str(one.id), price(one), one.position, _pot(one, rules.division))
        for one in projects
    ]
    return Contest(
        candidates=candidates,
        ballots=Ballots.choices(
            [one.id for one in candidates],
            ([str(id_) for id_ in ballot.choices] for ballot in ballots),
            _FORMS[rules.ballot],
        ),
        terms=_terms(projects, rules),
    )


def _terms(projects: Sequence[Project], rules: VotingRules) -> Terms:
    ids = {one.code: str(one.id) for one in projects}
    division = rules.division
    return Terms(
        fund=rules.fund,
        threshold=Threshold(
            votes=rules.more_than,
            share=Fraction(rules.more_than_percent) / _WHOLE,
            strict=True,
        ),
        when_short=rules.when_short,
        ties=rules.ties,
        seed=rules.seed,
        conflicts=frozenset((ids[one], ids[other]) for one, other in rules.conflicts),
        pots=() if division is None else tuple(Pot(pot.code, pot.fund) for pot in division.pots),
        transfer=Transfer.NONE if division is None else division.transfer,
        sources=tuple(
            Source(str(place), source.amount, source.is_reserve)
            for place, source in enumerate(rules.sources)
        ),
        # Rules that do not top up do not look at it.
        top_up=Fraction(rules.top_up_percent or _WHOLE, _WHOLE),
    )


def _pot(project: Project, division: Division | None) -> str:
    if division is None:
        return ""
    by_district = division.by is DividedBy.DISTRICT
    return (project.district if by_district else project.topic) or ""


def results(counted: Count) -> tuple[ProjectResult, ...]:
    """Return the decisions as a protocol stores them."""
    return tuple(_result(one) for one in counted.decisions)


def left_in(counted: Count, rules: VotingRules) -> tuple[Remainder, ...]:
    """Return what is left of each pot, in the order of the rules."""
    names = [] if rules.division is None else [pot.code for pot in rules.division.pots]
    return tuple(Remainder(names.index(name), left) for name, left in counted.left_in)


def left_of(counted: Count) -> tuple[Remainder, ...]:
    """Return what is left of each source, in the order of the rules."""
    left = {int(name): amount for name, amount in counted.left_of}
    return tuple(Remainder(place, left[place]) for place in sorted(left))


def _result(decision: Decision) -> ProjectResult:
    return ProjectResult(
        project_id=int(decision.id),
        votes=decision.votes,
        cost=decision.cost,
        outcome=decision.outcome,
        rank=decision.rank,
        left_before=decision.left_before,
        needed=decision.needed,
        tie_with=_numbers(decision.tie_with),
        conflict_with=_numbers(decision.conflict_with),
        added=decision.added,
        share=None if decision.share is None else ceil(decision.share),
        means=decision.means,
        from_reserve=decision.from_reserve,
    )


def _numbers(ids: Sequence[str]) -> tuple[int, ...]:
    return tuple(int(id_) for id_ in ids)
