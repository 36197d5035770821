"""`dauys tally` as an observer uses it: files in, outcome out, nothing else needed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main, tally_report
from civic.model.results import Outcome

HEAD = "META\nkey;value\ndescription;Small town\nnum_projects;4\nnum_votes;6\n"
PROJECTS = """\
PROJECTS
project_id;cost;name
a;600;Ағаштар
b;500;Playground
c;300;Benches
d;250;Lamps
VOTES
voter_id;vote
"""
VOTES = "1;a,b\n2;a\n3;a,c\n4;b,c\n5;d\n6;d\n"


def election(
    rule: str = "greedy", fund: str = "900.50", more: str = "", votes: str = VOTES
) -> str:
    """Return a file; a has 3 votes, the others 2 each."""
    return f"{HEAD}budget;{fund}\nvote_type;approval\nrule;{rule}\n{more}{PROJECTS}{votes}"


@pytest.fixture
def tally(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a function that writes files (by name) and counts them, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAUYS_DATABASE_URL", "nothing of the kind")

    def run(*options: str, **files: str) -> Result:
        for name, content in files.items():
            Path(name).write_text(content, encoding="utf-8")
        return CliRunner().invoke(main, ["tally", *options, *files])

    return run


def parsed(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_says_what_was_decided_and_why(tally: Callable[..., Result]) -> None:
    result = tally("--json", town=election())
    assert result.exit_code == 0
    (said,) = parsed(result)
    assert said.pop("seconds") >= 0
    assert said == {
        "file": "town",
        "rule": "greedy",
        "ballots": 6,
        "fund": 900.5,
        "spent": 850,
        "left": 50.5,
        "funded": ["a", "d"],
        "projects": [
            {
                "id": "a",
                "cost": 600,
                "votes": 3,
                "outcome": "funded",
                "reason": "funded",
                "left_before": 900.5,
            },
            {
                "id": "d",
                "cost": 250,
                "votes": 2,
                "outcome": "funded",
                "reason": "funded",
                "left_before": 300.5,
            },
            {
                "id": "c",
                "cost": 300,
                "votes": 2,
                "outcome": "not_funded",
                "reason": "tie_lost",
                "left_before": 50.5,
            },
            {
                "id": "b",
                "cost": 500,
                "votes": 2,
                "outcome": "not_funded",
                "reason": "does_not_fit",
                "left_before": 50.5,
            },
        ],
        "ties": [{"ids": ["d", "c", "b"], "decisive": True}],
        "notes": [],
    }


def test_a_rule_may_be_chosen(tally: Callable[..., Result]) -> None:
    (said,) = parsed(tally("--json", "--rule", "greedy-custom", town=election("loud", "1000")))
    assert said["rule"] == "greedy-custom"
    assert said["funded"] == ["a", "d"]


def test_money_from_outside_is_told(tally: Callable[..., Result]) -> None:
    (said,) = parsed(tally("--json", town=election("greedy-custom", "840")))
    assert said["funded"] == ["a", "d"]
    assert said["projects"][1]["reason"] == "topped_up"
    assert said["projects"][1]["added"] == 10
    assert said["spent"] == 840


def test_what_excludes_and_how_many_votes_were_needed_is_told(
    tally: Callable[..., Result],
) -> None:
    more = (
        "min_project_score_threshold;3\n"
        "comment;#1: projects a and b both need the square and could not be implemented "
        "simultaneously\n"
    )
    votes = VOTES.replace("4;b,c", "4;b").replace("5;d", "5;d,b")
    (said,) = parsed(tally("--json", town=election("greedy-exclusive", "5000", more, votes)))
    by_id = {one["id"]: one for one in said["projects"]}
    assert said["funded"] == ["b"]
    assert by_id["a"]["reason"] == "excluded_by_conflict"
    assert by_id["a"]["conflict_with"] == ["b"]
    assert by_id["d"]["reason"] == "below_threshold"
    assert by_id["d"]["needed"] == 3


def test_a_divided_fund_names_the_part_of_each_project(tally: Callable[..., Result]) -> None:
    town = election("greedy", "900", "categories;green,play\nbudget_per_category;600,300\n")
    town = town.replace("cost;name", "cost;category").replace("Ағаштар", "green")
    for name in ("Playground", "Benches", "Lamps"):
        town = town.replace(name, "play")
    (said,) = parsed(tally("--json", town=town))
    assert {one["id"]: one["pot"] for one in said["projects"]} == {
        "a": "green",
        "b": "play",
        "c": "play",
        "d": "play",
    }


def test_a_file_that_cannot_be_counted_does_not_stop_the_others(
    tally: Callable[..., Result],
) -> None:
    result = tally(
        "--json",
        "missing",
        good=election(),
        bad=election(votes=VOTES.replace("5;d", "5;x")),
        unknown=election("loud"),
        lacking=election("greedy-threshold"),
        last=election(),
    )
    assert result.exit_code == 1
    missing, good, bad, unknown, lacking, last = parsed(result)
    assert missing["file"] == "missing"
    assert "No such file" in missing["error"]
    assert good["funded"] == last["funded"] == ["a", "d"]
    assert bad == {
        "file": "bad",
        "error": "line 21, vote: expected projects of the section PROJECTS, found «x»",
    }
    assert unknown["error"].startswith(
        "the rule «loud» cannot be counted; choose one with --rule:"
    )
    assert lacking["error"] == "greedy-threshold needs a threshold"


def test_the_table_is_for_people(tally: Callable[..., Result]) -> None:
    twice = VOTES.replace("6;d", "6;d,d")
    result = tally("missing", town=election(votes=twice), town2=election("loud"))
    assert result.exit_code == 1
    shown = result.stdout
    for piece in (
        "Small town",
        "Rule greedy; 6 ballots; fund 900.5",
        "a Ағаштар",
        "━" * 16,
        "not funded: 50.5 was left",
        "not funded: behind its equals,",
        "Funded: 2 of 4; spent 850, left 50.5",
        "Equal votes: d, c, b, the cheaper first, then by id; this decided who was funded.",
        "Note: line 22: project d is named again, counted once.",
    ):
        assert piece in shown
    assert "missing: error: " in result.stderr
    assert "town2: error: the rule «loud» cannot be counted" in result.stderr


def test_a_file_cannot_steer_the_terminal(tally: Callable[..., Result]) -> None:
    town = election().replace("Small town", "\x1b]2Small").replace("Lamps", "\x1b[2JLamps")
    result = tally(town=town, bad=election(fund="\x1b[8m"))
    assert "�[2JLamps" in result.stdout
    assert "�]2Small" in result.stdout
    assert "«�[8m»" in result.stderr
    assert "\x1b" not in result.output


def test_money_beyond_all_measure_is_refused_and_the_rest_go_on(
    tally: Callable[..., Result],
) -> None:
    options = ("--json", "--rule", "equalshares/add1")
    result = tally(*options, huge=election(fund="9" * 400), most=election(fund="9" * 18))
    assert result.exit_code == 1
    huge, most = parsed(result)
    assert "expected an amount of up to 18 digits" in huge["error"]
    assert len(most["funded"]) == 4


def test_ties_by_which_nobody_lost_are_told_as_such(tally: Callable[..., Result]) -> None:
    assert "nobody lost by it" in tally(town=election("greedy", "5000")).stdout


def test_projects_without_names_are_shown_by_their_ids(tally: Callable[..., Result]) -> None:
    shown = tally(town=election().replace("cost;name", "cost;title")).stdout
    assert "Playground" not in shown
    assert "  b  " in shown


def test_the_most_a_supporter_paid_is_told(tally: Callable[..., Result]) -> None:
    options = ("--rule", "equalshares/add1")
    (said,) = parsed(tally("--json", *options, town=election("loud", "1800")))
    assert said["funded"]
    assert said["projects"][0]["share"]
    assert "no supporter" in tally(*options, town=election("loud", "1800")).stdout


def test_what_supporters_had_is_told_of_a_project_they_did_not_buy(
    tally: Callable[..., Result],
) -> None:
    town = election("equalshares", "900.50")
    (said,) = parsed(tally("--json", town=town))
    assert said["funded"] == ["d", "c"]
    assert said["projects"][2]["reason"] == "too_little_support"
    assert said["projects"][2]["means"] == 300.2
    assert "not funded: its supporters had" in tally(town=town).stdout


def test_a_comparison_says_how_many_preferred_what(tally: Callable[..., Result]) -> None:
    by_shares = ("--rule", "equalshares/add1-comparison")
    shown = tally(*by_shares, town=election()).stdout
    assert "Compared: 0 voters get more of what they chose by equal shares, 0 by votes" in shown
    assert "the outcome by equal shares stands." in shown
    votes = "1;a\n2;a\n3;a\n4;a,c\n5;d\n6;d\n"
    (said,) = parsed(tally("--json", *by_shares, town=election("loud", "700", votes=votes)))
    assert said["compared"] == {"equal_shares": 2, "votes": 3}
    shown = tally(*by_shares, town=election("loud", "700", votes=votes)).stdout
    assert "the outcome by votes stands." in shown


def test_equal_prices_are_not_called_equal_votes(tally: Callable[..., Result]) -> None:
    """Those of a spend all they have on it, so that two voters each pay for c and for d."""
    votes = "1;a,c\n2;a\n3;a\n4;a\n5;c\n6;c\n7;d\n8;d\n"
    town = election("equalshares", "1200", votes=votes).replace("num_votes;6", "num_votes;8")
    assert "Equal prices: d, c, the cheaper first, then by id; nobody" in tally(town=town).stdout


def test_every_outcome_has_its_reason() -> None:
    assert set(tally_report._REASONS) == set(Outcome)


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_it_works_in_a_plain_locale_and_in_a_pipe(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "town.pb").write_text(election(), encoding="utf-8")
    said = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "bot", "tally", str(tmp_path / "town.pb")],
        env={**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
    )
    assert ("Ағаштар" if encoding == "utf-8" else "a ???????") in said.stdout.decode(encoding)
    assert said.stderr == b""
