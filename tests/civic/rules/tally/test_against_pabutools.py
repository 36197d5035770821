"""The same winners as pabutools finds, the library that research on these rules uses."""

from hypothesis import given
from hypothesis import strategies as st
from pabutools.election import Cost_Sat
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares

from civic.model.cycle import TieBreak
from civic.rules.tally import count
from civic.rules.tally.contest import Contest, Terms
from tests.civic.rules.tally.contests import contest_of
from tests.civic.rules.tally.peer import by_submission, names, preferred, theirs


@st.composite
def elections(draw: st.DrawFn) -> Contest:
    """Return a contest with the plainest terms and ties by the order of submission."""
    ids = [str(number) for number in range(draw(st.integers(1, 7)))]
    costs = {one: draw(st.integers(1, 30)) for one in ids}
    ballots = draw(st.lists(st.frozensets(st.sampled_from(ids)), min_size=1, max_size=12))
    fund = draw(st.integers(1, 120))
    terms = Terms(fund, ties=(TieBreak.EARLIER_SUBMISSION,), is_completed=False)
    return contest_of(costs, ballots, terms, {one: int(one) for one in ids})


@given(elections())
def test_greedy_finds_the_same_winners(contest: Contest) -> None:
    instance, profile = theirs(contest, contest.terms.fund)

    expected = greedy_utilitarian_welfare(
        instance, profile, sat_class=Cost_Sat, tie_breaking=by_submission(contest)
    )

    assert set(count(contest, "greedy").funded()) == set(names(expected))


@given(elections())
def test_equal_shares_buy_the_same_in_the_same_order(contest: Contest) -> None:
    instance, profile = theirs(contest, contest.terms.fund)

    expected = method_of_equal_shares(
        instance, profile, sat_class=Cost_Sat, tie_breaking=by_submission(contest)
    )

    assert list(count(contest, "equalshares").funded()) == names(expected)


@given(elections())
def test_the_comparison_takes_the_outcome_that_more_voters_prefer(contest: Contest) -> None:
    instance, profile = theirs(contest, contest.terms.fund)
    rules = (method_of_equal_shares, greedy_utilitarian_welfare)

    expected = preferred(
        instance,
        profile,
        [
            rule(instance, profile, sat_class=Cost_Sat, tie_breaking=by_submission(contest))
            for rule in rules
        ],
    )

    assert set(count(contest, "equalshares-comparison").funded()) == set(expected)


@given(elections())
def test_add1_ends_one_unit_below_the_first_that_overspends(contest: Contest) -> None:
    """Pabutools' own Add1 ends as soon as nothing more fits, so its single runs are compared."""
    counted = count(contest, "equalshares/add1")
    voters = contest.ballots.cast
    assert counted.endowment is not None

    last = method_of_equal_shares(
        *theirs(contest, counted.endowment * voters),
        sat_class=Cost_Sat,
        tie_breaking=by_submission(contest),
    )
    further = method_of_equal_shares(
        *theirs(contest, (counted.endowment + 1) * voters),
        sat_class=Cost_Sat,
        tie_breaking=by_submission(contest),
    )

    assert list(counted.funded()) == names(last)
    supported = [one for one, votes in contest.votes().items() if votes]
    overspends = sum(project.cost for project in further) > contest.terms.fund
    assert overspends or sorted(names(last)) == sorted(supported)
