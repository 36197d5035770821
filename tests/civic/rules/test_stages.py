"""What each kind of stage permits: stage × permission × moment."""

from datetime import datetime, timedelta

import pytest

from civic.model.cycle import StageKind
from civic.model.refusal import Reason, Refused
from civic.rules.stages import PERMITS, Permission, require, stage_for
from tests.civic.cycles import cycle, local, stage

OPENS, CLOSES = local(3, 1, 9), local(3, 15, 18)
TABLE = {
    StageKind.IDEAS: {Permission.WRITE_IDEA, Permission.SUPPORT_IDEA},
    StageKind.REVIEW: set(),
    StageKind.VOTING: {Permission.VOTE},
    StageKind.RESULTS: set(),
    StageKind.BUILDING: set(),
    StageKind.CONSULTATION: {Permission.COMMENT},
    StageKind.ANSWERS: set(),
}


def test_every_kind_of_stage_is_in_the_table() -> None:
    assert set(TABLE) == set(PERMITS) == set(StageKind)


@pytest.mark.parametrize("kind", StageKind)
@pytest.mark.parametrize("permission", Permission)
def test_a_stage_permits_what_the_table_says(kind: StageKind, permission: Permission) -> None:
    made = cycle(stage(kind, OPENS, CLOSES))
    if permission in TABLE[kind]:
        assert require(made, permission, OPENS) == made.stages[0]
        return
    assert stage_for(made, permission) is None
    with pytest.raises(Refused) as refusal:
        require(made, permission, OPENS)
    assert refusal.value.reason is Reason.NO_SUCH_STAGE


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (OPENS - timedelta(microseconds=1), Reason.NOT_OPEN_YET),
        (OPENS, None),
        (CLOSES - timedelta(microseconds=1), None),
        (CLOSES, Reason.CLOSED),
    ],
)
def test_outside_its_dates_a_stage_refuses_and_says_them(
    moment: datetime, reason: Reason | None
) -> None:
    made = cycle(stage(StageKind.VOTING, OPENS, CLOSES))
    if reason is None:
        assert require(made, Permission.VOTE, moment) == made.stages[0]
        return
    with pytest.raises(Refused) as refusal:
        require(made, Permission.VOTE, moment)
    assert refusal.value.reason is reason
    assert refusal.value.facts == {"opens_at": OPENS, "closes_at": CLOSES}
