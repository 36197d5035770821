"""A cycle's vote as the counting rules need it, and their answer as a protocol stores it."""

from collections.abc import Sequence
from typing import Final

from civic.model.ballot import Ballot
from civic.model.cycle import BallotKind, VotingRules
from civic.model.project import Project
from civic.model.results import ProjectResult
from civic.rules.ballots import price
from civic.rules.tally.ballots import BallotForm, Ballots
from civic.rules.tally.contest import Candidate, Contest, Terms, Threshold
from civic.rules.tally.decisions import Count, Decision

OFFERED: Final = ("greedy",)
"""Rules that a cycle may name: those whose every outcome the results conversation can explain."""

_FORMS: Final = {
    BallotKind.APPROVAL: BallotForm.APPROVAL,
    BallotKind.KNAPSACK: BallotForm.KNAPSACK,
}


def contest(projects: Sequence[Project], ballots: Sequence[Ballot], rules: VotingRules) -> Contest:
    """Return the contest of a cycle; raises `ValueError` for a project without a cost."""
    candidates = [Candidate(str(one.id), price(one), one.position) for one in projects]
    return Contest(
        candidates=candidates,
        ballots=Ballots.choices(
            [one.id for one in candidates],
            ([str(id_) for id_ in ballot.choices] for ballot in ballots),
            _FORMS[rules.ballot],
        ),
        terms=Terms(
            fund=rules.fund,
            threshold=Threshold(votes=rules.more_than, strict=True),
            when_short=rules.when_short,
            ties=rules.ties,
            seed=rules.seed,
        ),
    )


def results(counted: Count) -> tuple[ProjectResult, ...]:
    """Return the decisions as a protocol stores them."""
    return tuple(_result(one) for one in counted.decisions)


def _result(decision: Decision) -> ProjectResult:
    return ProjectResult(
        project_id=int(decision.id),
        votes=decision.votes,
        cost=decision.cost,
        outcome=decision.outcome,
        rank=decision.rank,
        left_before=decision.left_before,
        tie_with=tuple(int(id_) for id_ in decision.tie_with),
    )
