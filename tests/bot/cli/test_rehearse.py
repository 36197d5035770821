"""`dauys rehearse`, as an organiser calls it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.sample import FOLDER

pytestmark = pytest.mark.timeout(600)


def test_a_cycle_is_rehearsed_and_reported(tmp_path: Path) -> None:
    """Nothing else is made: a rehearsal needs no settings and no database."""
    report = tmp_path / "report.md"
    arguments = ["--residents", "4", "--day", "2026-12-01", "--report", str(report)]
    downtime = ["--downtime", "2026-10-01 10:00", "90m"]
    file = str(FOLDER / "vote.yaml")
    done = CliRunner().invoke(main, ["rehearse", file, *arguments, *downtime])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "4" in report.read_text(encoding="utf-8")
    details = json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))
    assert details["cycles"] == ["yards-and-parks"]
    assert details["begins"] == "2026-09-19T04:00:00+00:00"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "report.md"]


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
