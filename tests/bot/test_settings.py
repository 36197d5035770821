"""A wrong setting is one line that names the variable."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.channels.budgets import permitted
from bot.cli import main
from bot.settings import Settings, SettingsError, ensure_secret

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DAUYS_PORT", "eighty"),
        ("DAUYS_PORT", "0"),
        ("DAUYS_PORT", "70000"),
        ("DAUYS_DATABASE_URL", "mysql://x"),
        ("DAUYS_DATABASE_URL", "postgresql://x/y"),
        ("DAUYS_DATABASE_URL", "nonsense"),
        ("DAUYS_REDIS_URL", "http://x"),
        ("DAUYS_SECRET_KEY", "short"),
        ("DAUYS_PUBLIC_URL", "dauys.kz"),
        ("DAUYS_TELEGRAM_TOKEN", "abc"),
        ("DAUYS_TELEGRAM_API", "ftp://x"),
        ("DAUYS_TRUSTED_PROXIES", "-1"),
        ("DAUYS_NEW_PEOPLE", "250"),
        ("DAUYS_NEW_PEOPLE", "whatsapp=0"),
        ("DAUYS_NEW_PEOPLE", "whatsapp=many"),
        ("DAUYS_NEW_PEOPLE", "pigeons=5"),
        ("DAUYS_NEW_PEOPLE", "whatsapp=5,,"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    ended = CliRunner().invoke(main, ["run"])
    assert ended.exit_code == 2
    assert ended.stderr.count("\n") == 1
    assert name in ended.stderr
    assert value not in ended.stderr or name == "DAUYS_PORT"
    assert "Traceback" not in ended.output


def test_a_server_has_to_bring_its_own_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", "postgresql+asyncpg://postgres@127.0.0.1/none")
    ended = CliRunner().invoke(main, ["run"])
    assert ended.exit_code == 2
    assert "DAUYS_SECRET_KEY is missing" in ended.stderr


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://postgres@127.0.0.1:1/none",
        "sqlite+aiosqlite:////dev/null/dauys.db",
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", url)
    monkeypatch.setenv("DAUYS_SECRET_KEY", "s" * 40)
    ended = CliRunner().invoke(main, ["migrate"])
    assert ended.exit_code == 2
    assert ended.stderr.count("\n") == 1
    assert "DAUYS_DATABASE_URL" in ended.stderr


def test_an_address_that_is_taken_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("DAUYS_PORT", str(taken.getsockname()[1]))
        monkeypatch.setenv("DAUYS_SECRET_KEY", "s" * 40)
        monkeypatch.setenv("DAUYS_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'd.db'}")
        ended = subprocess.run(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert ended.returncode == 2
    (line,) = [found for found in ended.stderr.splitlines() if found.startswith("dauys:")]
    assert "DAUYS_PORT" in line
    assert "Traceback" not in ended.stderr


def test_the_secret_made_for_a_first_look_is_kept_with_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("DAUYS_PORT=9000", encoding="utf-8")
    ensure_secret(tmp_path, "s" * 40)
    settings = Settings.load()
    assert settings.port == 9000
    assert settings.secret == "s" * 40
    assert path.stat().st_mode & 0o077 == 0


def test_the_environment_comes_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("DAUYS_PORT=9000\nDAUYS_PUBLIC_URL=\n", encoding="utf-8")
    monkeypatch.setenv("DAUYS_PORT", "9001")
    settings = Settings.load()
    assert settings.port == 9001
    assert settings.public_url is None


def test_how_many_new_people_a_day_may_be_set_for_each_channel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published = permitted(30)
    assert {name: budget.strangers_a_day for name, budget in published.items()} == {
        "telegram": None,
        "webchat": None,
        "whatsapp": 250,
    }
    monkeypatch.setenv("DAUYS_NEW_PEOPLE", "whatsapp = none, telegram=1000")
    chosen = permitted(30, Settings.load().new_people)
    assert {name: budget.strangers_a_day for name, budget in chosen.items()} == {
        "telegram": 1000,
        "webchat": None,
        "whatsapp": None,
    }


def test_secrets_do_not_show() -> None:
    settings = Settings(secret_key="k" * 40, telegram_token="123456:" + "A" * 35)
    assert "kkk" not in repr(settings)
    assert "AAA" not in repr(settings)


def test_without_a_secret_there_is_no_service() -> None:
    with pytest.raises(SettingsError):
        _ = Settings().secret


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"host": "0.0.0.0", "port": 81}, "http://127.0.0.1:81"),  # noqa: S104 - not bound
        ({"host": "::1"}, "http://[::1]:8080"),
        ({"public_url": "https://dauys.example.kz/"}, "https://dauys.example.kz"),
    ],
)
def test_the_address_people_open(values: dict[str, object], address: str) -> None:
    assert Settings.model_validate(values).address == address
