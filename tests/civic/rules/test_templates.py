"""Organisers' own words are plain text with known places, and nothing else gets through."""

import pytest

from civic.model.announcement import NoticeKind
from civic.model.cycle import StageKind
from civic.model.refusal import Reason, Refused
from civic.rules.templates import LIMIT, kinds_of, read_text


def test_the_places_of_a_notice_may_be_named_and_brackets_be_doubled() -> None:
    text = "  {stage} in {town}:  from {opens:at} until {closes:bound} ({left}), {{really}} "
    assert read_text(text, NoticeKind.STAGE_OPENED) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.TEXT_EMPTY),
        ("Hey", Reason.TEXT_TOO_SHORT),
        ("x" * (LIMIT + 1), Reason.TEXT_TOO_LONG),
        ("until {closes", Reason.BRACES_UNREADABLE),
        ("until closes}", Reason.BRACES_UNREADABLE),
        ("until {date}", Reason.PLACE_UNKNOWN),
        ("until {}", Reason.PLACE_UNKNOWN),
        ("until {0}", Reason.PLACE_UNKNOWN),
        ("until {town:bound}", Reason.PLACE_UNKNOWN),
        ("until {closes:soon}", Reason.PLACE_UNKNOWN),
        ("until {town.names}", Reason.PLACE_UNKNOWN),
        ("until {town[0]}", Reason.PLACE_UNKNOWN),
        ("until {town!r}", Reason.PLACE_UNKNOWN),
        ("until {town:>999999999}", Reason.PLACE_UNKNOWN),
        ("{funded} projects get the money", Reason.PLACE_UNKNOWN),
    ],
)
def test_what_cannot_be_filled_in_is_refused(text: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        read_text(text, NoticeKind.STAGE_OPENED)
    assert refused.value.reason is reason


def test_the_refusal_names_the_place_and_what_there_is_instead() -> None:
    with pytest.raises(Refused) as refused:
        read_text("until {date}", NoticeKind.STAGE_OPENED)
    assert refused.value.facts == {"place": "date", "known": "town, stage, opens, closes, left"}


def test_results_may_name_their_numbers() -> None:
    text = "{funded} projects, {ballots} ballots"
    assert read_text(text, NoticeKind.RESULTS) == text


def test_only_where_people_take_part_is_there_time_to_run_out() -> None:
    assert kinds_of(StageKind.REVIEW) == (NoticeKind.STAGE_OPENED, NoticeKind.STAGE_CLOSED)
    assert kinds_of(StageKind.VOTING)[-1] is NoticeKind.RESULTS
    assert NoticeKind.HALF_WAY in kinds_of(StageKind.CONSULTATION)
