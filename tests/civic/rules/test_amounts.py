"""Amounts compare without surprises where something is absent or nought."""

import pytest

from civic.rules.amounts import Change, ChangeKind, change, share


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (100, 112, Change(ChangeKind.BY_PERCENT, 12.0)),
        (100, 50, Change(ChangeKind.BY_PERCENT, -50.0)),
        (100, 0, Change(ChangeKind.BY_PERCENT, -100.0)),
        (-100, -50, Change(ChangeKind.BY_PERCENT, 50.0)),
        (0, 0, Change(ChangeKind.BY_PERCENT, 0.0)),
        (0, 5, Change(ChangeKind.NEW)),
        (None, 5, Change(ChangeKind.NEW)),
        (None, 0, Change(ChangeKind.NEW)),
        (5, None, Change(ChangeKind.DROPPED)),
        (None, None, Change(ChangeKind.ABSENT)),
    ],
)
def test_a_change_is_a_percentage_only_where_there_was_something(
    before: int | None, after: int | None, expected: Change
) -> None:
    assert change(before, after) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(25, 100, 25.0), (0, 100, 0.0), (-5, 100, -5.0)],
)
def test_a_share_is_in_percent(part: int, whole: int, expected: float) -> None:
    assert share(part, whole) == expected


@pytest.mark.parametrize(("part", "whole"), [(None, 100), (5, None), (5, 0), (5, -10)])
def test_there_is_no_share_of_nothing(part: int | None, whole: int | None) -> None:
    assert share(part, whole) is None
