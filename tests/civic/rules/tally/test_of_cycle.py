"""A cycle's rules become a contest without losing anything, and its count a protocol."""

from dataclasses import replace
from fractions import Fraction

from civic.model.ballot import Ballot
from civic.model.cycle import (
    BallotKind,
    DividedBy,
    Division,
    FundSource,
    PotShare,
    TallyRule,
    Transfer,
)
from civic.model.results import Outcome, ProjectResult, Remainder
from civic.rules.tally import RULES as COUNTING_RULES
from civic.rules.tally import of_cycle
from civic.rules.tally.ballots import BallotForm
from civic.rules.tally.contest import Pot, Source, Threshold
from civic.rules.tally.decisions import Count, Decision
from tests.civic.rules.votes import RULES, project

PROJECTS = (project(1), project(2))
BALLOTS = (Ballot("a", frozenset({1, 2})), Ballot("b", frozenset({2})))


def test_projects_and_ballots_are_taken_over_by_their_numbers() -> None:
    contest = of_cycle.contest([project(1, 10), project(2, 20)], BALLOTS, RULES)

    assert [(one.id, one.cost, one.position) for one in contest.candidates] == [
        ("1", 10, 1),
        ("2", 20, 2),
    ]
    assert contest.votes() == {"1": 1, "2": 2}
    assert contest.ballots.form is BallotForm.APPROVAL
    assert contest.terms.threshold == Threshold(votes=1, strict=True)
    assert contest.terms.pots == ()


def test_a_share_of_ballots_is_exact() -> None:
    rules = replace(RULES, more_than=0, more_than_percent="2.5", ballot=BallotKind.KNAPSACK)
    terms = of_cycle.contest(PROJECTS, BALLOTS, rules).terms
    assert terms.threshold == Threshold(share=Fraction(1, 40), strict=True)


def test_exclusions_are_taken_over_by_number() -> None:
    rules = replace(RULES, conflicts=(("project-1", "project-2"),))
    contest = of_cycle.contest(PROJECTS, BALLOTS, rules)
    assert contest.terms.conflicts == {("1", "2")}


def test_the_top_up_is_a_share_of_the_cost() -> None:
    rules = replace(RULES, tally=TallyRule.TOP_UP, top_up_percent=80)
    assert of_cycle.contest(PROJECTS, BALLOTS, rules).terms.top_up == Fraction(4, 5)


def test_projects_are_paid_from_the_pot_of_their_district_or_topic() -> None:
    pots = (PotShare("north", 60), PotShare("south", 40))
    projects = [project(1, district="north", topic="south"), project(2, district="south")]
    by_district = replace(RULES, division=Division(DividedBy.DISTRICT, pots, Transfer.NEXT))
    contest = of_cycle.contest(projects, BALLOTS, by_district)

    assert [one.pot for one in contest.candidates] == ["north", "south"]
    assert contest.terms.pots == (Pot("north", 60), Pot("south", 40))
    assert contest.terms.transfer is Transfer.NEXT

    by_topic = replace(RULES, division=Division(DividedBy.TOPIC, pots, Transfer.NONE))
    contest = of_cycle.contest(projects, BALLOTS, by_topic)
    assert [one.pot for one in contest.candidates] == ["south", ""]


def test_sources_keep_their_order_and_their_reserve() -> None:
    sources = (FundSource({"kk": "Компания"}, 70, False), FundSource({"kk": "Әкімдік"}, 30, True))
    rules = replace(RULES, sources=sources)
    contest = of_cycle.contest(PROJECTS, BALLOTS, rules)
    assert contest.terms.sources == (Source("0", 70), Source("1", 30, is_reserve=True))


def test_remainders_are_told_by_their_place_in_the_rules() -> None:
    pots = (PotShare("north", 60), PotShare("south", 40))
    rules = replace(RULES, division=Division(DividedBy.DISTRICT, pots, Transfer.NONE))
    counted = Count(
        decisions=(),
        ballots=0,
        spent=0,
        left=100,
        left_in=(("south", 1), ("north", 2)),
        left_of=(("10", 3), ("2", 4)),
    )
    assert of_cycle.left_in(counted, rules) == (Remainder(1, 1), Remainder(0, 2))
    assert of_cycle.left_of(counted) == (Remainder(2, 4), Remainder(10, 3))


def test_a_protocol_keeps_every_number_of_a_decision() -> None:
    bought = Decision(
        id="7",
        cost=100,
        votes=3,
        outcome=Outcome.FUNDED,
        rank=1,
        left_before=500,
        needed=2,
        tie_with=("11", "9"),
        share=Fraction(100, 3),
        from_reserve=40,
    )
    lost = Decision(
        id="11",
        cost=90,
        votes=2,
        outcome=Outcome.EXCLUDED_BY_CONFLICT,
        rank=2,
        left_before=400,
        conflict_with=("7",),
        added=5,
        means=60,
    )
    counted = Count(decisions=(bought, lost), ballots=4, spent=100, left=400)

    assert of_cycle.results(counted) == (
        ProjectResult(
            project_id=7,
            cost=100,
            votes=3,
            outcome=Outcome.FUNDED,
            rank=1,
            left_before=500,
            needed=2,
            tie_with=(11, 9),
            share=34,
            from_reserve=40,
        ),
        ProjectResult(
            project_id=11,
            cost=90,
            votes=2,
            outcome=Outcome.EXCLUDED_BY_CONFLICT,
            rank=2,
            left_before=400,
            needed=0,
            conflict_with=(7,),
            added=5,
            means=60,
        ),
    )


def test_an_undivided_fund_has_no_remainders() -> None:
    counted = Count(decisions=(), ballots=0, spent=0, left=100)
    assert of_cycle.left_in(counted, RULES) == of_cycle.left_of(counted) == ()


def test_every_rule_that_a_cycle_may_choose_can_be_counted() -> None:
    assert {rule.value for rule in TallyRule} <= COUNTING_RULES.keys()
