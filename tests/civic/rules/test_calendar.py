"""What the dates of a cycle mean."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from civic.model.announcement import NoticeKind
from civic.model.cycle import Cycle, Stage, StageAction, StageKind, StageState
from civic.model.refusal import Reason, Refused
from civic.rules.calendar import (
    FARTHEST,
    Doing,
    Phase,
    Transition,
    appeal_ends,
    closed_now,
    day_number,
    days_in,
    days_left,
    doing,
    due,
    extended,
    is_on_show,
    matters,
    news,
    next_moment,
    opened_now,
    phase,
    reminder,
    state_at,
    vote_beyond_appeal,
)
from tests.civic.cycles import (
    ALMATY,
    ANSWERS,
    BUILDING,
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


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local(2, 1), IDEAS.opens_at),
        (IDEAS.opens_at, IDEAS.closes_at - timedelta(days=3)),
        (IDEAS.closes_at - timedelta(days=3), IDEAS.closes_at - timedelta(days=1)),
        (IDEAS.closes_at - timedelta(days=1), IDEAS.closes_at),
        (local(12, 1), None),
    ],
)
def test_the_alarm_is_set_for_whatever_falls_due_next(
    now: datetime, expected: datetime | None
) -> None:
    assert next_moment(cycle(), now) == expected


def test_the_alarm_is_set_for_the_end_of_appeals() -> None:
    assert next_moment(cycle(VOTING), VOTING.closes_at) == VOTING.closes_at + timedelta(days=14)


def test_the_alarm_of_a_consultation_knows_no_appeals() -> None:
    assert next_moment(consultation(), ANSWERS.closes_at) is None


def _told(made: Cycle, now: datetime) -> list[tuple[NoticeKind, StageKind]]:
    return [(entry.kind, entry.stage.kind) for entry in news(made, due(made, now), now)]


@pytest.mark.parametrize(
    ("made", "now", "expected"),
    [
        pytest.param(
            cycle(),
            IDEAS.opens_at,
            [(NoticeKind.STAGE_OPENED, StageKind.IDEAS)],
            id="an opening is told",
        ),
        pytest.param(
            _with(cycle(), ideas=StageState.OPEN),
            REVIEW.opens_at,
            [(NoticeKind.STAGE_OPENED, StageKind.REVIEW)],
            id="a close is told by the opening that goes with it",
        ),
        pytest.param(
            _with(consultation(), consultation=StageState.OPEN),
            DISCUSSION.closes_at,
            [(NoticeKind.STAGE_CLOSED, StageKind.CONSULTATION)],
            id="a close before a break is told",
        ),
        pytest.param(
            _with(cycle(), ideas=StageState.CLOSED, review=StageState.OPEN),
            REVIEW.closes_at,
            [],
            id="the close of a stage in which nobody takes part is no news",
        ),
        pytest.param(
            _with(consultation(), consultation=StageState.OPEN),
            DISCUSSION.closes_at + timedelta(days=6, hours=23),
            [(NoticeKind.STAGE_CLOSED, StageKind.CONSULTATION)],
            id="a close of last week is still told",
        ),
        pytest.param(
            _with(cycle(DISCUSSION), consultation=StageState.OPEN),
            DISCUSSION.closes_at + timedelta(days=7),
            [],
            id="an older close is not",
        ),
        pytest.param(
            cycle(DISCUSSION),
            DISCUSSION.closes_at,
            [],
            id="what opened and closed meanwhile is told neither as open nor as closed",
        ),
        pytest.param(
            _with(consultation(), consultation=StageState.OPEN),
            local(4, 6),
            [(NoticeKind.STAGE_OPENED, StageKind.ANSWERS)],
            id="after weeks only what is open now is told",
        ),
        pytest.param(
            _with(cycle(), ideas=StageState.CLOSED, review=StageState.CLOSED),
            local(4, 16),
            [(NoticeKind.RESULTS, StageKind.VOTING)],
            id="a vote that was held meanwhile is told by its results alone",
        ),
        pytest.param(
            cycle(),
            local(5, 11),
            [
                (NoticeKind.RESULTS, StageKind.VOTING),
                (NoticeKind.STAGE_OPENED, StageKind.BUILDING),
            ],
            id="results of the last month are told with what is open now",
        ),
        pytest.param(
            cycle(),
            local(5, 16),
            [(NoticeKind.STAGE_OPENED, StageKind.BUILDING)],
            id="results older than a month are no news",
        ),
        pytest.param(
            cycle(RESULTS),
            RESULTS.opens_at,
            [(NoticeKind.STAGE_OPENED, StageKind.RESULTS)],
            id="results without a vote are told when their stage opens",
        ),
    ],
)
def test_only_news_that_still_matters_is_told(
    made: Cycle, now: datetime, expected: list[tuple[NoticeKind, StageKind]]
) -> None:
    assert _told(made, now) == expected


@pytest.mark.parametrize(
    "kind", [NoticeKind.STAGE_OPENED, NoticeKind.STAGE_EXTENDED, NoticeKind.REMINDER]
)
def test_news_of_an_open_stage_matters_until_it_closes(kind: NoticeKind) -> None:
    assert matters(kind, IDEAS, IDEAS.closes_at - MINUTE)
    assert not matters(kind, IDEAS, IDEAS.closes_at)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local(3, 12, 17, 59), None),
        (local(3, 12, 18), 3),
        (local(3, 14, 17, 59), 3),
        (local(3, 14, 18), 1),
        (local(3, 15, 17, 59), 1),
        (local(3, 15, 18), None),
    ],
)
def test_people_are_reminded_three_days_and_one_day_before(
    now: datetime, expected: int | None
) -> None:
    assert reminder(IDEAS, IDEAS.opens_at, now) == expected


def test_a_mark_that_passed_before_the_stage_opened_is_none() -> None:
    short = replace(IDEAS, opens_at=local(3, 13))
    assert reminder(short, short.opens_at, local(3, 13, 12)) is None
    assert reminder(short, short.opens_at, local(3, 14, 18)) == 1


def test_an_extension_makes_the_marks_before_it_void() -> None:
    longer = replace(IDEAS, closes_at=local(3, 16, 18))
    moved_at = local(3, 14, 20)
    assert reminder(longer, moved_at, local(3, 14, 21)) is None
    assert reminder(longer, moved_at, local(3, 15, 18)) == 1


def test_nobody_is_reminded_where_nothing_can_be_done() -> None:
    assert reminder(REVIEW, REVIEW.opens_at, local(3, 25)) is None


def test_an_organiser_opens_a_stage_when_those_before_are_over() -> None:
    now = local(3, 26)
    assert opened_now(cycle(), VOTING, now) == replace(VOTING, opens_at=now)


@pytest.mark.parametrize(
    ("target", "now", "reason"),
    [
        (VOTING, local(3, 20), Reason.EARLIER_OPEN),
        (VOTING, local(4, 2), Reason.ALREADY_OPEN),
        (VOTING, local(4, 20), Reason.ALREADY_CLOSED),
        (BUILDING, local(3, 10), Reason.EARLIER_OPEN),
    ],
)
def test_a_stage_is_not_opened_while_another_is_not_over(
    target: Stage, now: datetime, reason: Reason
) -> None:
    with pytest.raises(Refused) as refused:
        opened_now(cycle(), target, now)
    assert refused.value.reason is reason


def test_the_refusal_to_open_says_which_stage_is_in_the_way() -> None:
    with pytest.raises(Refused) as refused:
        opened_now(cycle(), VOTING, local(3, 20))
    assert refused.value.facts == {"closes_at": REVIEW.closes_at}


def test_an_organiser_closes_an_open_stage() -> None:
    now = local(3, 10)
    assert closed_now(IDEAS, now) == replace(IDEAS, closes_at=now)


@pytest.mark.parametrize(
    ("now", "reason"),
    [(local(2, 10), Reason.NOT_OPEN_YET), (local(3, 20), Reason.ALREADY_CLOSED)],
)
def test_only_an_open_stage_is_closed(now: datetime, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        closed_now(IDEAS, now)
    assert refused.value.reason is reason


def test_a_stage_is_extended_into_the_break_after_it() -> None:
    until = local(3, 30, 18)
    assert extended(cycle(), REVIEW, until, local(3, 20)) == (replace(REVIEW, closes_at=until),)


def test_the_last_stage_is_extended_at_will() -> None:
    until = local(11, 1)
    assert extended(cycle(), BUILDING, until, local(6, 1)) == (replace(BUILDING, closes_at=until),)


def test_a_mistyped_year_is_refused_because_nothing_could_undo_it() -> None:
    farthest = BUILDING.closes_at + FARTHEST
    assert extended(cycle(), BUILDING, farthest, local(6, 1))[0].closes_at == farthest
    with pytest.raises(Refused) as refused:
        extended(cycle(), BUILDING, farthest + MINUTE, local(6, 1))
    assert refused.value.reason is Reason.TOO_FAR
    assert refused.value.facts == {"days": 366}


def test_an_extension_pushes_the_opening_of_the_next_stage_back() -> None:
    until = local(3, 18, 18)
    assert extended(cycle(), IDEAS, until, local(3, 10)) == (
        replace(IDEAS, closes_at=until),
        replace(REVIEW, opens_at=until),
    )


@pytest.mark.parametrize(
    ("closes_at", "now", "reason"),
    [
        (local(3, 20), local(3, 16), Reason.ALREADY_CLOSED),
        (local(3, 9), local(3, 10), Reason.DATE_IN_PAST),
        (local(3, 14), local(3, 10), Reason.NOT_LATER),
        (local(3, 24, 18, 1), local(3, 10), Reason.WOULD_OVERLAP),
    ],
)
def test_a_stage_is_only_extended_forward_and_within_limits(
    closes_at: datetime, now: datetime, reason: Reason
) -> None:
    with pytest.raises(Refused) as refused:
        extended(cycle(), IDEAS, closes_at, now)
    assert refused.value.reason is reason


def test_the_refusal_to_extend_names_the_latest_close_that_is_possible() -> None:
    limit = REVIEW.closes_at - timedelta(days=1)
    with pytest.raises(Refused) as refused:
        extended(cycle(), IDEAS, limit + MINUTE, local(3, 10))
    assert refused.value.facts == {"limit": limit}
    assert extended(cycle(), IDEAS, limit, local(3, 10))[1].opens_at == limit


def test_a_next_stage_of_less_than_a_day_is_not_pushed_back() -> None:
    brief = replace(REVIEW, closes_at=local(3, 16, 6))
    with pytest.raises(Refused) as refused:
        extended(cycle(IDEAS, brief), IDEAS, local(3, 15, 19), local(3, 10))
    assert refused.value.facts == {"limit": brief.opens_at}
