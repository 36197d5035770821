"""`dauys invite` as an operator uses it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import sample
from bot.cli import cycle as cycles
from bot.cli import invite as invitations
from bot.cli.invite import links


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep to a database of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAUYS_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'dauys.db'}")
    monkeypatch.setenv("DAUYS_SECRET_KEY", "0123456789abcdef" * 2)
    monkeypatch.delenv("DAUYS_TELEGRAM_TOKEN", raising=False)
    monkeypatch.delenv("DAUYS_PUBLIC_URL", raising=False)


def _set_up() -> None:
    file = str(sample.FOLDER / "community.yaml")
    assert CliRunner().invoke(cycles.command, ["apply", file]).exit_code == 0


def _run(*words: str) -> Result:
    return CliRunner().invoke(invitations.command, words)


def test_a_link_to_the_web_chat_is_printed() -> None:
    _set_up()
    result = _run("--role", "organiser")
    assert result.exit_code == 0
    first, link = result.stdout.splitlines()
    assert first == "To become organiser, open one of these once, within 7 days:"
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/\?start=o-[A-Za-z0-9_-]{32}", link)


def test_the_public_address_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_PUBLIC_URL", "https://dauys.example.kz")
    _set_up()
    result = _run("--role", "moderator", "--community", "khromtau-sample")
    assert result.stdout.splitlines()[1].startswith("https://dauys.example.kz/?start=o-")


def test_a_known_bot_gets_a_link_of_its_own() -> None:
    assert links("http://127.0.0.1:8080", "dauys_bot", "abc") == [
        "http://127.0.0.1:8080/?start=o-abc",
        "https://t.me/dauys_bot?start=o-abc",
    ]


def test_without_an_answer_from_telegram_the_other_link_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DAUYS_TELEGRAM_TOKEN", "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    monkeypatch.setenv("DAUYS_TELEGRAM_API", "http://127.0.0.1:9")
    _set_up()
    result = _run("--role", "organiser")
    assert result.exit_code == 0
    assert result.stderr == "Telegram does not answer, so its link is left out.\n"
    assert len(result.stdout.splitlines()) == 2


def test_a_town_is_needed() -> None:
    assert _run("--role", "organiser").stderr == "Error: there is no town yet\n"
    _set_up()
    result = _run("--role", "organiser", "--community", "aksu")
    assert (result.exit_code, result.stderr) == (1, "Error: there is no town «aksu»\n")


def test_an_unknown_role_is_wrong_use() -> None:
    assert _run("--role", "king").exit_code == 2
    assert _run().exit_code == 2
