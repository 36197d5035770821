"""`dauys rehearse`, as an organiser calls it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.rehearsal.account import Account
from bot.rehearsal.play import Progress
from bot.rehearsal.rehearse import rehearse
from bot.rehearsal.script import Script
from bot.sample import FOLDER

THREE: Final = """META
key;value
description;d
country;k
unit;u
instance;1
num_projects;3
num_votes;3
budget;40000000
rule;greedy
vote_type;approval
PROJECTS
project_id;cost
a;1
b;2
c;3
VOTES
voter_id;vote
1;a,b
2;b
3;c,b
"""
"""Three ballots on three projects."""

pytestmark = pytest.mark.timeout(600)


def test_a_cycle_is_rehearsed_and_reported(tmp_path: Path) -> None:
    """Nothing else is made: a rehearsal needs no settings and no database."""
    report = tmp_path / "report.md"
    arguments = ["--residents", "4", "--day", "2026-12-01", "--report", str(report)]
    arguments += ["--language", "ru"]
    downtime = ["--downtime", "2026-10-01 10:00", "90m"]
    file = str(FOLDER / "vote.yaml")
    done = CliRunner().invoke(main, ["rehearse", file, *arguments, *downtime])
    assert done.exit_code == 0
    printed, told, _texts = report.read_text(encoding="utf-8").partition("## Что прочитали люди")
    assert told
    assert done.stdout.startswith(printed.strip())
    for part in ("## Этапы", "## Новости", "## Нагрузка", "## Итоги"):
        assert part in printed
    assert str(report) in done.stdout.removeprefix(printed.strip())
    details = json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))
    assert details["cycles"] == ["yards-and-parks"]
    assert details["begins"] == "2026-09-19T04:00:00+00:00"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "report.md"]


def test_ballots_of_a_real_election_are_cast_and_a_bar_shows_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[Script] = []
    shown: list[datetime] = []

    def watched(script: Script, progress: Progress, speed: float | None) -> Account:
        def show(now: datetime) -> None:
            shown.append(now)
            progress(now)

        played.append(script)
        return rehearse(script, show, speed)

    monkeypatch.setattr("bot.cli.rehearse.play", watched)
    monkeypatch.setenv("FORCE_COLOR", "1")
    election, report = tmp_path / "three.pb", tmp_path / "report.md"
    election.write_text(THREE, encoding="utf-8")
    arguments = ["--residents", "3", "--day", "2026-12-01", "--report", str(report)]
    arguments += ["--ballots", str(election), "--broadcasts", "0"]
    done = CliRunner().invoke(main, ["rehearse", str(FOLDER / "vote.yaml"), *arguments])
    assert done.exit_code == 0
    (script,) = played
    first, second, third = [part.code for part in script.cycles[0].content.projects[:3]]
    cast = script.ballots["yards-and-parks"].ballots
    assert cast == [[first, second], [second], [third, second]]
    assert shown == sorted(shown)
    assert script.starts <= shown[0] < shown[-1] <= script.ends
    assert f"{shown[-1].astimezone(script.town.zone):%Y-%m-%d}" in done.stderr
    assert "%" in done.stderr


def test_ballots_need_projects_to_vote_on(tmp_path: Path) -> None:
    election = tmp_path / "three.pb"
    election.write_text(THREE, encoding="utf-8")
    arguments = ["rehearse", str(FOLDER / "budget-2026.yaml"), "--ballots", str(election)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "--ballots needs a cycle with projects to vote on" in done.stderr


def test_what_was_not_in_order_is_said_and_ends_with_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(script: Script, progress: Progress, speed: float | None) -> Account:
        found = rehearse(script, progress, speed)
        found.played.errors["made up"] += 1
        return found

    monkeypatch.setattr("bot.cli.rehearse.play", spoilt)
    report = str(tmp_path / "report.md")
    arguments = ["--residents", "2", "--day", "2026-12-01", "--report", report]
    done = CliRunner().invoke(main, ["rehearse", str(FOLDER / "vote.yaml"), *arguments])
    assert done.exit_code == 1
    assert "✗ Errors of the service | 1 |" in done.stdout
    assert "not as it has to be: no_errors (1)" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["community.yaml"], "none of the files is a cycle"),
        (["round-2020.yaml"], "held elsewhere"),
        (["vote.yaml", "--downtime", "2026-12-01 10:00", "long"], "90m, 36h or 10d"),
        (["vote.yaml", "--speed", "0"], "above 0"),
        (
            [
                *("vote.yaml", "--downtime", "2026-12-01 10:00", "2d"),
                *("--downtime", "2026-12-02 10:00", "2d"),
            ],
            "touch each other",
        ),
    ],
)
def test_what_cannot_be_rehearsed_is_said(arguments: list[str], said: str) -> None:
    file, *options = arguments
    done = CliRunner().invoke(main, ["rehearse", str(FOLDER / file), *options])
    assert done.exit_code != 0
    assert said in done.output
