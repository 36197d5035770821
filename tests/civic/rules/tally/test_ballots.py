"""Ballots of every form, and what they come to."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.rules.tally.ballots import BallotForm, Ballots, points_by_place

IDS = ("a", "b", "c", "d")


def test_approval_counts_the_ballots_that_mark_a_project() -> None:
    ballots = Ballots.choices(IDS, [("a", "b"), ("b", "a"), ("b",), (), ("b", "c")])

    assert ballots.scores() == ballots.mentions() == {"a": 2, "b": 4, "c": 1, "d": 0}
    assert ballots.cast == 5


@pytest.mark.parametrize("form", [BallotForm.CHOOSE_ONE, BallotForm.KNAPSACK])
def test_one_choice_and_knapsack_count_like_approval(form: BallotForm) -> None:
    ballots = Ballots.choices(IDS, [("a",), ("a",), ("c",)], form)

    assert ballots.form is form
    assert ballots.scores() == {"a": 2, "b": 0, "c": 1, "d": 0}


def test_equal_ballots_are_one_group() -> None:
    ballots = Ballots.choices(IDS, [("a", "b")] * 3 + [("b", "a")] * 2 + [("c",)])

    assert sorted(ballots.times.tolist()) == [1, 5]


def test_points_are_added_up() -> None:
    ballots = Ballots.scored(IDS, [{"a": 5, "b": 1}, {"a": 5, "b": 1}, {"b": 3}])

    assert ballots.scores() == {"a": 10, "b": 5, "c": 0, "d": 0}
    assert ballots.mentions() == {"a": 2, "b": 3, "c": 0, "d": 0}
    assert Ballots.scored(IDS, []).scores() == dict.fromkeys(IDS, 0)


def test_a_ranking_gives_one_point_to_its_last_and_one_more_to_each_before() -> None:
    """As the Pabulib archive scores it, also where a ballot ranks fewer than it may."""
    ballots = Ballots.rankings(IDS, [("c", "a", "b"), ("c", "b"), ("d",)])

    assert ballots.scores() == {"a": 2, "b": 2, "c": 5, "d": 1}
    assert points_by_place(np.array([0, 3, 3, 5])).tolist() == [3, 2, 1, 2, 1]


def test_for_and_against_is_net() -> None:
    ballots = Ballots.scored(
        IDS, [{"a": 1, "b": -1}, {"a": -1, "b": -1}, {"a": 1}], BallotForm.FOR_AGAINST
    )

    assert ballots.scores() == {"a": 1, "b": -2, "c": 0, "d": 0}


def test_sums_beyond_doubles_are_exact() -> None:
    ballots = Ballots(
        BallotForm.CUMULATIVE,
        ("a",),
        np.array([0, 1, 2]),
        np.array([0, 0], np.int32),
        np.array([1, 3]),
        np.array([2**60 + 1, 1]),
    )

    assert ballots.scores() == {"a": 2**60 + 4}


def test_a_project_that_is_not_on_the_ballot_is_an_error() -> None:
    with pytest.raises(KeyError):
        Ballots.choices(IDS, [("x",)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"ids": ("a", "a")},
        {"starts": [0, 1]},
        {"starts": [1, 1, 2]},
        {"starts": [0, 1, 1]},
        {"marks": [0, 2]},
        {"marks": [-1, 0]},
        {"points": [1, 1]},
        {"form": BallotForm.ORDINAL},
        {"form": BallotForm.ORDINAL, "points": [1]},
    ],
)
def test_arrays_that_do_not_belong_together_are_an_error(wrong: dict[str, Any]) -> None:
    sound: dict[str, Any] = {
        "form": BallotForm.APPROVAL,
        "ids": ("a", "b"),
        "starts": [0, 1, 2],
        "marks": [0, 1],
        "times": [1, 1],
    }

    assert Ballots(**_arrays(sound)).cast == 2
    with pytest.raises(ValueError, match="do not belong together"):
        Ballots(**_arrays(sound | wrong))


def _arrays(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: np.array(value, np.int64) if isinstance(value, list) else value
        for name, value in fields.items()
    }


def test_ballots_among_some_projects_are_those_that_mark_one() -> None:
    ballots = Ballots.rankings(IDS, [("c", "a", "b"), ("c",), ("d",), ("b", "c")])

    among = ballots.among(["a", "b"])

    assert among.cast == 2
    assert among.scores() == {"a": 2, "b": 3, "c": 0, "d": 0}
    assert Ballots.choices(IDS, [("a",), ()]).among(["a"]).cast == 1


@given(st.lists(st.dictionaries(st.sampled_from(IDS), st.integers(-5, 5))))
def test_scores_are_sums(given_ballots: list[dict[str, int]]) -> None:
    scores = Ballots.scored(IDS, given_ballots).scores()

    assert scores == {one: sum(ballot.get(one, 0) for ballot in given_ballots) for one in IDS}
