"""Lists of ids give the same ballots however they are read, and faults are named."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.rules.tally.ballots import BallotForm, Ballots
from civic.rules.tally.written import Fault, FaultKind, read_lists

IDS = ("7", "12", "2024/KAG/3"[-8:], "ä")
LONG = ("7", "12", "2022/BAD/0003")


def said(ballots: Ballots) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Return what every ballot says, in no order."""
    points = [1] * ballots.marks.size if ballots.points is None else ballots.points.tolist()
    bounds = ballots.starts.tolist()
    marks = [ballots.ids[mark] for mark in ballots.marks.tolist()]
    return sorted(
        (tuple(marks[begin:end]), tuple(points[begin:end]))
        for begin, end, times in zip(bounds, bounds[1:], ballots.times.tolist(), strict=False)
        for _ in range(times)
    )


def read(
    lists: Sequence[str],
    points: Sequence[str] = (),
    form: BallotForm = BallotForm.APPROVAL,
    ids: Sequence[str] = IDS,
) -> tuple[list[tuple[tuple[str, ...], tuple[int, ...]]], tuple[Fault, ...]]:
    ballots, faults = read_lists(form, ids, lists, points)
    assert ballots.cast == len(lists)
    return said(ballots), faults


@pytest.mark.parametrize("ids", [IDS, LONG])
def test_every_list_is_a_ballot_and_an_empty_one_too(ids: Sequence[str]) -> None:
    ballots, faults = read(["7,12", "", "12", "7,12", "12, 7 "], ids=ids)
    assert ballots == [
        ((), ()),
        (("12",), (1,)),
        (("12", "7"), (1, 1)),
        (("7", "12"), (1, 1)),
        (("7", "12"), (1, 1)),
    ]
    assert faults == ()


def test_equal_lists_are_one_group() -> None:
    ballots, _ = read_lists(BallotForm.APPROVAL, IDS, ["7,12"] * 5 + ["12"])
    assert ballots.times.tolist() == [5, 1]


def test_a_ranking_gives_its_last_project_one_point() -> None:
    ballots, _ = read(["12,7,ä", "7"], form=BallotForm.ORDINAL)
    assert ballots == [(("12", "7", "ä"), (3, 2, 1)), (("7",), (1,))]


def test_points_belong_to_the_project_at_their_place() -> None:
    ballots, faults = read(
        ["12,7", "7", "", "12"], ["2, 1", "-3", "", "2.0"], BallotForm.CUMULATIVE
    )
    assert ballots == [((), ()), (("12",), (2,)), (("12", "7"), (2, 1)), (("7",), (-3,))]
    assert faults == ()


@pytest.mark.parametrize(
    ("text", "points", "form", "fault"),
    [
        ("7,13", (), BallotForm.APPROVAL, (FaultKind.UNKNOWN, "13")),
        ("7,,12", (), BallotForm.APPROVAL, (FaultKind.UNKNOWN, "")),
        ("7,12345678", (), BallotForm.APPROVAL, (FaultKind.UNKNOWN, "12345678")),
        ("7,123456789", (), BallotForm.APPROVAL, (FaultKind.UNKNOWN, "123456789")),
        ("7\n12", (), BallotForm.APPROVAL, (FaultKind.UNKNOWN, "7\n12")),
        ("7\0", (), BallotForm.APPROVAL, (FaultKind.UNKNOWN, "7\0")),
        ("7,12,7", (), BallotForm.APPROVAL, (FaultKind.DOUBLED, "7")),
        ("12,7", (), BallotForm.CHOOSE_ONE, (FaultKind.TOO_MANY, "12,7")),
        ("12,7", ("1",), BallotForm.CUMULATIVE, (FaultKind.UNEVEN, "1")),
        ("12,7", ("",), BallotForm.CUMULATIVE, (FaultKind.UNEVEN, "")),
        ("12,7", ("1,x",), BallotForm.CUMULATIVE, (FaultKind.NO_POINTS, "x")),
        ("12,7", ("1,1.5",), BallotForm.CUMULATIVE, (FaultKind.NO_POINTS, "1.5")),
    ],
)
def test_a_fault_is_named_with_every_row_that_has_it(
    text: str, points: Sequence[str], form: BallotForm, fault: tuple[FaultKind, str]
) -> None:
    lists = ["7", text, "12", text]
    given_points = ["1", *points, "1", *points] if points else ()
    _, faults = read(lists, given_points, form)
    assert faults == (Fault(1, *fault), Fault(3, *fault))


def test_faults_come_in_the_order_of_the_rows() -> None:
    _, faults = read(["13", "14,15", "7", "13"])
    unknown = FaultKind.UNKNOWN
    assert faults == tuple(
        Fault(row, unknown, text) for row, text in ((0, "13"), (1, "14"), (1, "15"), (3, "13"))
    )


def test_what_is_named_again_counts_once() -> None:
    ballots, faults = read(["7,12,7"])
    assert ballots == [(("7", "12"), (1, 1))]
    assert faults == (Fault(0, FaultKind.DOUBLED, "7"),)


@pytest.mark.parametrize("ids", [(), ("",), ("a\0", "a")])
def test_ids_that_make_no_number_are_found_by_their_text(ids: Sequence[str]) -> None:
    ballots, faults = read(["", *ids[:1]], ids=ids)
    assert len(ballots) == 1 + len(ids[:1])
    assert faults == ()


def test_no_lists_are_no_ballots() -> None:
    assert read([]) == ([], ())
    assert read([], form=BallotForm.CUMULATIVE) == ([], ())


BALLOTS = st.lists(st.lists(st.integers(0, 11), unique=True, max_size=6), max_size=40)


@given(BALLOTS, st.integers(1, 300), st.sampled_from([BallotForm.APPROVAL, BallotForm.ORDINAL]))
@settings(deadline=None, database=None)
def test_all_ways_of_reading_give_the_same_ballots(
    ballots: list[list[int]], cells: int, form: BallotForm
) -> None:
    short, long = [f"p{n}" for n in range(12)], [f"project-{n}" for n in range(12)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("civic.rules.tally.written._CELLS", cells)
        together, _ = read(
            [",".join(short[mark] for mark in ballot) for ballot in ballots], (), form, short
        )
        one_by_one, _ = read(
            [",".join(long[mark] for mark in ballot) for ballot in ballots], (), form, long
        )
    named = [
        (tuple(id_.replace("project-", "p") for id_ in marks), points)
        for marks, points in one_by_one
    ]
    assert sorted(together) == sorted(named)
