"""What announcements say, in every language."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.wiring import catalogues
from civic.model.announcement import Announcement, NoticeKind, Parameter
from civic.model.cycle import Cycle, Stage, StageKind
from civic.model.text import LANGUAGES
from dialogs.notices import Notice, render
from dialogs.places import Place
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
from tests.conftest import TOWN

Parameters = Mapping[str, Parameter]

PLAIN: Parameters = {"reason": ""}
CHANGED: Parameters = {
    **PLAIN,
    "opened_before": "2026-03-01T04:00:00+00:00",
    "closed_before": "2026-03-10T13:00:00+00:00",
    "along": {},
}
ALONG: Parameters = {**CHANGED, "along": {"review": "2026-03-17T13:00:00+00:00"}}
EVERY_STAGE = (IDEAS, REVIEW, VOTING, RESULTS, BUILDING, DISCUSSION, ANSWERS)
CHANGES = (
    NoticeKind.STAGE_EXTENDED,
    NoticeKind.STAGE_SHORTENED,
    NoticeKind.STAGE_MOVED,
    NoticeKind.STAGE_CANCELLED,
)
OF_TIME = (NoticeKind.HALF_WAY, NoticeKind.LAST_DAYS, NoticeKind.REMINDER)

EVERY_NOTICE: list[tuple[NoticeKind, Stage, Parameters]] = [
    *((NoticeKind.STAGE_OPENED, stage, {}) for stage in EVERY_STAGE),
    *((NoticeKind.STAGE_CLOSED, stage, PLAIN) for stage in EVERY_STAGE),
    *((kind, stage, ALONG) for stage in EVERY_STAGE for kind in CHANGES),
    *((kind, stage, {"days": 3}) for stage in (IDEAS, VOTING, DISCUSSION) for kind in OF_TIME),
    (NoticeKind.WHILE_AWAY, BUILDING, {"since": "2026-03-01T00:00:00+00:00", "funded": 1}),
    (NoticeKind.WHILE_AWAY, ANSWERS, {"since": "2026-03-01T00:00:00+00:00"}),
    (NoticeKind.RESULTS, VOTING, {"funded": 13, "ballots": 1111}),
    (NoticeKind.RESULTS, VOTING, {"funded": 1, "ballots": None}),
    (NoticeKind.RESULTS, VOTING, PLAIN),
    (NoticeKind.COMMENT_HIDDEN, DISCUSSION, {"comment": 7, "ground": "insult", "words": ""}),
    (NoticeKind.COMMENT_HIDDEN, DISCUSSION, {"comment": 7, "ground": "other", "words": "<x>."}),
    (NoticeKind.COMMENT_SHOWN, DISCUSSION, {"comment": 7}),
]


def _tell(
    kind: NoticeKind,
    stage: Stage,
    parameters: Parameters,
    language: str = "en",
    *,
    made: Cycle | None = None,
    at: datetime | None = None,
    read_at: datetime | None = None,
) -> Notice:
    if made is None:
        made = consultation() if stage in (DISCUSSION, ANSWERS) else cycle()
    announcement = Announcement(1, 1, 1, stage.id, kind, parameters, at or stage.opens_at)
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        return render(announcement, made, stage, TOWN, language, read_at)


def _text(notice: Notice) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", notice.html))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "stage", "parameters"), EVERY_NOTICE)
def test_every_notice_is_whole_short_and_ends_with_how_to_stop(
    kind: NoticeKind, stage: Stage, parameters: Parameters, language: str
) -> None:
    notice = _tell(kind, stage, parameters, language)
    text = _text(notice)
    assert len(text) < (700 if kind is NoticeKind.WHILE_AWAY else 600)
    assert not re.search(r"\{\w*\}", text)
    assert "/stop" in text.split("\n\n")[-1]
    assert 1 <= len(notice.buttons) <= 2
    for label, place in notice.buttons:
        assert 0 < len(label) <= 20
        assert Place.parse(place.link()) == place


def test_the_languages_differ() -> None:
    told = {_tell(NoticeKind.STAGE_OPENED, VOTING, {}, language).html for language in LANGUAGES}
    assert len(told) == len(LANGUAGES)


def test_what_organisers_and_files_write_never_becomes_markup() -> None:
    made = replace(cycle(), titles={"en": "<i>Budget</i>"})
    notice = _tell(NoticeKind.STAGE_CLOSED, IDEAS, {"reason": "<b>rain</b> & {x}"}, made=made)
    assert "&lt;i&gt;Budget&lt;/i&gt;" in notice.html
    assert "&lt;b&gt;rain&lt;/b&gt; &amp; {x}" in notice.html


def test_a_close_tells_what_comes_next_and_when() -> None:
    text = _text(_tell(NoticeKind.STAGE_CLOSED, REVIEW, PLAIN))
    assert "“Expert review” is over." in text
    assert "Next: Voting, from April 1, 09:00" in text


def test_after_the_last_stage_nothing_comes_next() -> None:
    assert "Next:" not in _text(_tell(NoticeKind.STAGE_CLOSED, BUILDING, PLAIN))


def test_an_extension_tells_the_new_date_the_old_one_and_what_moves_along() -> None:
    text = _text(_tell(NoticeKind.STAGE_EXTENDED, IDEAS, ALONG))
    assert "is extended until March 15, 18:00. Before, it was to close March 10, 18:00." in text
    assert "“Expert review” will open later, March 17, 18:00." in text


def test_a_cancelled_stage_says_what_goes_with_it() -> None:
    along: Parameters = {**CHANGED, "along": {"results": "2026-04-15T13:00:00+00:00"}}
    notice = _tell(NoticeKind.STAGE_CANCELLED, VOTING, along, at=local(3, 10))
    assert "“Voting” will not take place. It was to open March 1, 09:00." in _text(notice)
    assert "“Results” will not take place either." in _text(notice)
    assert [place.link() for _label, place in notice.buttons] == ["c_1"]


def test_results_tell_how_many_win_how_many_voted_and_what_comes_next() -> None:
    counted: Parameters = {"funded": 13, "ballots": 1111}
    text = _text(_tell(NoticeKind.RESULTS, VOTING, counted, at=VOTING.closes_at))
    assert "Projects that get the money: 13" in text
    assert "Ballots counted: 1,111" in text
    assert "Next: Building, from May 10, 09:00" in text


def test_before_the_count_a_preview_shows_where_its_numbers_go() -> None:
    assert "Ballots counted: …" in _text(_tell(NoticeKind.RESULTS, VOTING, PLAIN))


def test_a_summary_tells_in_order_what_happened_and_what_is_open_now() -> None:
    since: Parameters = {"since": REVIEW.opens_at.isoformat()}
    notice = _tell(NoticeKind.WHILE_AWAY, VOTING, since, at=local(4, 2, 10))
    assert _text(notice).split("\n\n")[1:3] == [
        (
            "While this service was away:\n"
            "• March 15, 18:00: “Collecting ideas” closed\n"
            "• March 15, 18:00: “Expert review” opened\n"
            "• March 25, 18:00: “Expert review” closed\n"
            "• April 1, 09:00: “Voting” opened"
        ),
        "Now: Voting, until April 15, 18:00",
    ]
    assert [place.link() for _label, place in notice.buttons] == ["v_1", "c_1"]


def test_a_summary_with_a_count_leads_to_the_results_and_tells_what_comes_next() -> None:
    counted: Parameters = {"since": VOTING.opens_at.isoformat(), "funded": 2, "ballots": 9}
    notice = _tell(NoticeKind.WHILE_AWAY, RESULTS, counted, at=local(5, 1))
    assert "Ballots counted: 9" in _text(notice)
    assert "Next: Building, from May 10, 09:00" in _text(notice)
    assert [place.link() for _label, place in notice.buttons] == ["r_1", "c_1"]


def test_organisers_words_replace_the_usual_ones_in_their_language_and_stay_text() -> None:
    words = {"en": "<b>Come</b> & vote until {closes:bound}, {left}! {{}}"}
    voting = replace(VOTING, texts={"stage_opened": words})
    made = replace(cycle(), stages=(voting,))
    text = _tell(NoticeKind.STAGE_OPENED, voting, {}, made=made).html
    assert "&lt;b&gt;Come&lt;/b&gt; &amp; vote until April 15, 18:00, 14 days left! {}" in text
    in_russian = _text(_tell(NoticeKind.STAGE_OPENED, voting, {}, "ru", made=made))
    assert "Голосование открыто до 18:00 15 апреля" in in_russian
    other = _text(_tell(NoticeKind.LAST_DAYS, voting, {}, made=made, at=local(4, 14, 18)))
    assert "Voting closes April 15, 18:00 (1 day left)." in other


def test_days_are_counted_from_the_morning_when_people_are_told() -> None:
    text = _text(_tell(NoticeKind.LAST_DAYS, VOTING, {}, at=local(4, 13, 23)))
    assert "(1 day left)" in text


@pytest.mark.parametrize(
    ("read_at", "left"),
    [
        (local(4, 12, 18), "3 days left"),
        (local(4, 13), "2 days left"),
        (local(4, 15, 17), "last day"),
        (local(4, 15, 18), "already over"),
    ],
)
def test_days_are_counted_when_it_is_read(read_at: datetime, left: str) -> None:
    notice = _tell(NoticeKind.LAST_DAYS, VOTING, {}, at=local(4, 12, 18), read_at=read_at)
    assert f"({left})" in _text(notice)


def test_what_is_open_and_what_comes_next_is_told_as_it_is_when_it_is_read() -> None:
    since: Parameters = {"since": REVIEW.opens_at.isoformat()}
    summary = _tell(NoticeKind.WHILE_AWAY, VOTING, since, at=local(3, 31), read_at=local(4, 1, 9))
    assert "opened\n• March 25, 18:00: “Expert review” closed\n\nNow: Voting" in _text(summary)
    assert [place.link() for _label, place in summary.buttons] == ["v_1", "c_1"]
    closed = _tell(NoticeKind.STAGE_CLOSED, IDEAS, PLAIN, at=local(3, 15), read_at=local(3, 26))
    assert "Next: Voting, from April 1, 09:00" in _text(closed)


def test_a_cancelled_stage_has_no_door_on_the_day_on_which_it_was_to_open() -> None:
    notice = _tell(
        NoticeKind.STAGE_CANCELLED, VOTING, CHANGED, at=local(3, 30), read_at=local(4, 2)
    )
    assert [place.link() for _label, place in notice.buttons] == ["c_1"]


@pytest.mark.parametrize(
    ("kind", "stage", "links"),
    [
        (NoticeKind.STAGE_OPENED, IDEAS, ["l_1", "c_1"]),
        (NoticeKind.STAGE_OPENED, REVIEW, ["l_1", "c_1"]),
        (NoticeKind.STAGE_OPENED, VOTING, ["v_1", "c_1"]),
        (NoticeKind.STAGE_OPENED, RESULTS, ["r_1", "c_1"]),
        (NoticeKind.STAGE_OPENED, BUILDING, ["c_1"]),
        (NoticeKind.STAGE_OPENED, DISCUSSION, ["b_1", "c_1"]),
        (NoticeKind.STAGE_OPENED, ANSWERS, ["b_1", "c_1"]),
        (NoticeKind.STAGE_CLOSED, IDEAS, ["c_1"]),
        (NoticeKind.REMINDER, VOTING, ["v_1", "c_1"]),
        (NoticeKind.RESULTS, VOTING, ["r_1", "c_1"]),
        (NoticeKind.COMMENT_HIDDEN, DISCUSSION, ["k_7", "c_1"]),
        (NoticeKind.COMMENT_SHOWN, DISCUSSION, ["k_7", "c_1"]),
    ],
)
def test_the_button_leads_to_what_the_news_is_about(
    kind: NoticeKind, stage: Stage, links: list[str]
) -> None:
    parameters = {**PLAIN, "comment": 7, "ground": "insult", "words": ""}
    assert [place.link() for _label, place in _tell(kind, stage, parameters).buttons] == links


def test_a_stage_that_has_not_opened_has_no_door_yet() -> None:
    before = datetime(2026, 3, 20, tzinfo=UTC)
    notice = _tell(NoticeKind.STAGE_EXTENDED, VOTING, CHANGED, at=before)
    assert [place.link() for _label, place in notice.buttons] == ["c_1"]


def test_every_stage_that_asks_something_has_a_reminder() -> None:
    reminded = {stage.kind for kind, stage, _more in EVERY_NOTICE if kind is NoticeKind.REMINDER}
    assert reminded == {StageKind.IDEAS, StageKind.VOTING, StageKind.CONSULTATION}
