"""What is worth telling of a cycle, and when people are told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from civic.model.announcement import Announcement, NoticeKind
from civic.model.cycle import Cycle, Stage, StageKind, StageState
from civic.rules.calendar import due
from civic.rules.news import (
    mark_due,
    marks,
    matters,
    news,
    next_moment,
    notices_of,
    reads_since,
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
Told = list[tuple[NoticeKind, StageKind]]


def _with(made: Cycle, **states: StageState) -> Cycle:
    return replace(
        made,
        stages=tuple(
            replace(entry, state=states.get(entry.kind.value, entry.state))
            for entry in made.stages
        ),
    )


def _told(made: Cycle, now: datetime) -> Told:
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
            [(NoticeKind.STAGE_CLOSED, StageKind.REVIEW)],
            id="also when residents had nothing to do in it, since it tells what comes next",
        ),
        pytest.param(
            _with(cycle(VOTING, RESULTS), voting=StageState.OPEN),
            VOTING.closes_at,
            [(NoticeKind.RESULTS, StageKind.VOTING)],
            id="the close of a vote is told as its results",
        ),
        pytest.param(
            cycle(RESULTS),
            RESULTS.opens_at,
            [(NoticeKind.STAGE_OPENED, StageKind.RESULTS)],
            id="results without a vote are told when their stage opens",
        ),
        pytest.param(
            _with(consultation(), consultation=StageState.OPEN),
            DISCUSSION.closes_at + timedelta(days=6, hours=23),
            [(NoticeKind.STAGE_CLOSED, StageKind.CONSULTATION)],
            id="after hours or days away what still matters is told as ever",
        ),
        pytest.param(
            cycle(DISCUSSION),
            DISCUSSION.closes_at,
            [(NoticeKind.WHILE_AWAY, StageKind.CONSULTATION)],
            id="what opened and closed meanwhile is summed up",
        ),
        pytest.param(
            _with(consultation(), consultation=StageState.OPEN),
            local(4, 6),
            [(NoticeKind.WHILE_AWAY, StageKind.ANSWERS)],
            id="so is a close that an opening has overtaken, together with that",
        ),
        pytest.param(
            _with(cycle(), ideas=StageState.CLOSED, review=StageState.CLOSED),
            local(4, 16),
            [(NoticeKind.WHILE_AWAY, StageKind.RESULTS)],
            id="one summary replaces even the results, which it contains",
        ),
        pytest.param(
            cycle(),
            local(5, 16),
            [(NoticeKind.WHILE_AWAY, StageKind.BUILDING)],
            id="months are summed up once",
        ),
        pytest.param(
            cycle(),
            BUILDING.closes_at + timedelta(days=31),
            [],
            id="nothing is told of a cycle long over",
        ),
    ],
)
def test_everything_is_told_in_time_or_summed_up_once(
    made: Cycle, now: datetime, expected: Told
) -> None:
    assert _told(made, now) == expected


def test_a_summary_begins_with_the_first_thing_that_nobody_was_told() -> None:
    made = _with(cycle(), ideas=StageState.OPEN)
    now = local(3, 26)
    (summary,) = news(made, due(made, now), now)
    assert summary.since == REVIEW.opens_at


def test_a_stage_is_told_by_what_goes_with_it() -> None:
    ideas, review, voting, results, building = (
        notices_of(cycle(), entry) for entry in cycle().stages
    )
    until_end = (NoticeKind.HALF_WAY, NoticeKind.LAST_DAYS, NoticeKind.REMINDER)
    assert ideas == (NoticeKind.STAGE_OPENED, *until_end)
    assert review == (NoticeKind.STAGE_OPENED, NoticeKind.STAGE_CLOSED)
    assert voting == (NoticeKind.STAGE_OPENED, *until_end, NoticeKind.RESULTS)
    assert results == (NoticeKind.STAGE_CLOSED,)
    assert building == (NoticeKind.STAGE_OPENED, NoticeKind.STAGE_CLOSED)


def _announcement(kind: NoticeKind, stage: Stage | None = None) -> Announcement:
    parameters = {} if stage is None else {"closes_at": stage.closes_at.isoformat()}
    return Announcement(1, 1, 1, 1, kind, parameters, local(3, 1))


@pytest.mark.parametrize(
    ("kind", "lasts"),
    [
        (NoticeKind.STAGE_OPENED, timedelta()),
        (NoticeKind.STAGE_EXTENDED, timedelta()),
        (NoticeKind.REMINDER, timedelta()),
        (NoticeKind.LAST_DAYS, timedelta()),
        (NoticeKind.STAGE_CLOSED, timedelta(days=7)),
        (NoticeKind.WHILE_AWAY, timedelta(days=7)),
        (NoticeKind.RESULTS, timedelta(days=30)),
    ],
)
def test_news_of_a_stage_matters_until_it_closes_and_of_its_close_a_while_longer(
    kind: NoticeKind, lasts: timedelta
) -> None:
    end = IDEAS.closes_at + lasts
    assert matters(_announcement(kind), IDEAS, end - MINUTE)
    assert not matters(_announcement(kind), IDEAS, end)


def test_what_was_told_of_a_date_is_void_once_the_date_has_changed() -> None:
    now = local(3, 10)
    assert matters(_announcement(NoticeKind.LAST_DAYS, IDEAS), IDEAS, now)
    later = replace(IDEAS, closes_at=local(3, 20))
    assert not matters(_announcement(NoticeKind.LAST_DAYS, IDEAS), later, now)


def test_what_concerns_one_person_matters_whatever_became_of_the_stage() -> None:
    gone = replace(IDEAS, state=StageState.CANCELLED)
    assert matters(_announcement(NoticeKind.COMMENT_HIDDEN), gone, IDEAS.closes_at)


def test_of_a_cancelled_stage_only_that_is_told() -> None:
    gone = replace(IDEAS, state=StageState.CANCELLED)
    assert matters(_announcement(NoticeKind.STAGE_CANCELLED), gone, local(2, 10))
    assert not matters(_announcement(NoticeKind.STAGE_MOVED), gone, local(2, 10))
    assert not matters(_announcement(NoticeKind.STAGE_CANCELLED), IDEAS, local(2, 10))


def test_the_marks_of_a_stage_fall_into_hours_in_which_people_may_be_told() -> None:
    # The middle of the stage is a Sunday, its last day too.
    assert [(mark.kind, mark.days, mark.at) for mark in marks(IDEAS, ALMATY)] == [
        (NoticeKind.HALF_WAY, None, local(3, 9, 9)),
        (NoticeKind.LAST_DAYS, 3, local(3, 12, 18)),
        (NoticeKind.LAST_DAYS, 1, local(3, 14, 18)),
    ]


def test_the_last_mark_comes_before_a_close_on_monday_morning() -> None:
    monday = replace(IDEAS, closes_at=local(3, 16, 9))
    assert marks(monday, ALMATY)[-1].at == local(3, 14, 20)


def test_the_middle_of_a_short_stage_is_not_told() -> None:
    short = stage(StageKind.IDEAS, local(3, 2, 9), local(3, 11, 9))
    assert [mark.days for mark in marks(short, ALMATY)] == [3, 1]


def test_where_nothing_can_be_done_no_time_runs_out() -> None:
    assert marks(REVIEW, ALMATY) == ()
    assert mark_due(REVIEW, REVIEW.opens_at, local(3, 25), ALMATY) is None


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (local(3, 9, 8, 59), 0),
        (local(3, 9, 9), None),
        (local(3, 12, 17, 59), None),
        (local(3, 12, 18), 3),
        (local(3, 14, 17, 59), 3),
        (local(3, 14, 18), 1),
        (local(3, 15, 17, 59), 1),
        (local(3, 15, 18), 0),
    ],
)
def test_only_the_latest_mark_that_has_passed_is_told(now: datetime, days: int | None) -> None:
    found = mark_due(IDEAS, IDEAS.opens_at, now, ALMATY)
    assert (0 if found is None else found.days) == days


def test_a_mark_that_passed_before_the_stage_opened_is_none() -> None:
    short = replace(IDEAS, opens_at=local(3, 13))
    assert mark_due(short, short.opens_at, local(3, 13, 12), ALMATY) is None
    found = mark_due(short, short.opens_at, local(3, 14, 18), ALMATY)
    assert found is not None
    assert found.days == 1


def test_a_change_of_dates_makes_the_marks_before_it_void() -> None:
    longer = replace(IDEAS, closes_at=local(3, 17, 18))
    moved_at = local(3, 14, 20)
    assert mark_due(longer, moved_at, local(3, 14, 21), ALMATY) is None
    found = mark_due(longer, moved_at, local(3, 16, 18), ALMATY)
    assert found is not None
    assert found.days == 1


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local(2, 1), IDEAS.opens_at),
        (IDEAS.opens_at, local(3, 9, 9)),
        (local(3, 9, 9), local(3, 12, 18)),
        (local(3, 12, 18), local(3, 14, 18)),
        (local(3, 14, 18), IDEAS.closes_at),
        (local(12, 1), None),
    ],
)
def test_the_alarm_is_set_for_whatever_falls_due_next(
    now: datetime, expected: datetime | None
) -> None:
    assert next_moment(cycle(), now, ALMATY) == expected


@pytest.mark.parametrize(
    ("now", "since"),
    [
        pytest.param(local(3, 12, 18), local(3, 12), id="midnight of the town"),
        pytest.param(local(3, 12), local(3, 12), id="midnight itself"),
        pytest.param(local(3, 13) - MINUTE, local(3, 12), id="until the next"),
        pytest.param(IDEAS.opens_at, IDEAS.opens_at, id="an opening"),
        pytest.param(REVIEW.closes_at + MINUTE, REVIEW.closes_at, id="a close"),
    ],
)
def test_news_reads_otherwise_from_midnight_and_when_a_stage_opens_or_closes(
    now: datetime, since: datetime
) -> None:
    assert reads_since(cycle(), now, ALMATY) == since


def test_the_alarm_is_set_for_the_end_of_appeals() -> None:
    over = VOTING.closes_at
    assert next_moment(cycle(VOTING), over, ALMATY) == over + timedelta(days=14)


def test_the_alarm_of_a_consultation_knows_no_appeals() -> None:
    assert next_moment(consultation(), ANSWERS.closes_at, ALMATY) is None


def test_the_marks_follow_the_clock_of_the_town_over_a_change_of_its_zone() -> None:
    # On 29 March 2026 the clocks of Berlin go forward; 18:00 is an hour earlier from then on.
    berlin = ZoneInfo("Europe/Berlin")
    closes_at = datetime(2026, 3, 31, 0, 0, tzinfo=berlin).astimezone(UTC)
    made = replace(VOTING, opens_at=closes_at - timedelta(days=6), closes_at=closes_at)
    assert [mark.at.astimezone(berlin).isoformat() for mark in marks(made, berlin)] == [
        "2026-03-28T09:00:00+01:00",
        "2026-03-30T09:00:00+02:00",
    ]


def test_the_marks_know_that_kazakhstan_has_one_time_since_march_2024() -> None:
    before = datetime(2024, 2, 29, 18, 0, tzinfo=ALMATY).astimezone(UTC)
    made = replace(
        VOTING, opens_at=before - timedelta(days=6), closes_at=before + timedelta(days=1)
    )
    assert made.closes_at == datetime(2024, 3, 1, 12, tzinfo=UTC)
    # A day of 24 hours before 17:00 of the new time is 18:00 of the old one.
    assert marks(made, ALMATY)[-1].at == before
    assert before.astimezone(ZoneInfo("Asia/Qyzylorda")).hour == 17
