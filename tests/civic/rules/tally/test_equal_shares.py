"""The Method of Equal Shares: exact, and the same as its definition counted by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.model.cycle import TieBreak
from civic.model.results import Outcome
from civic.rules.tally import count, equal_shares, shares
from civic.rules.tally.ballots import BallotForm, Ballots
from civic.rules.tally.contest import Candidate, Contest, Terms, Threshold
from civic.rules.tally.decisions import Tie
from civic.rules.tally.electorate import Electorate
from civic.rules.tally.ties import in_written_order
from tests.civic.rules.tally import naive_shares
from tests.civic.rules.tally.contests import choices_of, contest_of, contests, outcomes, shuffled

FUNDED, BY_VOTES = Outcome.FUNDED, Outcome.FUNDED_BY_VOTES
POOR, SHORT, TIE_LOST = Outcome.TOO_LITTLE_SUPPORT, Outcome.DOES_NOT_FIT, Outcome.TIE_LOST
BELOW, EXCLUDED = Outcome.BELOW_THRESHOLD, Outcome.EXCLUDED_BY_CONFLICT

RULES = (
    "equalshares",
    "equalshares-comparison",
    "equalshares/add1",
    "equalshares/add1-comparison",
)


def approved(
    costs: Mapping[str, int], ballots: Sequence[str], fund: int, **terms: object
) -> Contest:
    """Return a contest of approval ballots, each written as the letters of its projects."""
    return Contest(
        candidates=[
            Candidate(one, cost, place) for place, (one, cost) in enumerate(costs.items())
        ],
        ballots=Ballots.choices(list(costs), ballots),
        terms=Terms(fund, is_completed=False, **terms),  # type: ignore[arg-type]
    )


def test_supporters_pay_alike_and_the_poor_what_they_have() -> None:
    """Ten voters have 10 each. a (60) takes 10 of six; b (30) then takes 7.5 of four."""
    contest = approved({"a": 60, "b": 30, "c": 20}, ["a"] * 6 + ["b"] * 3 + ["bc"], 100)

    counted = count(contest, "equalshares")

    assert [one.left_before for one in counted.decisions] == [100, 40, 10]
    assert [one.share for one in counted.decisions] == [10, Fraction(15, 2), None]
    assert outcomes(counted) == {"a": FUNDED, "b": FUNDED, "c": POOR}
    assert (counted.spent, counted.left) == (90, 10)
    assert counted.endowment == Fraction(10)
    assert counted.decisions[2].means == 2


def test_who_has_less_pays_all_and_the_others_the_rest() -> None:
    """Of 12 each, b takes 6 of two; a costs 18: one of its two has only 6, the other pays 12."""
    contest = approved({"a": 18, "b": 12}, ["a", "ab", "b"], 36)

    assert [one.share for one in count(contest, "equalshares").decisions] == [6, 12]


def test_the_least_price_for_each_unit_of_cost_is_bought_first() -> None:
    """A costs ten times as much as b, but has more supporters to pay for each unit."""
    contest = approved({"a": 90, "b": 9}, ["a"] * 9 + ["ab"] * 2, 110)

    assert [one.id for one in count(contest, "equalshares").decisions] == ["a", "b"]


def test_add1_stops_at_overspending_and_not_when_nothing_more_would_fit() -> None:
    """At 12 each a is bought, and b and c fit together no more; from 25 on b is bought too."""
    contest = approved({"a": 20, "b": 50, "c": 30}, ["a", "a", "b", "b", "c"], 60)

    counted = count(contest, "equalshares/add1")

    assert counted.endowment == 24
    assert outcomes(counted) == {"a": FUNDED, "b": POOR, "c": POOR}
    assert [one.means for one in counted.decisions] == [None, 48, 24]


def test_add1_raises_by_one_unit_of_currency() -> None:
    contest = approved({"a": 2000, "b": 5000, "c": 3000}, ["a", "a", "b", "b", "c"], 6000)
    in_cents = replace(contest, terms=replace(contest.terms, unit=100))

    assert count(contest, "equalshares/add1").endowment == 2499
    assert count(in_cents, "equalshares/add1").endowment == 2400


def test_add1_ends_when_all_that_is_supported_is_bought() -> None:
    contest = approved({"a": 30, "b": 20, "c": 10}, ["a", "ab"], 60)

    counted = count(contest, "equalshares/add1")

    assert outcomes(counted) == {"a": FUNDED, "b": FUNDED, "c": POOR}
    assert counted.endowment == 35


def test_supporters_who_have_exactly_the_cost_buy_it_whatever_doubles_say() -> None:
    """Three voters have 11/3 each; after a (5) two have 2 each, which is all that b (4) costs."""
    counted = count(approved({"a": 5, "b": 4}, ["ab", "ab", "a"], 11), "equalshares")

    assert [one.share for one in counted.decisions] == [Fraction(5, 3), 2]


def test_what_is_left_funds_by_votes_what_still_fits() -> None:
    contest = approved({"a": 40, "b": 59, "c": 21, "d": 60}, ["a"] * 5 + ["b", "b", "c", "d"], 100)
    completed = replace(contest, terms=replace(contest.terms, is_completed=True))

    counted = count(completed, "equalshares")

    assert outcomes(counted) == {"a": FUNDED, "b": BY_VOTES, "c": SHORT, "d": SHORT}
    assert [one.left_before for one in counted.decisions] == [100, 60, 1, 1]
    assert [one.means for one in counted.decisions] == [None, 22, 11, 11]
    assert (counted.spent, counted.left) == (99, 1)
    assert outcomes(count(contest, "equalshares"))["b"] is POOR


def test_the_outcome_by_votes_is_taken_if_more_voters_get_more_by_it() -> None:
    """By shares the three get b; by votes the five get a, which costs all."""
    ballots = ["a"] * 5 + ["bc"] * 4
    contest = approved({"a": 90, "b": 20, "c": 10}, ballots, 90)

    counted = count(contest, "equalshares-comparison")

    assert outcomes(count(contest, "equalshares")) == {"b": FUNDED, "c": FUNDED, "a": POOR}
    assert counted.preferences == (4, 5)
    assert outcomes(counted) == {"a": FUNDED, "c": Outcome.REPLACED, "b": Outcome.REPLACED}
    assert counted.endowment == 10


def test_equal_shares_stay_if_as_many_prefer_them() -> None:
    contest = approved({"a": 90, "b": 20, "c": 10}, ["a"] * 6 + ["bc"] * 4 + ["b", "c"], 90)

    counted = count(contest, "equalshares/add1-comparison")

    assert counted.preferences == (6, 6)
    assert set(counted.funded()) == {"b", "c"}


def test_equal_prices_go_by_the_written_order_and_who_lost_by_it_is_told() -> None:
    contest = approved({"a": 10, "b": 10}, ["ab", "ab"], 10, ties=(TieBreak.EARLIER_SUBMISSION,))

    counted = count(contest, "equalshares")

    assert outcomes(counted) == {"a": FUNDED, "b": TIE_LOST}
    assert [one.tie_with for one in counted.decisions] == [("b",), ("a",)]
    assert counted.ties == (Tie(("a", "b"), is_decisive=True),)


def test_who_is_excluded_by_one_of_the_same_price_lost_by_the_order() -> None:
    contest = approved({"a": 10, "b": 10}, ["ab"], 20, conflicts=frozenset({("a", "b")}))

    counted = count(contest, "equalshares")

    assert outcomes(counted) == {"a": FUNDED, "b": EXCLUDED}
    assert counted.ties == (Tie(("a", "b"), is_decisive=True),)


def test_a_tie_that_cost_nobody_anything_is_not_decisive() -> None:
    contest = approved({"a": 10, "b": 10}, ["a", "b"], 20)

    assert count(contest, "equalshares").ties == (Tie(("a", "b"), is_decisive=False),)


def test_projects_below_the_threshold_take_no_part() -> None:
    """Świecie 2023: a project needs a third of the share of the fund that it costs, in votes."""
    threshold = Threshold(share_by_cost=Fraction(1, 3))
    contest = approved({"a": 60, "b": 30}, ["a"] + ["b"] * 9, 100, threshold=threshold)

    counted = count(contest, "equalshares/add1")

    assert outcomes(counted) == {"b": FUNDED, "a": BELOW}
    assert [one.needed for one in counted.decisions] == [1, 2]


def test_what_excludes_a_bought_project_is_not_bought() -> None:
    contest = approved(
        {"a": 10, "b": 10, "c": 0, "d": 0},
        ["abcd", "abcd", "a"],
        100,
        conflicts=frozenset({("b", "a"), ("c", "d"), ("x", "a")}),
    )

    for rule in RULES:
        assert outcomes(count(contest, rule)) == {
            "c": FUNDED,
            "a": FUNDED,
            "b": EXCLUDED,
            "d": EXCLUDED,
        }


def test_points_above_nought_are_support() -> None:
    ballots = Ballots.scored(
        ["a", "b"], [{"a": 1, "b": -1}, {"a": 1, "b": 1}], BallotForm.FOR_AGAINST
    )
    contest = replace(approved({"a": 10, "b": 10}, [], 20), ballots=ballots)

    assert [one.share for one in count(contest, "equalshares").decisions] == [5, None]


@pytest.mark.parametrize("rule", RULES)
def test_without_ballots_or_money_nothing_is_bought(rule: str) -> None:
    assert outcomes(count(approved({"a": 10}, [], 100), rule)) == {"a": POOR}
    assert outcomes(count(approved({"a": 10}, ["", ""], 100), rule)) == {"a": POOR}
    assert outcomes(count(approved({"a": 10}, ["a"], 0), rule)) == {"a": POOR}


def test_a_candidate_that_no_ballot_could_name_is_not_bought() -> None:
    contest = approved({"a": 10}, ["a"], 100)
    stranger = replace(contest, candidates=[*contest.candidates, Candidate("z", 5, 9)])

    assert outcomes(count(stranger, "equalshares")) == {"a": FUNDED, "z": POOR}


def support_of(contest: Contest) -> tuple[dict[str, int], dict[str, list[int]], int]:
    """Return costs in the order of ties, supporters and the number of voters."""
    order = in_written_order(contest.candidates, contest.terms)
    ballots = choices_of(contest)
    support = {
        one.id: [voter for voter, ballot in enumerate(ballots) if one.id in ballot]
        for one in order
    }
    return {one.id: one.cost for one in order}, support, len(ballots)


@st.composite
def plain(draw: st.DrawFn, max_cost: int = 12, max_fund: int = 60) -> Contest:
    """Return a contest with at least one ballot, without thresholds and conflicts."""
    ids = [f"p{number}" for number in range(draw(st.integers(1, 7)))]
    ballots = draw(st.lists(st.frozensets(st.sampled_from(ids)), min_size=1, max_size=10))
    terms = Terms(draw(st.integers(0, max_fund)), is_completed=False)
    costs = {one: draw(st.integers(0, max_cost)) for one in ids}
    return contest_of(costs, ballots, terms, {one: place for place, one in enumerate(ids)})


@given(plain())
def test_one_run_is_what_the_definition_says(contest: Contest) -> None:
    costs, support, voters = support_of(contest)

    counted = count(contest, "equalshares")

    endowment = Fraction(contest.terms.fund, voters)
    chosen = naive_shares.bought(costs, support, voters, endowment)
    assert [(one.id, one.share) for one in counted.decisions if one.share is not None] == chosen


@given(plain())
def test_add1_is_what_the_definition_says(contest: Contest) -> None:
    costs, support, voters = support_of(contest)

    counted = count(contest, "equalshares/add1")

    endowment, chosen = naive_shares.add1(costs, support, voters, contest.terms.fund)
    assert [(one.id, one.share) for one in counted.decisions if one.share is not None] == chosen
    assert counted.endowment == endowment


@given(plain(max_cost=3000, max_fund=9000), st.integers(1, 400))
def test_leaps_over_endowments_miss_no_change(contest: Contest, leap: int) -> None:
    """Whatever is proven to be bought alike is, at every endowment between."""
    costs, support, voters = support_of(contest)
    market = _market_of(contest)
    endowment = Fraction(contest.terms.fund, voters)

    alike = market.buy_alike(market.buy(endowment), endowment + leap)

    if alike is not None:
        names = [contest.ballots.ids[one.project] for one in alike]
        for step in {0, 1, leap // 3, leap // 2, leap - 1, leap}:
            between = naive_shares.bought(costs, support, voters, endowment + step)
            assert [one for one, _ in between] == names


def _market_of(contest: Contest) -> shares.Market:
    return equal_shares._market(contest, Electorate.of(contest.ballots))


@given(plain())
def test_exact_numbers_decide_alike_when_doubles_decide_nothing(contest: Contest) -> None:
    expected = count(contest, "equalshares/add1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "_ROUNDING", 2.0**-4)
        assert count(contest, "equalshares/add1") == expected


@given(contests(max_projects=6, max_ballots=8), st.sampled_from(RULES), st.data())
def test_the_order_of_ballots_and_projects_changes_nothing(
    contest: Contest, rule: str, data: st.DataObject
) -> None:
    assert count(shuffled(contest, data), rule) == count(contest, rule)


@given(contests(max_projects=6, max_ballots=8), st.sampled_from(RULES), st.data())
def test_shares_never_overspend_and_decide_every_project_once(
    contest: Contest, rule: str, data: st.DataObject
) -> None:
    terms = replace(contest.terms, is_completed=data.draw(st.booleans()))

    counted = count(replace(contest, terms=terms), rule)

    costs = sum(one.cost for one in counted.decisions if one.outcome.is_funded)
    assert costs == counted.spent == terms.fund - counted.left
    assert counted.left >= 0
    assert sorted(outcomes(counted)) == sorted(one.id for one in contest.candidates)
    assert [one.rank for one in counted.decisions] == list(range(1, len(counted.decisions) + 1))
    for one in counted.decisions:
        if one.outcome.is_funded:
            assert one.votes >= one.needed
        if one.outcome is BELOW:
            assert one.votes < one.needed
        if one.outcome is SHORT:
            assert one.cost > one.left_before


def test_who_has_paid_all_has_exactly_nothing() -> None:
    contest = approved({"a": 4, "b": 6}, ["a", "ab", "b"], 12)
    voters = Electorate.of(contest.ballots)
    run = equal_shares._market(contest, voters)._run(Fraction(4))
    # All pay 2 for a; of b's 6 one can pay 2, all that is left, and the other pays 4.
    assert [one.project for one in run.bought] == [0, 1]
    left = {
        len(voters.marks[start:end]): run._exactly(group)
        for group, (start, end) in enumerate(
            zip(voters.starts[:-1], voters.starts[1:], strict=True)
        )
    }
    assert left[2] == 0
    assert not run._has_money.all()
