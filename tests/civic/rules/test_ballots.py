"""What one ballot may hold."""

from dataclasses import replace

import pytest

from civic.model.cycle import BallotKind
from civic.model.refusal import Reason, Refused
from civic.rules.ballots import money_left, price, require_room
from tests.civic.rules.votes import RULES, project

KNAPSACK = replace(RULES, ballot=BallotKind.KNAPSACK, max_choices=None)


def test_an_approval_ballot_has_room_up_to_its_limit() -> None:
    require_room([project(1)], project(2, cost=10_000), RULES)

    with pytest.raises(Refused) as refused:
        require_room([project(1), project(2)], project(3), RULES)

    assert refused.value.reason is Reason.TOO_MANY_CHOICES
    assert refused.value.facts == {"limit": 2}


def test_an_approval_ballot_without_a_limit_takes_everything() -> None:
    unlimited = replace(RULES, max_choices=None)

    require_room([project(number) for number in range(1, 50)], project(50), unlimited)


def test_a_knapsack_ballot_has_room_while_the_fund_lasts() -> None:
    require_room([project(1, 60)], project(2, 40), KNAPSACK)

    with pytest.raises(Refused) as refused:
        require_room([project(1, 60)], project(2, 41), KNAPSACK)

    assert refused.value.reason is Reason.OVER_FUND
    assert refused.value.facts == {"left": 40, "cost": 41}


def test_money_left_is_the_fund_less_what_is_chosen() -> None:
    assert money_left([project(1, 60), project(2, 15)], KNAPSACK) == 25


def test_a_project_without_a_cost_cannot_be_voted_on() -> None:
    with pytest.raises(ValueError, match="project 7"):
        price(project(7, cost=None))
