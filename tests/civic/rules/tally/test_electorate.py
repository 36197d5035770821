"""Who supports what is the same, however it is laid out."""

from dataclasses import replace

import numpy as np
import pytest

from civic.rules.tally import electorate as laid_out
from civic.rules.tally.ballots import Ballots
from civic.rules.tally.electorate import Electorate

BALLOTS = Ballots.choices(["a", "b", "c"], [["a", "b"]] * 3 + [["b"]] * 2 + [["a", "c"], []])


@pytest.mark.parametrize("chosen", [[], [0], [1], [0, 1], [0, 1, 2]])
def test_a_table_says_what_the_lists_say(chosen: list[int]) -> None:
    with_table = Electorate.of(BALLOTS)
    assert with_table.table is not None
    groups = np.array(chosen, np.intp)
    assert with_table.support_among(groups) == replace(with_table, table=None).support_among(
        groups
    )


def test_a_large_table_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "_LARGE", 8)
    electorate = Electorate.of(BALLOTS)
    assert electorate.table is None
    assert electorate.support_among(np.arange(3)) == [4, 5, 1]
