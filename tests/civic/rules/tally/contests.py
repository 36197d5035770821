"""Small contests for tests, with many ties."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from civic.model.cycle import TieBreak, WhenShort
from civic.model.results import Outcome
from civic.rules.tally.ballots import BallotForm, Ballots
from civic.rules.tally.contest import Candidate, Contest, Terms, Threshold
from civic.rules.tally.decisions import Count


def voted(projects: Mapping[str, tuple[int, int]], terms: Terms) -> Contest:
    """Return a contest of projects with so many votes and such a cost; a ballot names one."""
    return Contest(
        candidates=[
            Candidate(one, cost, place) for place, (one, (_, cost)) in enumerate(projects.items())
        ],
        ballots=Ballots.choices(
            list(projects), ([one] for one, (given, _) in projects.items() for _ in range(given))
        ),
        terms=terms,
    )


def outcomes(counted: Count) -> dict[str, Outcome]:
    """Return the outcome of every project, in the order of decisions."""
    return {one.id: one.outcome for one in counted.decisions}


def contest_of(
    costs: Mapping[str, int],
    ballots: Sequence[frozenset[str]],
    terms: Terms,
    positions: Mapping[str, int],
) -> Contest:
    """Return a contest with approval ballots."""
    return Contest(
        candidates=[Candidate(one, cost, positions[one]) for one, cost in costs.items()],
        ballots=Ballots.choices(list(costs), ballots),
        terms=terms,
    )


TERMS = st.builds(
    Terms,
    fund=st.integers(0, 20),
    threshold=st.builds(
        Threshold,
        votes=st.integers(0, 3),
        share=st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1, 3)]),
        share_by_cost=st.sampled_from([Fraction(0), Fraction(2)]),
        strict=st.booleans(),
    ),
    when_short=st.sampled_from(WhenShort),
    ties=st.lists(st.sampled_from(TieBreak), unique=True).map(tuple),
    seed=st.text(max_size=3),
)


@st.composite
def contests(draw: st.DrawFn, max_projects: int = 7, max_ballots: int = 12) -> Contest:
    """Return a contest with approval ballots."""
    ids = draw(
        st.lists(st.integers(1, 30).map(str), min_size=1, max_size=max_projects, unique=True)
    )
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda it: it[0] != it[1])
    terms = draw(TERMS)
    conflicts = draw(st.frozensets(pairs, max_size=2)) if len(ids) > 1 else frozenset()
    return contest_of(
        {one: draw(st.integers(1, 6)) for one in ids},
        draw(st.lists(st.frozensets(st.sampled_from(ids)), max_size=max_ballots)),
        replace(terms, conflicts=conflicts),
        {one: draw(st.integers(1, 3)) for one in ids},
    )


def choices_of(contest: Contest) -> list[frozenset[str]]:
    """Return the approval ballots of a contest one by one."""
    ballots = contest.ballots
    return [
        frozenset(ballots.ids[mark] for mark in ballots.marks[start:end])
        for start, end, times in zip(
            ballots.starts[:-1], ballots.starts[1:], ballots.times, strict=True
        )
        for _ in range(times)
    ]


def with_ballots(contest: Contest, ballots: Sequence[frozenset[str]]) -> Contest:
    """Return the contest with other approval ballots."""
    return replace(contest, ballots=Ballots.choices(contest.ballots.ids, ballots))


def shuffled(contest: Contest, data: st.DataObject) -> Contest:
    """Return the same contest written down in another order."""
    return Contest(
        candidates=data.draw(st.permutations(list(contest.candidates))),
        ballots=Ballots.choices(
            data.draw(st.permutations(contest.ballots.ids)),
            data.draw(st.permutations(choices_of(contest))),
            BallotForm.APPROVAL,
        ),
        terms=contest.terms,
    )
