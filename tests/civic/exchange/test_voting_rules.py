"""What a cycle's file may say about a vote, and what does not go together."""

from typing import Any

import pytest
from pydantic import ValidationError

from civic.exchange.voting_rules import VotingRulesPart, voting_faults
from civic.model.cycle import DividedBy, Division, FundSource, PotShare, TallyRule, Transfer

VOTE: dict[str, Any] = {
    "ballot": "approval",
    "max_choices": 5,
    "fund": 100,
    "more_than": 0,
    "when_short": "skip",
    "ties": ("lower_cost", "earlier_submission"),
    "seed": "",
    "binding": True,
    "minimum_age": 16,
    "tally": "greedy",
}
CODES = ("bench", "light", "slide")
NAMES = {"kk": "Әкімдік", "ru": "Акимат", "en": "Akimat"}


def part(**changes: object) -> VotingRulesPart:
    """Return the rules above with some changes."""
    return VotingRulesPart.model_validate({**VOTE, **changes})


def faults(**changes: object) -> list[tuple[str, str, str]]:
    """Return what does not go together."""
    return list(voting_faults(part(**changes), CODES))


def division(*funds: int, transfer: str = "none") -> dict[str, object]:
    """Return a fund divided between two parts of town."""
    pots = [{"code": code, "fund": fund} for code, fund in zip(("a", "b"), funds, strict=True)]
    return {"by": "district", "pots": pots, "transfer": transfer}


def test_everything_that_decides_is_taken_over() -> None:
    rules = part(
        tally="greedy-custom",
        when_short="stop",
        top_up_percent=80,
        more_than_percent="2.50",
        conflicts=[("bench", "light")],
        division=division(70, 30, transfer="together"),
        sources=[
            {"names": NAMES, "amount": 60, "reserve": False},
            {"names": NAMES, "amount": 40, "reserve": True},
        ],
    ).rules()

    assert rules.tally is TallyRule.TOP_UP
    assert (rules.top_up_percent, rules.more_than_percent) == (80, "2.5")
    assert rules.conflicts == (("bench", "light"),)
    assert rules.division == Division(
        DividedBy.DISTRICT, (PotShare("a", 70), PotShare("b", 30)), Transfer.TOGETHER
    )
    assert rules.sources == (FundSource(NAMES, 60, False), FundSource(NAMES, 40, True))


@pytest.mark.parametrize(
    ("written", "kept"), [(0, "0"), (5, "5"), ("10", "10"), ("0.10", "0.1"), ("99.9", "99.9")]
)
def test_percentages_are_kept_exactly(written: object, kept: str) -> None:
    assert part(more_than_percent=written).more_than_percent == kept


@pytest.mark.parametrize("written", [100, -1, "-0.5", "many", True, None, 2.5, "NaN", "Infinity"])
def test_what_is_no_percentage_is_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="from 0 up to, not including, 100"):
        part(more_than_percent=written)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"max_choices": None},
            ("max_choices", "a whole number for an approval ballot", "nothing"),
        ),
        (
            {"ballot": "knapsack"},
            ("max_choices", "null for a ballot limited by the fund", "5"),
        ),
        (
            {"more_than": 10, "more_than_percent": 5},
            ("more_than_percent", "0 where more_than is not 0", "5"),
        ),
        (
            {"tally": "greedy-custom", "when_short": "stop"},
            ("top_up_percent", "a percentage such as 80 for greedy-custom", "nothing"),
        ),
        (
            {"tally": "greedy-custom", "top_up_percent": 80},
            ("when_short", "stop for greedy-custom", "skip"),
        ),
        (
            {"top_up_percent": 80},
            ("top_up_percent", "nothing unless tally is greedy-custom", "80"),
        ),
        (
            {"tally": "equalshares/add1", "when_short": "stop"},
            ("when_short", "skip for equalshares/add1", "stop"),
        ),
        (
            {"tally": "equalshares/add1", "more_than": 3},
            (
                "tally",
                "a rule by votes where votes have to pass a threshold",
                "equalshares/add1",
            ),
        ),
        (
            {"tally": "equalshares/add1", "conflicts": [("bench", "light")]},
            ("tally", "a rule by votes where projects exclude each other", "equalshares/add1"),
        ),
        (
            {"conflicts": [("bench", "statue")]},
            ("conflicts[0]", "codes from projects", "«statue»"),
        ),
        (
            {"conflicts": [("bench", "bench")]},
            ("conflicts[0]", "two different projects, each pair once", "bench and bench"),
        ),
        (
            {"conflicts": [("bench", "light"), ("light", "bench")]},
            ("conflicts[1]", "two different projects, each pair once", "light and bench"),
        ),
        (
            {"division": division(70, 20)},
            ("division.pots", "amounts that add up to the fund, 100", "90"),
        ),
        (
            {"sources": [{"names": NAMES, "amount": 60, "reserve": False}]},
            ("sources", "amounts that add up to the fund, 100", "60"),
        ),
        (
            {
                "division": {
                    "by": "topic",
                    "pots": [{"code": "a", "fund": 50}, {"code": "a", "fund": 50}],
                    "transfer": "next",
                }
            },
            ("division.pots", "each code once", "a, a"),
        ),
    ],
)
def test_what_does_not_go_together_is_named(
    changes: dict[str, object], fault: tuple[str, str, str]
) -> None:
    assert faults(**changes) == [fault]


def test_whole_rules_have_no_fault() -> None:
    sources = [
        {"names": NAMES, "amount": 60, "reserve": False},
        {"names": NAMES, "amount": 40, "reserve": True},
    ]
    assert faults(division=division(70, 30), sources=sources, conflicts=[("bench", "light")]) == []
    assert faults(tally="equalshares/add1-comparison") == []
