"""What the dates of a cycle mean."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from civic.model.cycle import Cycle, StageAction, StageKind, StageState
from civic.rules.calendar import (
    Doing,
    Phase,
    Transition,
    appeal_ends,
    day_number,
    days_in,
    days_left,
    doing,
    due,
    is_on_show,
    phase,
    state_at,
    vote_beyond_appeal,
)
from tests.civic.cycles import (
    ALMATY,
    DISCUSSION,
    IDEAS,
    RESULTS,
    REVIEW,
    VOTING,
    consultation,
    cycle,
    local,
    stage,
)

MINUTE = timedelta(minutes=1)


def _with(made: Cycle, **states: StageState) -> Cycle:
    return replace(
        made,
        stages=tuple(
            replace(entry, state=states.get(entry.kind.value, entry.state))
            for entry in made.stages
        ),
    )


def _carried_out(made: Cycle, now: datetime) -> list[tuple[StageKind, StageAction]]:
    return [(entry.stage.kind, entry.action) for entry in due(made, now)]


@pytest.mark.parametrize(
    ("now", "expected_phase", "expected_doing"),
    [
        (local(2, 20), Phase.AHEAD, Doing.READ_ABOUT),
        (local(3, 10), Phase.OPEN, Doing.WRITE_IDEA),
        (local(3, 20), Phase.OPEN, Doing.READ_IDEAS),
        (local(3, 28), Phase.BETWEEN, Doing.READ_ABOUT),
        (local(4, 2), Phase.OPEN, Doing.VOTE),
        (local(4, 16), Phase.OPEN, Doing.READ_RESULTS),
        (local(5, 1), Phase.BETWEEN, Doing.READ_RESULTS),
        (local(6, 1), Phase.OPEN, Doing.READ_RESULTS),
        (local(12, 1), Phase.OVER, Doing.READ_RESULTS),
    ],
)
def test_a_participatory_budget_offers_what_its_stage_is_for(
    now: datetime, expected_phase: Phase, expected_doing: Doing
) -> None:
    assert phase(cycle(), now) is expected_phase
    assert doing(cycle(), now) is expected_doing


@pytest.mark.parametrize(
    ("now", "expected_doing"),
    [
        (local(2, 20), Doing.READ_ABOUT),
        (local(3, 10), Doing.COMMENT),
        (local(4, 1), Doing.READ_BUDGET),
        (local(4, 6), Doing.READ_BUDGET),
        (local(6, 1), Doing.READ_BUDGET),
    ],
)
def test_a_consultation_offers_what_its_stage_is_for(now: datetime, expected_doing: Doing) -> None:
    assert doing(consultation(), now) is expected_doing


def test_a_finished_cycle_is_shown_for_thirty_days() -> None:
    over = consultation().stages[-1].closes_at
    assert is_on_show(consultation(), over + timedelta(days=30) - MINUTE)
    assert not is_on_show(consultation(), over + timedelta(days=30))


def test_a_consultation_of_four_weeks_has_28_days() -> None:
    assert days_in(DISCUSSION) == 28
    assert day_number(DISCUSSION, local(3, 1, 0), ALMATY) == 1
    assert day_number(DISCUSSION, local(3, 9, 23, 59), ALMATY) == 9
    assert day_number(DISCUSSION, local(3, 28, 23, 59), ALMATY) == 28


def test_the_number_of_the_day_never_exceeds_the_number_of_days() -> None:
    lasting_28_days = stage(StageKind.CONSULTATION, local(3, 1, 9), local(3, 29, 9))
    assert day_number(lasting_28_days, local(3, 29, 8), ALMATY) == days_in(lasting_28_days) == 28


def test_a_stage_without_length_still_counts_as_a_day() -> None:
    assert days_in(stage(StageKind.IDEAS, local(3, 1), local(3, 1))) == 1


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local(3, 25, 12), 3),
        (local(3, 27, 23, 59), 1),
        (local(3, 28, 0), 0),
        (local(3, 28, 23, 59), 0),
        (local(3, 30), 0),
    ],
)
def test_a_close_at_midnight_belongs_to_the_day_before(now: datetime, expected: int) -> None:
    assert days_left(DISCUSSION, now, ALMATY) == expected


def test_days_follow_the_midnights_of_the_town() -> None:
    late = local(3, 10, 23)
    assert day_number(DISCUSSION, late, ALMATY) == 10
    assert day_number(DISCUSSION, late + timedelta(hours=1), ALMATY) == 11


def test_a_day_is_24_hours_when_the_zone_changed_on_the_way() -> None:
    # Almaty moved from UTC+6 to UTC+5 at midnight of 1 March 2024.
    almaty = ZoneInfo("Asia/Almaty")
    opens_at = datetime(2024, 2, 20, 0, 0, tzinfo=almaty).astimezone(UTC)
    closes_at = datetime(2024, 3, 5, 0, 0, tzinfo=almaty).astimezone(UTC)
    across = stage(StageKind.IDEAS, opens_at, closes_at)
    last_morning = datetime(2024, 3, 4, 9, 0, tzinfo=almaty).astimezone(UTC)
    assert days_left(across, last_morning, almaty) == 0
    assert day_number(across, last_morning, almaty) == 14


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (IDEAS.opens_at - MINUTE, StageState.PLANNED),
        (IDEAS.opens_at, StageState.OPEN),
        (IDEAS.closes_at - MINUTE, StageState.OPEN),
        (IDEAS.closes_at, StageState.CLOSED),
    ],
)
def test_a_stage_opens_and_closes_on_the_minute(now: datetime, state: StageState) -> None:
    assert state_at(IDEAS, now) is state


def test_nothing_is_due_before_the_first_opening() -> None:
    assert due(cycle(), IDEAS.opens_at - MINUTE) == ()


def test_a_stage_is_due_to_open_at_its_very_moment() -> None:
    assert due(cycle(), IDEAS.opens_at) == (Transition(IDEAS.opens_at, IDEAS, StageAction.OPENED),)


def test_where_one_stage_follows_another_the_close_comes_first() -> None:
    made = _with(cycle(), ideas=StageState.OPEN)
    assert _carried_out(made, REVIEW.opens_at) == [
        (StageKind.IDEAS, StageAction.CLOSED),
        (StageKind.REVIEW, StageAction.OPENED),
    ]


def test_after_a_long_downtime_everything_is_due_in_order() -> None:
    assert _carried_out(cycle(), local(4, 16)) == [
        (StageKind.IDEAS, StageAction.OPENED),
        (StageKind.IDEAS, StageAction.CLOSED),
        (StageKind.REVIEW, StageAction.OPENED),
        (StageKind.REVIEW, StageAction.CLOSED),
        (StageKind.VOTING, StageAction.OPENED),
        (StageKind.VOTING, StageAction.CLOSED),
        (StageKind.RESULTS, StageAction.OPENED),
    ]


def test_what_was_carried_out_is_not_due_again() -> None:
    made = _with(cycle(), ideas=StageState.CLOSED, review=StageState.OPEN)
    assert due(made, local(3, 20)) == ()


def test_a_stage_without_length_opens_before_it_closes() -> None:
    made = cycle(stage(StageKind.IDEAS, local(3, 1), local(3, 1)))
    assert _carried_out(made, local(3, 1)) == [
        (StageKind.IDEAS, StageAction.OPENED),
        (StageKind.IDEAS, StageAction.CLOSED),
    ]


def test_a_count_may_be_appealed_until_the_results_stage_closes() -> None:
    assert appeal_ends(cycle()) == RESULTS.closes_at
    assert vote_beyond_appeal(cycle(), RESULTS.closes_at - MINUTE) is None
    assert vote_beyond_appeal(cycle(), RESULTS.closes_at) == VOTING


def test_without_a_results_stage_a_count_may_be_appealed_for_14_days() -> None:
    assert appeal_ends(cycle(VOTING)) == VOTING.closes_at + timedelta(days=14)


def test_without_a_vote_there_is_nothing_to_appeal() -> None:
    assert appeal_ends(consultation()) is None
    assert vote_beyond_appeal(consultation(), local(12, 1)) is None
