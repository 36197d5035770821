"""What an organiser may do to the dates of a cycle."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from civic.model.cycle import Cycle, Stage, StageAction, StageState
from civic.model.refusal import Reason, Refused
from civic.rules.rescheduling import (
    FARTHEST,
    Rescheduled,
    cancelled,
    closed_now,
    differences,
    extended,
    moved,
    opened_now,
    shortened,
)
from tests.civic.cycles import (
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
)

MINUTE = timedelta(minutes=1)


def _pushed(stage: Stage, opens_at: datetime) -> Stage:
    """Return the stage opening then and lasting as long as before."""
    length = stage.closes_at - stage.opens_at
    return replace(stage, opens_at=opens_at, closes_at=opens_at + length)


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


def test_a_mistyped_year_is_refused() -> None:
    farthest = BUILDING.closes_at + FARTHEST
    assert extended(cycle(), BUILDING, farthest, local(6, 1))[0].closes_at == farthest
    with pytest.raises(Refused) as refused:
        extended(cycle(), BUILDING, farthest + MINUTE, local(6, 1))
    assert refused.value.reason is Reason.TOO_FAR
    assert refused.value.facts == {"days": 366}
    with pytest.raises(Refused) as refused:
        moved(cycle(), BUILDING, BUILDING.opens_at + FARTHEST + MINUTE, local(3, 1))
    assert refused.value.reason is Reason.TOO_FAR


def test_an_extension_takes_the_next_stage_along_as_long_as_it_was() -> None:
    until = local(3, 18, 18)
    assert extended(cycle(), IDEAS, until, local(3, 10)) == (
        replace(IDEAS, closes_at=until),
        _pushed(REVIEW, until),
    )


def test_breaks_between_stages_are_used_up_before_later_stages_move() -> None:
    until = local(3, 25, 18)
    review_closes = local(4, 4, 18)
    voting_closes = review_closes + (VOTING.closes_at - VOTING.opens_at)
    changed = extended(cycle(), IDEAS, until, local(3, 10))
    assert changed == (
        replace(IDEAS, closes_at=until),
        _pushed(REVIEW, until),
        _pushed(VOTING, review_closes),
        _pushed(RESULTS, voting_closes),
    )
    assert changed[-1].closes_at <= BUILDING.opens_at


@pytest.mark.parametrize(
    ("closes_at", "now", "reason"),
    [
        (local(3, 20), local(3, 16), Reason.ALREADY_CLOSED),
        (local(3, 9), local(3, 10), Reason.DATE_IN_PAST),
        (local(3, 14), local(3, 10), Reason.NOT_LATER),
    ],
)
def test_a_stage_is_only_extended_forward(
    closes_at: datetime, now: datetime, reason: Reason
) -> None:
    with pytest.raises(Refused) as refused:
        extended(cycle(), IDEAS, closes_at, now)
    assert refused.value.reason is reason


def test_a_shortened_stage_leaves_the_others_where_they_are() -> None:
    until = local(3, 12, 18)
    assert shortened(IDEAS, until, local(3, 10)) == (replace(IDEAS, closes_at=until),)


@pytest.mark.parametrize(
    ("closes_at", "now", "reason"),
    [
        (local(3, 10), local(3, 16), Reason.ALREADY_CLOSED),
        (local(3, 9), local(3, 10), Reason.DATE_IN_PAST),
        (local(3, 15, 18), local(3, 10), Reason.NOT_EARLIER),
        (local(3, 10, 23), local(3, 10), Reason.TOO_SOON),
        (local(3, 2, 8), local(2, 10), Reason.TOO_SOON),
    ],
    ids=["over", "past", "not earlier", "nobody would hear", "shorter than a day"],
)
def test_people_hear_of_a_shortened_stage_at_least_a_day_before(
    closes_at: datetime, now: datetime, reason: Reason
) -> None:
    with pytest.raises(Refused) as refused:
        shortened(IDEAS, closes_at, now)
    assert refused.value.reason is reason


def test_a_stage_is_moved_forward_and_back_as_long_as_it_was() -> None:
    now = local(3, 10)
    for opens_at in (local(3, 26), local(4, 1, 8)):
        assert moved(cycle(), VOTING, opens_at, now) == (_pushed(VOTING, opens_at),)


def test_a_moved_stage_takes_those_along_that_are_in_its_way() -> None:
    opens_at = local(4, 3, 9)
    voting, *along = moved(cycle(), VOTING, opens_at, local(3, 10))
    assert voting == _pushed(VOTING, opens_at)
    assert along == [_pushed(RESULTS, voting.closes_at)]


@pytest.mark.parametrize(
    ("opens_at", "now", "reason"),
    [
        (local(4, 5), local(4, 2), Reason.ALREADY_OPEN),
        (local(4, 5), local(4, 20), Reason.ALREADY_CLOSED),
        (local(3, 9), local(3, 10), Reason.DATE_IN_PAST),
        (VOTING.opens_at, local(3, 10), Reason.SAME_DATE),
        (local(3, 25, 17), local(3, 10), Reason.WOULD_OVERLAP),
    ],
)
def test_a_stage_is_moved_only_while_ahead_and_not_into_an_earlier_one(
    opens_at: datetime, now: datetime, reason: Reason
) -> None:
    with pytest.raises(Refused) as refused:
        moved(cycle(), VOTING, opens_at, now)
    assert refused.value.reason is reason
    if reason is Reason.WOULD_OVERLAP:
        assert refused.value.facts == {"limit": REVIEW.closes_at}


@pytest.mark.parametrize(
    ("made", "stage", "gone"),
    [
        (cycle(), REVIEW, [REVIEW]),
        (cycle(), VOTING, [VOTING, RESULTS]),
        (cycle(), RESULTS, [RESULTS]),
        (consultation(), DISCUSSION, [DISCUSSION, ANSWERS]),
    ],
)
def test_what_makes_no_sense_without_a_cancelled_stage_goes_with_it(
    made: Cycle, stage: Stage, gone: list[Stage]
) -> None:
    assert cancelled(made, stage, local(2, 10)) == tuple(
        replace(entry, state=StageState.CANCELLED) for entry in gone
    )


@pytest.mark.parametrize(
    ("now", "reason"),
    [(local(4, 2), Reason.ALREADY_OPEN), (local(4, 20), Reason.ALREADY_CLOSED)],
)
def test_what_has_opened_is_not_cancelled_any_more(now: datetime, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        cancelled(cycle(), VOTING, now)
    assert refused.value.reason is reason


DAY = timedelta(days=1)


def test_a_calendar_that_stays_is_no_news() -> None:
    reworded = replace(VOTING, texts={"stage_opened": {"ru": "Голосуйте."}})
    wanted = (IDEAS, REVIEW, reworded, RESULTS, BUILDING, replace(ANSWERS, id=0))
    assert differences(cycle(), wanted) == ()


@pytest.mark.parametrize(
    ("after", "action"),
    [
        (replace(VOTING, closes_at=VOTING.closes_at + DAY), StageAction.EXTENDED),
        (replace(VOTING, closes_at=VOTING.closes_at - DAY), StageAction.SHORTENED),
        (replace(VOTING, opens_at=VOTING.opens_at - DAY), StageAction.MOVED),
    ],
)
def test_a_difference_is_called_as_in_the_chat(after: Stage, action: StageAction) -> None:
    wanted = (IDEAS, REVIEW, after, RESULTS, BUILDING)
    assert differences(cycle(), wanted) == (Rescheduled(action, VOTING, (after,)),)


def test_only_what_is_pushed_along_goes_along() -> None:
    longer = replace(REVIEW, closes_at=REVIEW.closes_at + DAY)
    pushed = _pushed(VOTING, VOTING.opens_at + DAY)
    shorter = replace(RESULTS, opens_at=RESULTS.opens_at + DAY)
    earlier = _pushed(BUILDING, BUILDING.opens_at - MINUTE)
    assert differences(cycle(), (IDEAS, longer, pushed, shorter, earlier)) == (
        Rescheduled(StageAction.EXTENDED, REVIEW, (longer, pushed)),
        Rescheduled(StageAction.MOVED, RESULTS, (shorter,)),
        Rescheduled(StageAction.MOVED, BUILDING, (earlier,)),
    )


def test_stages_left_out_are_cancelled_together() -> None:
    (told,) = differences(cycle(), (IDEAS, REVIEW))
    assert (told.action, told.before) == (StageAction.CANCELLED, VOTING)
    assert [stage.kind for stage in told.changed] == [VOTING.kind, RESULTS.kind, BUILDING.kind]
    assert {stage.state for stage in told.changed} == {StageState.CANCELLED}
