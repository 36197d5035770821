"""`dauys budget` as an operator uses it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import sample
from bot.cli import budget as budgets
from bot.cli import cycle as cycles

Import = Callable[..., Result]
TABLE = sample.FOLDER / sample.BUDGET


def _apply(*names: str) -> None:
    files = [str(sample.FOLDER / name) for name in names]
    assert CliRunner().invoke(cycles.command, ["apply", *files]).exit_code == 0


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Return a function that runs `dauys budget import …` on a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAUYS_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'dauys.db'}")
    monkeypatch.setenv("DAUYS_SECRET_KEY", "0123456789abcdef" * 2)

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(budgets.command, ["import", *(str(word) for word in words)])

    return run


def test_a_budget_is_taken_over(run: Import) -> None:
    _apply("community.yaml", "budget-2026.yaml")
    result = run(TABLE, "--cycle", "budget-2026")
    assert result.exit_code == 0
    assert result.stdout == f"{TABLE}: 378 lines are in «budget-2026»\n"
    assert run(TABLE, "--cycle", "budget-2026", "--community", "khromtau-sample").exit_code == 0


def test_lines_that_do_not_fit_are_listed_on_stderr(run: Import, tmp_path: Path) -> None:
    _apply("community.yaml", "budget-2026.yaml")
    lines = TABLE.read_text(encoding="utf-8").split("\n")
    lines[4] = lines[4].replace(",247665,", ",24766x,")
    broken = tmp_path / "broken.csv"
    broken.write_text("\n".join(lines), encoding="utf-8")
    result = run(broken, "--cycle", "budget-2026")
    assert result.exit_code == 1
    assert result.stderr == (
        f"{broken}: line 5, amount_2026: expected whole thousand tenge in digits, or nothing, "
        "found «24766x»\n"
    )


def test_a_cycle_that_is_not_there_is_named_beside_those_that_are(run: Import) -> None:
    _apply("community.yaml", "ideas.yaml")
    result = run(TABLE, "--cycle", "budget")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: the town «khromtau-sample» has no cycle «budget»; it has «new-ideas»\n"
    )


def test_a_cycle_that_is_no_consultation_is_refused(run: Import) -> None:
    _apply("community.yaml", "ideas.yaml")
    result = run(TABLE, "--cycle", "new-ideas")
    assert result.exit_code == 1
    assert result.stderr == (
        "Refused: this cycle is no consultation, so it has no draft budget.\n"
    )


def test_a_town_is_needed(run: Import) -> None:
    assert run(TABLE, "--cycle", "budget").stderr == "Error: there is no town yet\n"
    _apply("community.yaml")
    assert "no cycle «budget»; it has none" in run(TABLE, "--cycle", "budget").stderr
    result = run(TABLE, "--cycle", "budget", "--community", "aksu")
    assert (result.exit_code, result.stderr) == (1, "Error: there is no town «aksu»\n")


def test_the_cycle_has_to_be_named(run: Import) -> None:
    assert run(TABLE).exit_code == 2
