"""A divided fund, and several sources of it."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.model.cycle import Transfer
from civic.model.results import Outcome
from civic.rules.tally import count
from civic.rules.tally.ballots import Ballots
from civic.rules.tally.contest import (
    Candidate,
    Contest,
    Pot,
    Source,
    Terms,
    Threshold,
)
from tests.civic.rules.tally.contests import outcomes, voted

FUNDED, SHORT, BELOW = Outcome.FUNDED, Outcome.DOES_NOT_FIT, Outcome.BELOW_THRESHOLD
POTS = (Pot("north", 60), Pot("south", 40))


def divided(votes: dict[str, tuple[str, int, int]], terms: Terms) -> Contest:
    """Return a contest of projects with a pot, so many votes and a cost."""
    return Contest(
        candidates=[
            Candidate(one, cost, place, pot)
            for place, (one, (pot, _, cost)) in enumerate(votes.items())
        ],
        ballots=Ballots.choices(
            list(votes), ([one] for one, (_, given, _) in votes.items() for _ in range(given))
        ),
        terms=terms,
    )


PROJECTS = {
    "n1": ("north", 9, 50),
    "n2": ("north", 8, 20),
    "s1": ("south", 3, 30),
    "s2": ("south", 2, 20),
}


@pytest.mark.parametrize(
    ("transfer", "funded", "left", "left_in"),
    [
        (Transfer.NONE, ("n1", "s1"), 20, (("north", 10), ("south", 10))),
        (Transfer.NEXT, ("n1", "s1", "s2"), 0, (("north", 0), ("south", 0))),
        (Transfer.TOGETHER, ("n1", "s1", "n2"), 0, ()),
    ],
)
def test_what_a_pot_has_left_goes_where_the_terms_say(
    transfer: Transfer,
    funded: tuple[str, ...],
    left: int,
    left_in: tuple[tuple[str, int], ...],
) -> None:
    counted = count(divided(PROJECTS, Terms(100, pots=POTS, transfer=transfer)), "greedy")

    assert counted.funded() == funded
    assert (counted.spent, counted.left, counted.left_in) == (100 - left, left, left_in)
    assert [one.rank for one in counted.decisions] == [1, 2, 3, 4]
    assert {one.id: one.pot for one in counted.decisions} == {
        "n1": "north",
        "n2": "north",
        "s1": "south",
        "s2": "south",
    }


def test_a_share_of_ballots_is_of_those_that_concern_the_pot() -> None:
    threshold = Threshold(share=Fraction(1, 2))
    terms = Terms(100, threshold=threshold, pots=POTS, transfer=Transfer.TOGETHER)

    counted = count(divided(PROJECTS, terms), "greedy")

    assert {one.id: one.needed for one in counted.decisions} == {
        "n1": 9,
        "n2": 9,
        "s1": 3,
        "s2": 3,
    }
    assert outcomes(counted) == {"n1": FUNDED, "s1": FUNDED, "n2": BELOW, "s2": BELOW}


def test_a_project_that_passed_in_its_pot_needs_no_more_votes_afterwards() -> None:
    terms = Terms(
        100, threshold=Threshold(votes=8, strict=True), pots=POTS, transfer=Transfer.TOGETHER
    )
    projects = {"n1": ("north", 9, 70), "n2": ("north", 8, 5), "s1": ("south", 3, 30)}

    counted = count(divided(projects, terms), "greedy")

    assert outcomes(counted) == {"n2": BELOW, "s1": BELOW, "n1": FUNDED}
    assert counted.decisions[-1].needed == 9


def test_who_lost_a_tie_in_a_pot_and_won_afterwards_lost_nothing_by_it() -> None:
    projects = {"n1": ("north", 9, 40), "n2": ("north", 9, 41), "s1": ("south", 3, 10)}
    divided_fund = divided(projects, Terms(100, pots=POTS))
    together = divided(projects, Terms(100, pots=POTS, transfer=Transfer.TOGETHER))

    assert [tie.is_decisive for tie in count(divided_fund, "greedy").ties] == [True]
    assert count(together, "greedy").funded() == ("n1", "s1", "n2")
    assert [tie.is_decisive for tie in count(together, "greedy").ties] == [False]


def test_what_more_voters_gave_up_for_votes_may_still_win_from_what_is_put_together() -> None:
    """North: equal shares buy b and c, but seven of ten get more from a."""
    ballots = [["a"]] * 7 + [["b", "c"]] * 3 + [["s"]]
    costs = {"a": ("north", 50), "b": ("north", 10), "c": ("north", 8), "s": ("south", 10)}
    terms = Terms(100, pots=POTS, transfer=Transfer.TOGETHER)
    contest = Contest(
        candidates=[
            Candidate(one, cost, place, pot)
            for place, (one, (pot, cost)) in enumerate(costs.items())
        ],
        ballots=Ballots.choices(list(costs), ballots),
        terms=terms,
    )

    assert set(count(contest, "equalshares-comparison").funded()) == {"a", "b", "c", "s"}


def test_conflicts_hold_between_pots() -> None:
    terms = Terms(100, pots=POTS, conflicts=frozenset({("s1", "n1")}))

    counted = count(divided(PROJECTS, terms), "greedy")

    assert outcomes(counted) == {
        "n1": FUNDED,
        "n2": SHORT,
        "s2": FUNDED,
        "s1": Outcome.EXCLUDED_BY_CONFLICT,
    }
    assert counted.decisions[-1].conflict_with == ("n1",)


def test_every_rule_counts_pots() -> None:
    """Of 60 for 17 voters n2 takes 20; once those of n1 have its 50, both would cost too much."""
    counted = count(divided(PROJECTS, Terms(100, pots=POTS)), "equalshares/add1")

    assert set(counted.funded()) == {"n2", "s1"}


def test_a_project_of_no_pot_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such pot for s1, s2"):
        count(divided(PROJECTS, Terms(60, pots=(POTS[0],))), "greedy")


KHROMTAU = (Source("akimat", 15_000_000, is_reserve=True), Source("company", 50_000_000))


def test_a_reserve_pays_what_other_sources_do_not_cover() -> None:
    """Khromtau 2020: 61.04 m of 50 m from the company and 15 m from the akimat."""
    projects = {"a": (9, 45_000_000), "b": (8, 16_040_000), "c": (7, 4_000_000)}

    counted = count(voted(projects, Terms(65_000_000, sources=KHROMTAU)), "greedy")

    first, second, third = counted.decisions
    assert first.paid == (("company", 45_000_000),)
    assert second.paid == (("company", 5_000_000), ("akimat", 11_040_000))
    assert (second.from_reserve, third.paid, third.from_reserve) == (11_040_000, (), 0)
    assert counted.left_of == (("company", 0), ("akimat", 3_960_000))
    assert outcomes(counted) == {"a": FUNDED, "b": FUNDED, "c": SHORT}


def test_what_tops_a_project_up_is_not_paid_by_the_sources() -> None:
    terms = Terms(100, sources=(Source("town", 100),))

    counted = count(voted({"a": (9, 120)}, terms), "greedy-custom")

    assert counted.decisions[0].paid == (("town", 100),)
    assert counted.decisions[0].added == 20


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=2),
        st.tuples(st.sampled_from(["north", "south"]), st.integers(0, 5), st.integers(0, 60)),
        min_size=1,
    ),
    st.sampled_from(Transfer),
    st.sampled_from(["greedy", "greedy-no-skip", "equalshares", "equalshares/add1-comparison"]),
)
def test_a_divided_fund_is_never_overspent_and_everything_is_decided_once(
    projects: dict[str, tuple[str, int, int]], transfer: Transfer, rule: str
) -> None:
    terms = Terms(100, pots=POTS, transfer=transfer, sources=(Source("a", 70), Source("b", 30)))

    counted = count(divided(projects, terms), rule)

    costs = sum(one.cost for one in counted.decisions if one.outcome.is_funded)
    assert costs == counted.spent == 100 - counted.left
    assert counted.left >= 0
    assert sorted(outcomes(counted)) == sorted(projects)
    assert sum(left for _, left in counted.left_of) == counted.left
    if transfer is not Transfer.TOGETHER:
        assert sum(left for _, left in counted.left_in) == counted.left
    if transfer is Transfer.NONE:
        for pot in POTS:
            spent = [
                one.cost
                for one in counted.decisions
                if one.pot == pot.name and one.outcome.is_funded
            ]
            assert sum(spent) <= pot.fund


@pytest.mark.parametrize("transfer", Transfer)
def test_one_pot_is_as_good_as_none(transfer: Transfer) -> None:
    projects = {one: ("north", votes, cost) for one, (_, votes, cost) in PROJECTS.items()}
    undivided = divided(projects, Terms(100))
    terms = replace(undivided.terms, pots=(Pot("north", 100),), transfer=transfer)

    counted = count(replace(undivided, terms=terms), "greedy")

    assert counted.funded() == count(undivided, "greedy").funded()
