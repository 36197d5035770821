"""A cycle's file: every fault is named with its place, what was expected and what was found."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot import sample
from civic.exchange.cycle_file import MAX_PHOTO_BYTES, CycleFile, read_cycle
from civic.exchange.problems import InvalidFile
from civic.model.cycle import BallotKind, StageKind, TieBreak, WhenShort

Change = Callable[[dict[str, Any]], object]
ALMATY = ZoneInfo("Asia/Almaty")


def _vote() -> dict[str, Any]:
    """Return the sample vote without its photos."""
    content = _loaded("vote.yaml")
    for project in content["projects"]:
        del project["photo"]
    return content


def _loaded(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((sample.FOLDER / name).read_text(encoding="utf-8"))
    return loaded


def _read(content: dict[str, Any], photos: dict[str, bytes] | None = None) -> CycleFile:
    # Every JSON is YAML.
    text = json.dumps(content, ensure_ascii=False)
    return read_cycle(text, "vote.yaml", (photos or {}).get).content


def _faults(content: dict[str, Any], photos: dict[str, bytes] | None = None) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        _read(content, photos)
    return [str(problem).removeprefix("vote.yaml: ") for problem in caught.value.problems]


@pytest.mark.parametrize("name", sample.CYCLES)
def test_every_sample_cycle_is_sound(name: str) -> None:
    assert sample.cycle(name).content.stages


def test_what_decides_the_vote_is_read_as_written() -> None:
    voting = _read(_vote()).rules.rules().voting
    assert voting is not None
    assert voting.ballot is BallotKind.APPROVAL
    assert voting.max_choices == 5
    assert voting.fund == 40_000_000
    assert voting.more_than == 10
    assert voting.when_short is WhenShort.SKIP
    assert voting.ties == (TieBreak.LOWER_COST, TieBreak.EARLIER_SUBMISSION)
    assert voting.binding is True
    assert voting.minimum_age == 16


def test_rules_of_a_consultation_and_of_ideas_are_read() -> None:
    consultation = sample.cycle("budget-2026.yaml").content.rules.rules().consultation
    assert consultation is not None
    assert (consultation.years, consultation.edit_minutes) == ((2026, 2027, 2028), 15)
    ideas = sample.cycle("ideas.yaml").content.rules.rules().ideas
    assert ideas is not None
    assert (ideas.max_cost, ideas.max_photos) == (15_000_000, 3)


def test_days_are_counted_from_the_first_application_in_the_towns_zone() -> None:
    calendar = _read(_vote()).calendar(ALMATY, date(2026, 11, 21))
    assert calendar[StageKind.VOTING] == (
        datetime(2026, 11, 12, 4, 0, tzinfo=UTC),
        datetime(2026, 12, 2, 13, 0, tzinfo=UTC),
    )


def test_dates_are_in_the_towns_zone_of_their_time() -> None:
    # Almaty was six hours ahead of UTC in 2020 and is five ahead since 2024.
    calendar = sample.cycle("round-2020.yaml").content.calendar(ALMATY, date(2026, 11, 21))
    assert calendar[StageKind.VOTING][1] == datetime(2020, 11, 8, 18, 0, tzinfo=UTC)


def _put(*path: str | int, to: object) -> Change:
    def change(content: dict[str, Any]) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def _drop(*path: str | int) -> Change:
    def change(content: dict[str, Any]) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


WHEN = 'a date and time such as 2026-11-13 09:00, or {day: -8, at: "09:00"}'


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_drop("kind"), "kind: expected a value, found nothing"),
        (
            _put("kind", to="election"),
            "kind: expected 'participatory_budget' or 'consultation', found «election»",
        ),
        (_put("titles", "kk", to="  "), "titles.kk: expected text, found «»"),
        (_put("titles", "kk", to=7), "titles.kk: expected text, found 7"),
        (
            _put("titles", "en", to="x" * 121),
            "titles.en: expected at most 120 characters, found 121",
        ),
        (_drop("about", "ru"), "about.ru: expected a value, found nothing"),
        (
            _put("titels", to={}),
            "titels: expected only keys that are known here, found an unknown one",
        ),
        (_put("stages", to=[]), "stages: expected at least 1 in the list, found a list"),
        (_put("stages", to={}), "stages: expected a list, found keys and values"),
        (_put("rules", to=None), "rules: expected keys and values, found nothing"),
        (
            _put("stages", 1, "closes", to="tomorrow"),
            f"stages[1].closes: expected {WHEN}, found «tomorrow»",
        ),
        (
            _put("stages", 1, "closes", to="9999-12-31 23:59"),
            f"stages[1].closes: expected {WHEN}, found «9999-12-31 23:59»",
        ),
        (
            _put("stages", 1, "closes", to="2026-02-30 09:00"),
            f"stages[1].closes: expected {WHEN}, found «2026-02-30 09:00»",
        ),
        (
            _put("stages", 1, "closes", to={"day": 1}),
            f"stages[1].closes: expected {WHEN}, found keys and values",
        ),
        (
            _put("stages", 1, "closes", to={"day": "1", "at": "09:00"}),
            f"stages[1].closes: expected {WHEN}, found keys and values",
        ),
        (
            _put("stages", 1, "closes", to={"day": 1, "at": "25:00"}),
            f"stages[1].closes: expected {WHEN}, found keys and values",
        ),
        (_put("stages", 1, "closes", to=9), f"stages[1].closes: expected {WHEN}, found 9"),
        (_drop("rules", "voting", "ties"), "rules.voting.ties: expected a value, found nothing"),
        (
            _put("rules", "voting", "fund", to="40 m"),
            "rules.voting.fund: expected a whole number, found «40 m»",
        ),
        (_put("rules", "voting", "fund", to=0), "rules.voting.fund: expected at least 1, found 0"),
        (
            _put("rules", "voting", "binding", to="yes"),
            "rules.voting.binding: expected true or false, found «yes»",
        ),
        (
            _put("rules", "voting", "minimum_age", to=True),
            "rules.voting.minimum_age: expected a whole number, found true",
        ),
        (
            _put("rules", "voting", "minimum_age", to=160),
            "rules.voting.minimum_age: expected at most 120, found 160",
        ),
        (
            _put("rules", "voting", "tally", to="dhondt"),
            (
                "rules.voting.tally: expected 'greedy', 'greedy-custom', 'equalshares/add1' or "
                "'equalshares/add1-comparison', found «dhondt»"
            ),
        ),
        (
            _put("projects", 0, "photo", to="../secret"),
            "projects[0].photo: expected the name of a file beside this one, found «../secret»",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_named(change: Change, fault: str) -> None:
    content = _vote()
    change(content)
    (found,) = _faults(content)
    assert found.startswith(fault)


def test_too_many_projects_are_a_fault() -> None:
    content = _vote()
    content["projects"] = content["projects"] * 50
    assert "projects: expected at most 500 in the list, found 600" in _faults(content)


def test_a_fault_without_a_sentence_of_ours_keeps_its_own() -> None:
    content = _loaded("budget-2026.yaml")
    content["rules"]["consultation"]["years"] = [2026, 2027]
    assert _faults(content) == ["rules.consultation.years[2]: expected a value, found nothing"]
    content["rules"]["consultation"]["years"] = [2026, 2027, 1.5]
    (found,) = _faults(content)
    assert found.startswith("rules.consultation.years[2]: expected")


def test_all_faults_are_listed_at_once_in_the_order_of_the_file() -> None:
    content = _vote()
    content["slug"] = "Two Words"
    content["rules"]["voting"]["fund"] = "much"
    content["projects"][3]["cost_is_sample"] = "no"
    assert [fault.split(":")[0] for fault in _faults(content)] == [
        "slug",
        "rules.voting.fund",
        "projects[3].cost_is_sample",
    ]


def _stage(kind: str, opens: object, closes: object) -> dict[str, object]:
    return {"kind": kind, "opens": opens, "closes": closes}


def _day(day: int, at: str = "09:00") -> dict[str, object]:
    return {"day": day, "at": at}


EARLIER = "earlier_submission"
CHOICES = "rules.voting.max_choices"
LAST_TIE = "earlier_submission or lot at the end, so that no tie is left"
VOTES = "published_results.votes: expected at least 1081, the votes of all projects"
RESULTS = "published_results.projects"
NO_RESULT = "expected a result for every project, found none for «track-base»"
ORDER = "each kind at most once, in the order ideas, review, voting, results, building"


@pytest.mark.parametrize(
    ("stages", "faults"),
    [
        (
            [_stage("voting", _day(0), _day(5)), _stage("ideas", _day(5), _day(6))],
            [f"stages[1].kind: expected {ORDER}, found ideas"],
        ),
        (
            [
                _stage("ideas", _day(-9), _day(-8)),
                _stage("voting", _day(0), _day(5)),
                _stage("voting", _day(5), _day(6)),
            ],
            [f"stages[2].kind: expected {ORDER}, found voting"],
        ),
        (
            [_stage("ideas", _day(-9), _day(-8)), _stage("voting", _day(5), _day(5))],
            [
                (
                    'stages[1].closes: expected a moment after the opening {day: 5, at: "09:00"}, '
                    'found {day: 5, at: "09:00"}'
                )
            ],
        ),
        (
            [_stage("ideas", _day(-9), _day(4)), _stage("voting", _day(4, "08:59"), _day(5))],
            [
                (
                    "stages[1].opens: expected not before the stage above closes "
                    '{day: 4, at: "09:00"}, found {day: 4, at: "08:59"}'
                )
            ],
        ),
        (
            [
                _stage("ideas", "2026-01-01 09:00", "2026-02-01 09:00"),
                _stage("voting", "2026-01-31 09:00", "2026-03-01 09:00"),
            ],
            [
                (
                    "stages[1].opens: expected not before the stage above closes "
                    "2026-02-01 09:00, found 2026-01-31 09:00"
                )
            ],
        ),
        (
            [_stage("ideas", _day(-9), _day(4)), _stage("voting", "2026-01-31 09:00", _day(5))],
            ["stages: expected either dates or {day: …} throughout, found both"],
        ),
    ],
)
def test_stages_come_in_order_and_do_not_overlap(
    stages: list[dict[str, object]], faults: list[str]
) -> None:
    content = _vote()
    content["stages"] = stages
    assert _faults(content) == faults


def test_stages_may_touch_and_leave_gaps() -> None:
    content = _vote()
    content["stages"] = [
        _stage("ideas", _day(0), _day(4)),
        _stage("voting", _day(4), _day(5)),
        _stage("building", _day(40), _day(50)),
    ]
    assert len(_read(content).stages) == 3


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            _drop("rules", "voting"),
            "rules.voting: expected rules for the stage «voting», found nothing",
        ),
        (
            _put("stages", to=[_stage("voting", _day(0), _day(4))]),
            "rules.ideas: expected no such rules without a stage «ideas», found rules",
        ),
        (
            _put("rules", "voting", "max_choices", to=None),
            f"{CHOICES}: expected a whole number for an approval ballot, found nothing",
        ),
        (
            _put("rules", "voting", "ballot", to="knapsack"),
            f"{CHOICES}: expected null for a ballot limited by the fund, found 5",
        ),
        (
            _put("rules", "voting", "ties", to=["lower_cost"]),
            f"rules.voting.ties: expected {LAST_TIE}, found lower_cost",
        ),
        (
            _put("rules", "voting", "ties", to=[]),
            f"rules.voting.ties: expected {LAST_TIE}, found nothing",
        ),
        (
            _put("rules", "voting", "ties", to=[EARLIER, EARLIER]),
            f"rules.voting.ties: expected each way at most once, found {EARLIER}, {EARLIER}",
        ),
        (
            _put("rules", "voting", "ties", to=["lot"]),
            "rules.voting.seed: expected a published seed for the lot, found an empty text",
        ),
        (
            _put("rules", "voting", "seed", to="7"),
            'rules.voting.seed: expected an empty text "" when ties use no lot, found «7»',
        ),
        (
            _put("projects", 2, "cost", to=None),
            "projects[2].cost: expected the cost in whole tenge, found nothing",
        ),
        (
            _put("projects", 2, "code", to="workout"),
            "projects[2].code: expected a code of its own, found «workout» a second time",
        ),
        (
            _put("projects", 2, "photo", to="photos/old.jpg"),
            "projects[2].photo: expected a file beside this one, found no file «photos/old.jpg»",
        ),
    ],
)
def test_what_does_not_go_together_is_named(change: Change, fault: str) -> None:
    content = _vote()
    change(content)
    assert _faults(content) == [fault]


def test_projects_need_a_vote() -> None:
    content = _vote()
    content["stages"] = content["stages"][:1]
    del content["rules"]["voting"]
    assert _faults(content) == ["projects: expected none without a stage «voting», found 12"]


def test_a_photo_beside_the_file_is_taken_along() -> None:
    content = _vote()
    content["projects"][2]["photo"] = "photos/old.jpg"
    text = json.dumps(content)
    assert read_cycle(text, "vote.yaml", {"photos/old.jpg": b"x"}.get).photos == {
        "photos/old.jpg": b"x"
    }


def test_a_photo_that_is_too_large_is_a_fault() -> None:
    content = _vote()
    content["projects"][2]["photo"] = "old.jpg"
    assert _faults(content, {"old.jpg": b"x" * (MAX_PHOTO_BYTES + 1)}) == [
        "projects[2].photo: expected at most 5000000 bytes, found 5000001"
    ]


def test_a_knapsack_ballot_and_a_lot_with_a_seed_are_fine() -> None:
    content = _vote()
    content["rules"]["voting"] |= {
        "ballot": "knapsack",
        "max_choices": None,
        "ties": ["lower_cost", "lot"],
        "seed": "block 900000",
    }
    voting = _read(content).rules.voting
    assert voting is not None
    assert voting.ballot is BallotKind.KNAPSACK


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (
            _put("published_results", "projects", 0, "code", to="tower"),
            [
                f"{RESULTS}[0].code: expected a code from projects, found «tower»",
                f"{RESULTS}: {NO_RESULT}",
            ],
        ),
        (
            _put("published_results", "projects", 0, "code", to="workout"),
            [
                f"{RESULTS}[1].code: expected each project once, found «workout» a second time",
                f"{RESULTS}: {NO_RESULT}",
            ],
        ),
        (
            _put("published_results", "votes", to=1080),
            [f"{VOTES}, found 1080"],
        ),
    ],
)
def test_published_results_must_agree_with_the_projects(change: Change, faults: list[str]) -> None:
    content = _loaded("round-2020.yaml")
    # PyYAML's own loader reads these as dates.
    content["published_results"]["published"] = "2020-11-30 00:00"
    change(content)
    assert _faults(content) == faults


def test_published_results_need_a_vote() -> None:
    content = _loaded("round-2020.yaml")
    content["stages"] = content["stages"][:1]
    content["projects"] = []
    del content["rules"]["voting"]
    found = _faults(content)
    assert "published_results: expected none without a stage «voting», found results" in found


def test_the_2020_round_is_taken_over_as_published() -> None:
    results = sample.cycle("round-2020.yaml").content.published_results
    assert results is not None
    votes = [part.votes for part in results.projects]
    assert votes == [269, 132, 112, 86, 83, 79, 76, 68, 55, 52, 26, 25, 18]
    assert (results.votes, results.ballots, results.spent) == (1111, None, 61_040_000)


WORDS = {
    "kk": "{town}: {closes:bound} дейін.",
    "ru": "{town}: до {closes:bound}.",
    "en": "{town}: until {closes}.",
}


def _worded(kind: str, words: object) -> dict[str, Any]:
    content = _vote()
    voting = next(part for part in content["stages"] if part["kind"] == "voting")
    voting["notices"] = {kind: words}
    return content


@pytest.mark.parametrize("kind", ["stage_opened", "half_way", "last_days", "reminder", "results"])
def test_a_stage_may_have_notices_in_the_organisers_words(kind: str) -> None:
    voting = _read(_worded(kind, WORDS)).stage(StageKind.VOTING)
    assert voting is not None
    assert voting.notices.texts() == {kind: WORDS}


@pytest.mark.parametrize(
    ("kind", "words", "fault"),
    [
        (
            "stage_opened",
            {**WORDS, "ru": "до {date}"},
            (
                "notices.stage_opened.ru: expected only places such as "
                "{town}, {stage}, {opens}, {closes}, {left}, found «date»"
            ),
        ),
        (
            "stage_opened",
            {**WORDS, "en": "until {closes"},
            (
                "notices.stage_opened.en: expected only places such as "
                "{town}, {stage}, {opens}, {closes}, {left}, found «brackets that do not fit»"
            ),
        ),
        (
            "stage_closed",
            WORDS,
            (
                "notices.stage_closed: expected notices of such a stage: "
                "stage_opened, half_way, last_days, reminder, results, found stage_closed"
            ),
        ),
        ("opened", WORDS, "notices.opened: expected only keys that are known here"),
        ("reminder", {"kk": "Асығыңыз"}, "notices.reminder.ru: expected a value, found nothing"),
        (
            "reminder",
            {**WORDS, "kk": "x" * 601},
            "notices.reminder.kk: expected at most 600 characters, found 601",
        ),
    ],
)
def test_a_notice_that_cannot_be_told_is_a_fault(kind: str, words: object, fault: str) -> None:
    assert any(fault in found for found in _faults(_worded(kind, words)))


def _divided(by: str, *codes: str) -> dict[str, Any]:
    """Return the sample vote with its fund divided equally among these codes."""
    content = _vote()
    voting = content["rules"]["voting"]
    share = voting["fund"] // len(codes)
    voting["division"] = {
        "by": by,
        "pots": [{"code": code, "fund": share} for code in codes],
        "transfer": "none",
    }
    for index, project in enumerate(content["projects"]):
        project[by] = codes[index % len(codes)]
    return content


def test_a_divided_fund_pays_for_every_project_and_every_pot_has_one() -> None:
    assert _read(_divided("topic", "parks", "sport")).rules.voting is not None

    content = _divided("topic", "parks", "sport")
    content["projects"][0]["topic"] = "roads"
    content["projects"][1]["topic"] = None
    assert _faults(content) == [
        "projects[0].topic: expected one of parks, sport, found «roads»",
        "projects[1].topic: expected one of parks, sport, found nothing",
    ]

    content = _divided("topic", "parks", "sport")
    for project in content["projects"]:
        project["topic"] = "parks"
    assert _faults(content) == [
        "rules.voting.division.pots[1].code: expected the topic of a project, found «sport»"
    ]
