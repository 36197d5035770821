"""Every small real election has the same winners by pabutools."""

from typing import Final

import pytest
from pabutools.election import Cost_Sat
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares

from civic.exchange.pabulib import election_of, read_pabulib
from civic.model.cycle import TieBreak
from civic.rules.tally import count
from civic.rules.tally.contest import Contest, Terms
from tests.civic.exchange.pabulib.archive import ARCHIVE, FILES
from tests.civic.rules.tally.contests import choices_of, contest_of
from tests.civic.rules.tally.peer import by_submission, names, preferred, theirs

SMALL: Final = 60_000
"""Bytes; the peer takes seconds for larger ones."""
SMALL_FILES: Final = [name for name in FILES if (ARCHIVE / name).stat().st_size <= SMALL]
FEW: Final = 600
"""Ballots of which the peer's equal shares make short work."""


def plain(name: str) -> Contest:
    """Return the election as approvals with the plainest terms, which both know."""
    contest = election_of(read_pabulib((ARCHIVE / name).read_bytes(), name)).contest
    terms = Terms(contest.terms.fund, ties=(TieBreak.EARLIER_SUBMISSION,), is_completed=False)
    return contest_of(
        {one.id: one.cost for one in contest.candidates},
        choices_of(contest),
        terms,
        {one.id: one.position for one in contest.candidates},
    )


@pytest.mark.usefixtures("shared")
def test_there_are_small_elections() -> None:
    assert len(SMALL_FILES) > 50


@pytest.mark.parametrize("name", SMALL_FILES)
def test_the_peer_has_the_same_winners(name: str) -> None:
    contest = plain(name)
    tie_breaking = by_submission(contest)
    instance, profile = theirs(contest, contest.terms.fund)

    greedy = greedy_utilitarian_welfare(
        instance, profile, sat_class=Cost_Sat, tie_breaking=tie_breaking
    )

    assert set(count(contest, "greedy").funded()) == set(names(greedy))
    if contest.ballots.cast <= FEW:
        shares = method_of_equal_shares(
            instance, profile, sat_class=Cost_Sat, tie_breaking=tie_breaking
        )
        assert list(count(contest, "equalshares").funded()) == names(shares)
        compared = preferred(instance, profile, [shares, greedy])
        assert set(count(contest, "equalshares-comparison").funded()) == set(compared)
