"""Rules by votes: who has most goes first, until the money is spent."""

from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from civic.model.cycle import TieBreak, WhenShort
from civic.model.results import Outcome
from civic.rules.tally import count
from civic.rules.tally.contest import Contest, Pot, Source, Terms, Threshold
from civic.rules.tally.decisions import Count, Tie
from civic.rules.tally.ties import lot
from tests.civic.rules.tally.contests import (
    choices_of,
    contests,
    outcomes,
    shuffled,
    voted,
    with_ballots,
)

TERMS = Terms(fund=100, threshold=Threshold(votes=1, strict=True))
"""A fund of 100, more than one vote; equal votes go to the cheaper, then to the earlier."""

KHROMTAU_2020 = (269, 132, 112, 86, 83, 79, 76, 68, 55, 52, 26, 25, 18)
"""Votes of the thirteen winners as published."""

FUNDED, TOPPED_UP = Outcome.FUNDED, Outcome.TOPPED_UP
BELOW, SHORT, TIE_LOST = Outcome.BELOW_THRESHOLD, Outcome.DOES_NOT_FIT, Outcome.TIE_LOST
STOPPED, EXCLUDED = Outcome.STOPPED_BEFORE, Outcome.EXCLUDED_BY_CONFLICT


def test_projects_are_funded_by_votes_until_the_money_is_spent() -> None:
    counted = count(voted({"a": (3, 40), "b": (5, 50), "c": (4, 30)}, TERMS), "greedy")

    assert [(one.id, one.rank, one.left_before) for one in counted.decisions] == [
        ("b", 1, 100),
        ("c", 2, 50),
        ("a", 3, 20),
    ]
    assert outcomes(counted) == {"b": FUNDED, "c": FUNDED, "a": SHORT}
    assert (counted.spent, counted.left, counted.ballots) == (80, 20, 12)
    assert counted.funded() == ("b", "c")


@pytest.mark.parametrize(
    ("threshold", "needed"),
    [
        (Threshold(), 0),
        (Threshold(votes=10), 10),
        (Threshold(votes=10, strict=True), 11),
        (Threshold(share=Fraction(1, 10)), 3),
        (Threshold(share=Fraction(1, 10), strict=True), 3),
        (Threshold(share=Fraction(1, 7), strict=True), 4),
        (Threshold(share=Fraction(1, 7)), 3),
        (Threshold(votes=5, share=Fraction(1, 7)), 5),
    ],
)
def test_a_threshold_is_a_number_or_an_exact_share_of_ballots(
    threshold: Threshold, needed: int
) -> None:
    assert threshold.needed(21) == needed


def test_a_threshold_can_grow_with_the_cost() -> None:
    """Świecie 2023: votes of a third of the share of the fund that the project costs."""
    threshold = Threshold(share_by_cost=Fraction(1, 3))

    assert threshold.needed(2553, cost=482_037, fund=1_070_000) == 384
    assert threshold.needed(2553, cost=0, fund=1_070_000) == 0
    assert threshold.needed(2553, cost=10, fund=0) == 0


def test_a_project_at_a_strict_threshold_has_too_few_votes() -> None:
    projects = {"a": (11, 10), "b": (10, 10), "c": (0, 10)}
    strict = replace(TERMS, threshold=Threshold(votes=10, strict=True))
    lenient = replace(TERMS, threshold=Threshold(votes=10))

    assert outcomes(count(voted(projects, strict), "greedy")) == {
        "a": FUNDED,
        "b": BELOW,
        "c": BELOW,
    }
    assert outcomes(count(voted(projects, lenient), "greedy-threshold"))["b"] is FUNDED
    assert {one.needed for one in count(voted(projects, strict), "greedy").decisions} == {11}


def test_a_rule_by_threshold_without_one_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs a threshold"):
        count(voted({"a": (2, 1)}, Terms(fund=1)), "greedy-threshold")


def test_a_project_that_costs_exactly_what_is_left_is_funded() -> None:
    assert outcomes(count(voted({"a": (2, 100)}, TERMS), "greedy")) == {"a": FUNDED}


def test_a_project_that_does_not_fit_is_passed_over_for_the_next() -> None:
    counted = count(voted({"a": (9, 60), "b": (8, 50), "c": (7, 40)}, TERMS), "greedy")

    assert outcomes(counted) == {"a": FUNDED, "b": SHORT, "c": FUNDED}


@pytest.mark.parametrize(
    ("rule", "when_short"),
    [("greedy", WhenShort.STOP), ("greedy-no-skip", WhenShort.SKIP)],
)
def test_a_count_that_stops_funds_nothing_after_the_first_that_does_not_fit(
    rule: str, when_short: WhenShort
) -> None:
    projects = {"a": (9, 60), "b": (8, 50), "c": (7, 40), "d": (1, 1)}

    counted = count(voted(projects, replace(TERMS, when_short=when_short)), rule)

    assert outcomes(counted) == {"a": FUNDED, "b": SHORT, "c": STOPPED, "d": BELOW}


def test_equal_votes_go_to_the_cheaper_then_to_the_earlier() -> None:
    projects = {"a": (5, 20), "b": (5, 10), "c": (5, 20), "d": (6, 1)}

    counted = count(voted(projects, TERMS), "greedy")

    assert [one.id for one in counted.decisions] == ["d", "b", "a", "c"]
    assert [one.tie_with for one in counted.decisions] == [
        (),
        ("a", "c"),
        ("b", "c"),
        ("b", "a"),
    ]
    assert counted.ties == (Tie(("b", "a", "c"), is_decisive=False),)


def test_a_project_that_lost_only_to_an_equal_is_told_so() -> None:
    counted = count(voted({"a": (5, 60), "b": (5, 50), "c": (5, 101)}, TERMS), "greedy")

    assert outcomes(counted) == {"b": FUNDED, "a": TIE_LOST, "c": SHORT}
    assert counted.ties == (Tie(("b", "a", "c"), is_decisive=True),)


def test_a_project_stopped_by_an_equal_lost_to_it() -> None:
    terms = replace(TERMS, ties=(TieBreak.EARLIER_SUBMISSION,))

    counted = count(voted({"a": (5, 101), "b": (5, 50), "c": (4, 1)}, terms), "greedy-no-skip")

    assert outcomes(counted) == {"a": SHORT, "b": TIE_LOST, "c": STOPPED}


def test_a_project_that_only_an_equal_excludes_lost_by_the_order() -> None:
    terms = replace(TERMS, conflicts=frozenset({("a", "b"), ("c", "d")}))
    projects = {"a": (5, 10), "b": (5, 20), "c": (4, 10), "d": (3, 10), "e": (3, 10)}

    counted = count(voted(projects, terms), "greedy-exclusive")

    assert outcomes(counted) == {
        "a": FUNDED,
        "b": EXCLUDED,
        "c": FUNDED,
        "d": EXCLUDED,
        "e": FUNDED,
    }
    assert counted.ties == (Tie(("a", "b"), is_decisive=True), Tie(("d", "e"), is_decisive=False))


def test_who_needs_more_votes_than_equals_is_no_party_to_the_tie() -> None:
    threshold = Threshold(share_by_cost=Fraction(1))
    contest = voted({"a": (5, 90), "b": (5, 20), "c": (5, 10)}, Terms(100, threshold=threshold))

    counted = count(contest, "greedy")

    assert outcomes(counted) == {"c": FUNDED, "b": FUNDED, "a": BELOW}
    assert [one.tie_with for one in counted.decisions] == [("b",), ("c",), ()]
    assert counted.ties == (Tie(("c", "b"), is_decisive=False),)


def test_a_tie_below_the_threshold_decides_nothing_and_is_not_told() -> None:
    counted = count(voted({"a": (1, 10), "b": (1, 10)}, TERMS), "greedy")

    assert [one.tie_with for one in counted.decisions] == [(), ()]
    assert counted.ties == ()


def test_a_fund_that_is_not_the_sum_of_its_parts_is_an_error() -> None:
    with pytest.raises(ValueError, match="pots add up to 90, the fund is 100"):
        Terms(fund=100, pots=(Pot("a", 90),))
    with pytest.raises(ValueError, match="sources add up to 101, the fund is 100"):
        Terms(fund=100, sources=(Source("a", 101),))


def test_a_lot_is_the_least_sha256_of_the_seed_and_the_number() -> None:
    terms = replace(TERMS, ties=(TieBreak.LOT,), seed="Хромтау-2026")
    by_lot = sorted("123", key=lambda one: sha256(f"Хромтау-2026{one}".encode()).hexdigest())

    counted = count(voted(dict.fromkeys("123", (5, 1)), terms), "greedy")

    assert [one.id for one in counted.decisions] == by_lot
    assert lot("s", "7") == sha256(b"s7").hexdigest()


def test_rules_that_leave_a_tie_open_still_give_one_order() -> None:
    terms = replace(TERMS, ties=(TieBreak.LOWER_COST,))

    counted = count(voted(dict.fromkeys(("10", "9", "x"), (5, 10)), terms), "greedy")

    assert [one.id for one in counted.decisions] == ["9", "x", "10"]


def test_an_unknown_counting_rule_is_an_error() -> None:
    with pytest.raises(KeyError):
        count(voted({"a": (2, 1)}, TERMS), "by_ear")


def test_a_funded_project_excludes_what_conflicts_with_it() -> None:
    projects = {"a": (9, 10), "b": (8, 10), "c": (7, 10), "d": (1, 10)}
    terms = replace(TERMS, conflicts=frozenset({("b", "a"), ("c", "b"), ("a", "d")}))

    counted = count(voted(projects, terms), "greedy-exclusive")

    assert outcomes(counted) == {"a": FUNDED, "b": EXCLUDED, "c": FUNDED, "d": BELOW}
    assert [one.conflict_with for one in counted.decisions] == [(), ("a",), (), ()]


def test_an_excluded_project_does_not_stop_the_count() -> None:
    terms = replace(TERMS, conflicts=frozenset({("a", "b")}), when_short=WhenShort.STOP)

    counted = count(voted({"a": (9, 10), "b": (8, 101), "c": (7, 10)}, terms), "greedy")

    assert outcomes(counted) == {"a": FUNDED, "b": EXCLUDED, "c": FUNDED}


def test_an_exclusive_rule_without_conflicts_is_greedy() -> None:
    assert count(voted({"a": (2, 1)}, TERMS), "greedy-exclusive").funded() == ("a",)


@pytest.mark.parametrize(
    ("cost", "outcome", "spent", "added"),
    [(50, FUNDED, 90, 0), (75, TOPPED_UP, 100, 15), (76, SHORT, 40, 0)],
)
def test_the_first_that_does_not_fit_is_topped_up_if_four_fifths_are_left(
    cost: int, outcome: Outcome, spent: int, added: int
) -> None:
    projects = {"a": (9, 40), "b": (8, cost)}

    counted = count(voted(projects, TERMS), "greedy-custom")

    assert outcomes(counted) == {"a": FUNDED, "b": outcome}
    assert (counted.spent, counted.left) == (spent, 100 - spent)
    assert counted.decisions[1].added == added


def test_nothing_is_funded_after_a_project_that_was_topped_up_or_did_not_fit() -> None:
    topped = count(voted({"a": (9, 125), "b": (8, 0)}, TERMS), "greedy-custom")
    short = count(voted({"a": (9, 126), "b": (8, 0)}, TERMS), "greedy-custom")

    assert outcomes(topped) == {"a": TOPPED_UP, "b": STOPPED}
    assert outcomes(short) == {"a": SHORT, "b": STOPPED}


def test_an_equal_that_would_have_been_topped_up_lost_to_the_order() -> None:
    counted = count(voted({"a": (9, 125), "b": (9, 120)}, TERMS), "greedy-custom")

    assert outcomes(counted) == {"b": TOPPED_UP, "a": TIE_LOST}


def test_khromtau_2020_funds_its_thirteen_winners() -> None:
    """Published: votes of the winners, «more than 10 votes», 61.04 m tenge of 65 m."""
    votes = [*KHROMTAU_2020, 10, 8, 3, 0]
    projects = {f"{place}": (own, 61_040_000 // 13) for place, own in enumerate(votes)}
    terms = Terms(fund=65_000_000, threshold=Threshold(votes=10, strict=True))

    counted = count(voted(projects, terms), "greedy")

    winners = [one.votes for one in counted.decisions if one.outcome is FUNDED]
    assert winners == list(KHROMTAU_2020)
    assert all(one.outcome is BELOW for one in counted.decisions[13:])


def test_khromtau_2020_is_counted_as_published(shared: Path) -> None:
    facts = yaml.safe_load((shared / "data/khromtau-2020.yaml").read_text(encoding="utf-8"))

    assert tuple(winner["votes"] for winner in facts["winners"]) == KHROMTAU_2020
    assert facts["threshold_votes_more_than"] == 10


BY_VOTES = st.sampled_from(["greedy", "greedy-no-skip", "greedy-custom"])


@given(contests(), BY_VOTES, st.data())
def test_the_order_of_ballots_and_projects_changes_nothing(
    contest: Contest, rule: str, data: st.DataObject
) -> None:
    assert count(shuffled(contest, data), rule) == count(contest, rule)


@given(contests(), BY_VOTES)
def test_a_count_never_overspends_and_decides_every_project_once(
    contest: Contest, rule: str
) -> None:
    counted = count(contest, rule)

    costs = sum(one.cost - one.added for one in counted.decisions if one.outcome.is_funded)
    assert costs == counted.spent <= contest.terms.fund
    assert counted.left == contest.terms.fund - counted.spent
    assert sorted(outcomes(counted)) == sorted(one.id for one in contest.candidates)
    assert [one.rank for one in counted.decisions] == list(range(1, len(counted.decisions) + 1))


@given(contests(), BY_VOTES, st.integers(1, 20))
def test_more_money_never_breaks_the_threshold(contest: Contest, rule: str, more: int) -> None:
    richer = replace(contest, terms=replace(contest.terms, fund=contest.terms.fund + more))

    for one in count(richer, rule).decisions:
        assert (one.outcome is BELOW) == (one.votes < one.needed)


@given(contests(), st.data())
def test_another_approval_never_hurts_a_project(contest: Contest, data: st.DataObject) -> None:
    terms = replace(contest.terms, conflicts=frozenset())
    lucky = data.draw(st.sampled_from([one.id for one in contest.candidates]))
    ballots = [*choices_of(contest), frozenset[str]()]
    changed = data.draw(st.integers(0, len(ballots) - 1))
    approved = [
        ballot | {lucky} if place == changed else ballot for place, ballot in enumerate(ballots)
    ]
    before = with_ballots(replace(contest, terms=terms), ballots)

    if lucky in count(before, "greedy").funded():
        assert lucky in count(with_ballots(before, approved), "greedy").funded()


@given(contests(), BY_VOTES)
def test_what_is_told_of_a_project_is_true(contest: Contest, rule: str) -> None:
    left, funded, too_dear = contest.terms.fund, set[str](), set[str]()
    stops = rule != "greedy" or contest.terms.when_short is WhenShort.STOP
    for one in count(contest, rule).decisions:
        assert one.left_before == left
        if one.outcome.is_funded:
            assert one.votes >= one.needed
            assert one.added == max(0, one.cost - left)
            assert (one.added > 0) == (one.outcome is TOPPED_UP)
            left -= one.cost - one.added
            funded.add(one.id)
        elif one.outcome is EXCLUDED:
            assert set(one.conflict_with) <= funded
        elif one.outcome is SHORT:
            assert one.cost > left
            too_dear.add(one.id)
        elif one.outcome is TIE_LOST:
            # An equal that came first took the money, or ended the count as it did not fit.
            assert set(one.tie_with) & (funded | too_dear if stops else funded)
        elif one.outcome is STOPPED:
            assert stops
        else:
            assert one.votes < one.needed


@given(contests(), BY_VOTES)
def test_a_tie_decided_if_one_that_lost_would_have_won_as_the_first(
    contest: Contest, rule: str
) -> None:
    counted = count(contest, rule)
    funded = set(counted.funded())

    for tie in counted.ties:
        lost = [one for one in tie.ids if one not in funded]
        won = [
            one for one in lost if one in count(_with_first(contest, counted, one), rule).funded()
        ]
        assert tie.is_decisive == bool(won)


def _with_first(contest: Contest, counted: Count, id_: str) -> Contest:
    """Return the contest with a tie rule that keeps the order, but puts one before its equals."""
    ranks = {one.id: one.rank for one in counted.decisions} | {id_: 0}
    return replace(
        contest,
        candidates=[replace(one, position=ranks[one.id]) for one in contest.candidates],
        terms=replace(contest.terms, ties=(TieBreak.EARLIER_SUBMISSION,)),
    )
