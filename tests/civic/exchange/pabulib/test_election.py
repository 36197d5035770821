"""What a file means: amounts, ballots, thresholds, exclusions, divided funds."""

import pytest

from civic.exchange.pabulib.amounts import in_smallest
from civic.model.cycle import TieBreak, Transfer
from civic.rules.tally.ballots import BallotForm
from civic.rules.tally.contest import Pot
from tests.civic.exchange.pabulib.files import SMALL, changed, election, faults

APPROVAL = "vote_type;approval"
POINTS = {
    "voter_id;vote;age": "voter_id;vote;points",
    "1;a,b;34": "1;a,b;2,1",
    "3;a,c;19": "3;a,c;1,-1",
    "4;b;70": "4;b;3",
}


def test_a_file_is_a_contest() -> None:
    found = election(SMALL)
    assert found.rule == "greedy"
    assert found.places == 0
    assert found.notes == ()
    contest = found.contest
    assert [(one.id, one.cost, one.position, one.pot) for one in contest.candidates] == [
        ("a", 600, 0, ""),
        ("b", 500, 1, ""),
        ("c", 300, 2, ""),
    ]
    assert contest.terms.fund == 1000
    assert contest.terms.ties == (TieBreak.LOWER_COST,)
    assert contest.ballots.form is BallotForm.APPROVAL
    assert contest.votes() == {"a": 3, "b": 2, "c": 1}


@pytest.mark.parametrize(
    ("budget", "cost", "amounts", "places"),
    [
        ("1000.0", "600,00", (1000, 600), 0),
        ("1000,5", "600", (10005, 6000), 1),
        ("1000", "600.25", (100000, 60025), 2),
        ("1000", "0600.250", (100000, 60025), 2),
        ("1000,123", "600", (1000123, 600000), 3),
    ],
)
def test_amounts_are_exact_in_the_smallest_part_that_is_used(
    budget: str, cost: str, amounts: tuple[int, int], places: int
) -> None:
    found = election(changed({"budget;1000": f"budget;{budget}", "a;600": f"a;{cost}"}))
    assert (found.contest.terms.fund, found.contest.candidates[0].cost) == amounts
    assert found.places == places
    assert found.contest.terms.unit == 10**places


@pytest.mark.parametrize(
    "amount",
    ["", "free", "-5", "1 000", "1e3", "1,000,000", "1.", ".5", "100,000", "1,000", "١", "9" * 19],
)
def test_what_is_no_amount_or_may_be_two_is_not_guessed(amount: str) -> None:
    found = f"«{amount}»" if amount else "nothing"
    expected = f"expected an amount of up to 18 digits, like 1500 or 1500.50, found {found}"
    assert faults(changed({"b;500": f"b;{amount}"})) == [f"line 12, cost: {expected}"]
    if amount:
        assert faults(changed({"budget;1000": f"budget;{amount}"})) == [
            f"line 6, budget: {expected}"
        ]


@pytest.mark.parametrize(
    ("vote_type", "form", "votes"),
    [
        ("approval", BallotForm.APPROVAL, {"a": 3, "b": 2, "c": 1}),
        ("knapsack", BallotForm.KNAPSACK, {"a": 3, "b": 2, "c": 1}),
        ("ordinal", BallotForm.ORDINAL, {"a": 5, "b": 2, "c": 1}),
    ],
)
def test_votes_without_points(vote_type: str, form: BallotForm, votes: dict[str, int]) -> None:
    contest = election(changed({APPROVAL: f"vote_type;{vote_type}"})).contest
    assert contest.ballots.form is form
    assert contest.votes() == votes


@pytest.mark.parametrize(
    ("vote_type", "form"),
    [
        ("cumulative", BallotForm.CUMULATIVE),
        ("scoring", BallotForm.CUMULATIVE),
        ("scoring\nmin_points;-1", BallotForm.CUMULATIVE),
        ("scoring\nmin_points;-1\nmax_points;1", BallotForm.FOR_AGAINST),
    ],
)
def test_votes_with_points(vote_type: str, form: BallotForm) -> None:
    content = changed({**POINTS, APPROVAL: f"vote_type;{vote_type}", "2;a;": "2;a;1"})
    contest = election(content).contest
    assert contest.ballots.form is form
    assert contest.votes() == {"a": 4, "b": 4, "c": -1}


def test_one_choice_is_one_choice() -> None:
    content = changed({APPROVAL: "vote_type;choose-1", "3;a,c": "3;"})
    assert faults(content) == ["line 16, vote: expected at most one project, found «a,b»"]
    content = changed({APPROVAL: "vote_type;choose-1", "3;a,c": "3;", "1;a,b": "1;a"})
    assert election(content).contest.votes() == {"a": 2, "b": 1, "c": 0}


def test_an_approval_that_is_named_again_counts_once_and_is_noted() -> None:
    found = election(changed({"3;a,c;19": "3;a,c,a;19"}))
    assert found.contest.votes() == {"a": 3, "b": 2, "c": 1}
    assert found.notes == ("line 18: project a is named again, counted once",)


def test_a_rank_or_points_given_again_are_not_guessed() -> None:
    assert faults(changed({APPROVAL: "vote_type;ordinal", "3;a,c;19": "3;a,c,a;19"})) == [
        "line 18, vote: expected each project once, found «a»"
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "1;a,b;34",
            "1;a,x;34",
            "line 16, vote: expected projects of the section PROJECTS, found «x»",
        ),
        (
            "b;500;2",
            '"b,d";500;2',
            ("line 12, project_id: expected an id without a comma, found «b,d»"),
        ),
        (
            APPROVAL,
            "vote_type;loud",
            (
                "line 7, vote_type: expected one of approval, choose-1, cumulative, knapsack, "
                "ordinal, scoring, found «loud»"
            ),
        ),
        (APPROVAL, "vote_type;cumulative", "VOTES: expected a column «points», found none"),
        (
            "rule;greedy",
            "rule;greedy\nmin_project_score_threshold;ten",
            (
                "line 9, min_project_score_threshold: expected a whole number of up to 18 digits, "
                "found «ten»"
            ),
        ),
        (
            "rule;greedy",
            "rule;greedy\ndefault_score;1",
            "line 9, default_score: expected 0, since only points that are given count, found «1»",
        ),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(old: str, new: str, fault: str) -> None:
    assert faults(changed({old: new})) == [fault]


def test_points_have_to_be_as_many_as_projects_and_whole() -> None:
    content = changed({**POINTS, APPROVAL: "vote_type;cumulative", "2;a;": "2;a;half"})
    assert faults(content.replace(b"3;a,c;1,-1", b"3;a,c;1")) == [
        "line 17, points: expected points in whole numbers, found «half»",
        "line 18, points: expected as many points as there are projects in the vote, found «1»",
    ]


def test_a_threshold_is_the_least_that_is_enough() -> None:
    content = changed({"rule;greedy": "rule;greedy-threshold\nmin_project_score_threshold;2"})
    threshold = election(content).contest.terms.threshold
    assert threshold.needed(4) == 2


def test_the_comment_names_projects_that_exclude_each_other() -> None:
    comment = (
        "rule;greedy-exclusive\ncomment;#1: The report says that projects a and c both stand on "
        "the market square and could not be implemented simultaneously. #2: Projects a and x "
        "could not be implemented simultaneously."
    )
    conflicts = election(changed({"rule;greedy": comment})).contest.terms.conflicts
    assert conflicts == {("a", "c")}
    assert election(SMALL).contest.terms.conflicts == frozenset()


def test_a_rule_of_exclusion_without_named_projects_is_noted() -> None:
    found = election(changed({"rule;greedy": "rule;greedy-exclusive"}))
    assert found.notes == ("the file names no projects that exclude each other",)


def test_a_file_counted_by_equal_shares_was_not_completed_by_votes() -> None:
    assert election(SMALL).contest.terms.is_completed
    assert not election(
        changed({"rule;greedy": "rule;equalshares/add1"})
    ).contest.terms.is_completed


DIVIDED = {
    "rule;greedy": "rule;greedy\ncategories;green,play\nbudget_per_category;700,300.5",
    "budget;1000": "budget;1000.5",
    "votes;name": "votes;category",
    '3;"Trees; and ""shade"", by the road"': "3;green",
    "Playground": "play",
    "Benches": "green",
}


def test_a_fund_may_be_divided_by_category() -> None:
    contest = election(changed(DIVIDED)).contest
    assert contest.terms.pots == (Pot("green", 7000), Pot("play", 3005))
    assert contest.terms.transfer is Transfer.NONE
    assert [one.pot for one in contest.candidates] == ["green", "play", "green"]


def test_what_the_parts_have_left_is_spent_together_if_the_file_says_so() -> None:
    left = (
        "300.5\nleftover_budget;Fund additional projects that fit within leftover budget, by votes"
    )
    content = changed({**DIVIDED, "rule;greedy": DIVIDED["rule;greedy"].replace("300.5", left)})
    assert election(content).contest.terms.transfer is Transfer.TOGETHER


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "700,300.5",
            "700",
            (
                "line 10, budget_per_category: expected one amount for each of the categories, "
                "found «700»"
            ),
        ),
        (
            "700,300.5",
            "700,x",
            (
                "line 10, budget_per_category: expected one amount for each of the categories, "
                "found «700,x»"
            ),
        ),
        (
            "700,300.5",
            "700,300",
            "line 6, budget: expected the sum of the parts it is divided into, found «1000.5»",
        ),
        ("votes;category", "votes;topic", "PROJECTS: expected a column «category», found none"),
        ("2;play", "2;roads", "line 14, category: expected one of green, play, found «roads»"),
        ("2;play", "2;", "line 14, category: expected one of green, play, found nothing"),
    ],
)
def test_a_divided_fund_has_to_add_up(old: str, new: str, fault: str) -> None:
    assert faults(changed({old: new}, changed(DIVIDED).decode())) == [fault]


def test_what_is_no_amount_has_no_value() -> None:
    with pytest.raises(ValueError, match="free"):
        in_smallest("free", 0)
