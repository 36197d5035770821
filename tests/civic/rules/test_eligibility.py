"""Who may do what; nothing is allowed by default."""

from dataclasses import replace

import pytest

from civic.model.refusal import Reason, Refused
from civic.rules.eligibility import has_declared, in_town, require_voter, vote_of
from tests.civic.rules.votes import RULES, cycle, person, voting_stage


def test_who_has_declared_may_vote() -> None:
    require_voter(person(), RULES)


@pytest.mark.parametrize(
    "undeclared",
    [
        person(declared_at=None, declared_age=None),
        person(declared_at=None),
        person(declared_age=None),
        person(declared_age=15),
    ],
)
def test_who_has_not_declared_all_of_it_may_not_vote(undeclared: object) -> None:
    with pytest.raises(Refused) as refused:
        require_voter(undeclared, RULES)  # type: ignore[arg-type]

    assert refused.value.reason is Reason.NOT_DECLARED
    assert refused.value.facts == {"minimum_age": 16}


def test_a_declaration_of_sixteen_says_nothing_about_eighteen() -> None:
    assert not has_declared(person(declared_age=16), replace(RULES, minimum_age=18))
    assert has_declared(person(declared_age=18), replace(RULES, minimum_age=16))


def test_a_cycle_of_another_town_is_not_there() -> None:
    own = cycle(community_id=1)

    assert in_town(own, person(community_id=1)) is own
    for unseen in (None, cycle(community_id=2)):
        with pytest.raises(Refused) as refused:
            in_town(unseen, person(community_id=1))
        assert refused.value.reason is Reason.NOT_FOUND


def test_a_cycle_has_a_vote_only_with_its_stage_and_its_rules() -> None:
    assert vote_of(cycle()) == (voting_stage(), RULES)
    for without in (replace(cycle(), stages=()), cycle(rules=None)):
        with pytest.raises(Refused) as refused:
            vote_of(without)
        assert refused.value.reason is Reason.NO_SUCH_STAGE
