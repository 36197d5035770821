"""The count of most Kazakh towns: more than N votes, then by votes until the money is spent."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from civic.model.cycle import TieBreak, VotingRules, WhenShort
from civic.model.results import Outcome, ProjectResult
from civic.rules.tally import RULES as COUNTING_RULES
from civic.rules.tally import count
from civic.rules.tally.contest import Candidate, Contest
from civic.rules.tally.ties import lot
from tests.civic.rules.votes import RULES

KHROMTAU_2020 = (269, 132, 112, 86, 83, 79, 76, 68, 55, 52, 26, 25, 18)
"""Votes of the thirteen winners as published."""


def contest(
    votes: Mapping[int, int], costs: Mapping[int, int], rules: VotingRules = RULES
) -> Contest:
    """Return a contest in which every ballot names one project."""
    return Contest(
        candidates=[Candidate(one, costs[one], position=one) for one in votes],
        ballots=[frozenset({one}) for one, given in votes.items() for _ in range(given)],
        rules=rules,
    )


def outcomes(results: tuple[ProjectResult, ...]) -> dict[int, Outcome]:
    return {one.project_id: one.outcome for one in results}


def test_projects_are_funded_by_votes_until_the_money_is_spent() -> None:
    results = count(contest({1: 3, 2: 5, 3: 4}, {1: 40, 2: 50, 3: 30}))

    assert [(one.project_id, one.rank, one.left_before) for one in results] == [
        (2, 1, 100),
        (3, 2, 50),
        (1, 3, 20),
    ]
    assert outcomes(results) == {2: Outcome.FUNDED, 3: Outcome.FUNDED, 1: Outcome.DOES_NOT_FIT}


def test_a_project_needs_strictly_more_votes_than_the_threshold() -> None:
    rules = replace(RULES, more_than=10)

    results = count(contest({1: 11, 2: 10, 3: 0}, {1: 10, 2: 10, 3: 10}, rules))

    assert outcomes(results) == {
        1: Outcome.FUNDED,
        2: Outcome.BELOW_THRESHOLD,
        3: Outcome.BELOW_THRESHOLD,
    }


def test_a_project_that_costs_exactly_what_is_left_is_funded() -> None:
    assert outcomes(count(contest({1: 2}, {1: 100}))) == {1: Outcome.FUNDED}


def test_a_project_that_does_not_fit_is_passed_over_for_the_next() -> None:
    results = count(contest({1: 9, 2: 8, 3: 7}, {1: 60, 2: 50, 3: 40}))

    assert outcomes(results) == {1: Outcome.FUNDED, 2: Outcome.DOES_NOT_FIT, 3: Outcome.FUNDED}


def test_a_count_that_stops_funds_nothing_after_the_first_that_does_not_fit() -> None:
    rules = replace(RULES, when_short=WhenShort.STOP)

    results = count(contest({1: 9, 2: 8, 3: 7, 4: 1}, {1: 60, 2: 50, 3: 40, 4: 1}, rules))

    assert outcomes(results) == {
        1: Outcome.FUNDED,
        2: Outcome.DOES_NOT_FIT,
        3: Outcome.STOPPED_BEFORE,
        4: Outcome.BELOW_THRESHOLD,
    }


def test_equal_votes_go_to_the_cheaper_then_to_the_earlier() -> None:
    results = count(contest({1: 5, 2: 5, 3: 5, 4: 6}, {1: 20, 2: 10, 3: 20, 4: 1}))

    assert [one.project_id for one in results] == [4, 2, 1, 3]
    assert [one.tie_with for one in results] == [(), (1, 3), (2, 3), (2, 1)]


def test_a_tie_below_the_threshold_decides_nothing_and_is_not_told() -> None:
    results = count(contest({1: 1, 2: 1}, {1: 10, 2: 10}))

    assert [one.tie_with for one in results] == [(), ()]


def test_a_lot_is_the_least_sha256_of_the_seed_and_the_number() -> None:
    rules = replace(RULES, ties=(TieBreak.LOT,), seed="Хромтау-2026")
    by_lot = sorted([1, 2, 3], key=lambda one: sha256(f"Хромтау-2026{one}".encode()).hexdigest())

    results = count(contest({1: 5, 2: 5, 3: 5}, {1: 1, 2: 1, 3: 1}, rules))

    assert [one.project_id for one in results] == by_lot
    assert lot("s", 7) == sha256(b"s7").hexdigest()


def test_rules_that_leave_a_tie_open_still_give_one_order() -> None:
    rules = replace(RULES, ties=(TieBreak.LOWER_COST,))

    results = count(contest({2: 5, 1: 5}, {1: 10, 2: 10}, rules))

    assert [one.project_id for one in results] == [1, 2]


def test_an_unknown_counting_rule_is_an_error() -> None:
    with pytest.raises(KeyError):
        count(contest({1: 2}, {1: 1}, replace(RULES, tally="by_ear")))


def test_nobody_voted_and_nothing_is_funded() -> None:
    results = count(contest({1: 0}, {1: 10}))

    assert outcomes(results) == {1: Outcome.BELOW_THRESHOLD}
    assert set(COUNTING_RULES) == {"greedy"}


def test_khromtau_2020_funds_its_thirteen_winners() -> None:
    """Published: votes of the winners, «more than 10 votes», 61.04 m tenge of 65 m."""
    votes = dict(enumerate(KHROMTAU_2020, start=1))
    votes |= {14: 10, 15: 8, 16: 3, 17: 0}
    costs = dict.fromkeys(votes, 61_040_000 // 13)
    rules = replace(RULES, fund=65_000_000, more_than=10)

    results = count(contest(votes, costs, rules))

    funded = [one.votes for one in results if one.outcome is Outcome.FUNDED]
    assert funded == list(KHROMTAU_2020)
    assert all(one.outcome is Outcome.BELOW_THRESHOLD for one in results[13:])


def test_khromtau_2020_is_counted_as_published(shared: Path) -> None:
    facts = yaml.safe_load((shared / "data/khromtau-2020.yaml").read_text(encoding="utf-8"))

    assert tuple(winner["votes"] for winner in facts["winners"]) == KHROMTAU_2020
    assert facts["threshold_votes_more_than"] == 10


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    """Return a small contest with many ties."""
    numbers = draw(st.lists(st.integers(1, 30), min_size=1, max_size=7, unique=True))
    candidates = [
        Candidate(one, draw(st.integers(1, 6)), draw(st.integers(1, 3))) for one in numbers
    ]
    ballots = draw(st.lists(st.frozensets(st.sampled_from(numbers)), max_size=12))
    rules = replace(
        RULES,
        fund=draw(st.integers(0, 20)),
        more_than=draw(st.integers(0, 4)),
        when_short=draw(st.sampled_from(WhenShort)),
        ties=tuple(draw(st.lists(st.sampled_from(TieBreak), unique=True))),
        seed=draw(st.text(max_size=3)),
    )
    return Contest(candidates, ballots, rules)


def funded(results: tuple[ProjectResult, ...]) -> set[int]:
    return {one.project_id for one in results if one.outcome is Outcome.FUNDED}


@given(contests(), st.data())
def test_the_order_of_ballots_and_projects_changes_nothing(
    given_contest: Contest, data: st.DataObject
) -> None:
    candidates = data.draw(st.permutations(given_contest.candidates))
    ballots = data.draw(st.permutations(given_contest.ballots))

    assert count(Contest(candidates, ballots, given_contest.rules)) == count(given_contest)


@given(contests())
def test_a_count_never_overspends_and_decides_every_project_once(given_contest: Contest) -> None:
    results = count(given_contest)

    spent = sum(one.cost or 0 for one in results if one.outcome is Outcome.FUNDED)
    assert spent <= given_contest.rules.fund
    assert sorted(one.project_id for one in results) == sorted(
        one.project_id for one in given_contest.candidates
    )
    assert [one.rank for one in results] == list(range(1, len(results) + 1))


@given(contests(), st.integers(1, 20))
def test_more_money_never_breaks_the_threshold(given_contest: Contest, more: int) -> None:
    rules = given_contest.rules
    richer = replace(given_contest, rules=replace(rules, fund=rules.fund + more))

    below = {one.project_id for one in count(richer) if one.votes <= rules.more_than}
    assert not below & funded(count(richer))
    assert all(outcomes(count(richer))[one] is Outcome.BELOW_THRESHOLD for one in below)


@given(contests(), st.data())
def test_another_vote_never_hurts_a_project(given_contest: Contest, data: st.DataObject) -> None:
    lucky = data.draw(st.sampled_from([one.project_id for one in given_contest.candidates]))
    supported = replace(given_contest, ballots=[*given_contest.ballots, frozenset({lucky})])

    if lucky in funded(count(given_contest)):
        assert lucky in funded(count(supported))


@given(contests())
def test_what_is_told_of_a_project_is_true(given_contest: Contest) -> None:
    rules, left = given_contest.rules, given_contest.rules.fund
    for one in count(given_contest):
        assert one.cost is not None
        assert one.left_before == left
        if one.outcome is Outcome.FUNDED:
            assert one.votes > rules.more_than
            left -= one.cost
        elif one.outcome is Outcome.DOES_NOT_FIT:
            assert one.cost > left
        elif one.outcome is Outcome.BELOW_THRESHOLD:
            assert one.votes <= rules.more_than
        else:
            assert rules.when_short is WhenShort.STOP
