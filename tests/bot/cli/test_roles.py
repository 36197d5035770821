"""`dauys roles` as an operator uses it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import sample
from bot.cli import cycle as cycles
from bot.cli import roles
from bot.cli.opening import load_settings, opened
from civic.model.resident import Role


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep to a database of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAUYS_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'dauys.db'}")
    monkeypatch.setenv("DAUYS_SECRET_KEY", "0123456789abcdef" * 2)


def _run(*words: str) -> Result:
    return CliRunner().invoke(roles.command, words)


def _set_up(*held: Role) -> None:
    file = str(sample.FOLDER / "community.yaml")
    assert CliRunner().invoke(cycles.command, ["apply", file]).exit_code == 0
    asyncio.run(_appoint(held))


async def _appoint(held: tuple[Role, ...]) -> None:
    async with opened(load_settings()) as service, service.work.write() as work:
        town = await work.communities.first()
        assert town is not None
        for number, role in enumerate(held, start=1):
            at = datetime(2026, 3, 10, tzinfo=UTC)
            person, _contact = await work.residents.add(
                town.id, "kk", "webchat", str(number), number, at
            )
            await work.residents.grant(person.id, role)
        await work.commit()


def test_who_holds_a_role_is_listed_by_number() -> None:
    _set_up(Role.ORGANISER, Role.ORGANISER)
    assert _run().stdout.splitlines() == [
        "organiser: resident 1",
        "organiser: resident 2",
        "moderator: nobody; invite somebody with `dauys invite --role moderator`",
    ]


def test_a_role_is_taken_away_once() -> None:
    _set_up(Role.ORGANISER, Role.ORGANISER)
    taken = _run("--take", "organiser", "--from", "1")
    assert (taken.exit_code, taken.stdout) == (0, "resident 1 is no organiser any more\n")
    assert "organiser: resident 1" not in _run().stdout
    again = _run("--take", "organiser", "--from", "1")
    assert again.exit_code == roles.REFUSED
    assert again.stderr == "resident 1 of khromtau-sample is no organiser\n"


def test_without_a_town_or_a_number_nothing_happens() -> None:
    assert "there is no town yet" in _run().stderr
    assert "go together" in _run("--take", "organiser").stderr
    _set_up()
    assert "there is no town «nowhere»" in _run("--community", "nowhere").stderr
