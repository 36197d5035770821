"""`dauys cycle` as an operator uses it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bot import sample
from bot.cli.cycle import command

Dauys = Callable[..., Result]


@pytest.fixture
def dauys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dauys:
    """Return a function that runs `dauys cycle …` on a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAUYS_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'dauys.db'}")
    monkeypatch.setenv("DAUYS_SECRET_KEY", "0123456789abcdef" * 2)

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(command, [str(word) for word in words])

    return run


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A copy of the sample town's files."""
    folder = tmp_path / "town"
    shutil.copytree(sample.FOLDER, folder)
    return folder


def _change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_sound_files_are_said_to_be_so(dauys: Dauys, town: Path) -> None:
    result = dauys("check", town / "community.yaml", town / "vote.yaml")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{town}/community.yaml: a sound town file",
        f"{town}/vote.yaml: a sound cycle file",
    ]


def test_faults_of_all_files_are_listed_on_stderr(dauys: Dauys, town: Path) -> None:
    _change(town / "community.yaml", "currency: KZT", "currency: tenge")
    _change(town / "vote.yaml", "fund: 40000000", "fund: much")
    result = dauys("check", town / "community.yaml", town / "vote.yaml")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        (
            f"{town}/community.yaml: currency: expected a currency code of three capitals "
            "such as KZT, found «tenge»"
        ),
        f"{town}/vote.yaml: rules.voting.fund: expected a whole number, found «much»",
    ]


def test_a_cycle_of_an_unknown_town_is_not_sound(dauys: Dauys, town: Path) -> None:
    result = dauys("check", town / "vote.yaml")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"{town}/vote.yaml: community: expected the slug of a town set up before, or of one whose "
        "file comes along, found «khromtau-sample»\n"
    )
    assert not (town.parent / "dauys.db").exists()


def test_a_cycle_is_held_against_the_town_set_up_before(dauys: Dauys, town: Path) -> None:
    dauys("apply", town / "community.yaml")
    assert dauys("check", town / "vote.yaml").exit_code == 0
    _change(town / "vote.yaml", "topic: sport", "topic: opera")
    result = dauys("check", town / "vote.yaml")
    assert result.exit_code == 1
    assert "topic: expected one of " in result.stderr
    assert "found «opera»" in result.stderr


@pytest.mark.parametrize("command", ["check", "apply"])
@pytest.mark.parametrize("name", ["community.yaml", "vote.yaml"])
def test_two_files_with_the_same_slug_are_refused(
    dauys: Dauys, town: Path, command: str, name: str
) -> None:
    shutil.copy(town / name, town / "copy.yaml")
    result = dauys(command, town / "community.yaml", town / "vote.yaml", town / "copy.yaml")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{town}/copy.yaml: slug: expected a slug that no other of these files has" in (
        result.stderr
    )
    assert f"as in {town}/{name}" in result.stderr


def test_another_encoding_is_named(dauys: Dauys, town: Path) -> None:
    (town / "vote.yaml").write_bytes("город".encode("cp1251"))
    result = dauys("check", town / "vote.yaml")
    assert result.exit_code == 1
    assert result.stderr == f"{town}/vote.yaml: expected text in UTF-8, found other bytes\n"


def test_files_are_applied_in_any_order_and_again(dauys: Dauys, town: Path) -> None:
    files = (town / "vote.yaml", town / "community.yaml")
    assert dauys("apply", *files).stdout.splitlines() == [
        f"{town}/community.yaml: created",
        f"{town}/vote.yaml: created",
    ]
    _change(town / "vote.yaml", "en: A car park", "en: Parking")
    again = dauys("apply", *files)
    assert again.exit_code == 1
    assert "titles of project «parking»" in again.stderr


def test_an_unchanged_file_says_so(dauys: Dauys, town: Path) -> None:
    files = (town / "community.yaml", town / "ideas.yaml")
    dauys("apply", *files)
    result = dauys("apply", *files)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{town}/community.yaml: unchanged",
        f"{town}/ideas.yaml: unchanged",
    ]


def test_nothing_is_applied_when_a_file_has_a_fault(dauys: Dauys, town: Path) -> None:
    _change(town / "vote.yaml", "fund: 40000000", "fund: much")
    assert dauys("apply", town / "community.yaml", town / "vote.yaml").exit_code == 1
    assert dauys("apply", town / "community.yaml").stdout == f"{town}/community.yaml: created\n"


def test_rules_of_an_open_vote_are_refused_in_a_sentence(dauys: Dauys, town: Path) -> None:
    files = (town / "community.yaml", town / "vote.yaml")
    dauys("apply", *files)
    _change(town / "vote.yaml", "fund: 40000000", "fund: 41000000")
    result = dauys("apply", *files)
    assert result.exit_code == 1
    assert result.stderr == (
        "Refused: voting has opened, so its rules and projects are frozen; the file changes: "
        "rules.voting.fund. Take these changes back, or make a new cycle under another slug.\n"
    )


def test_photos_beside_the_file_are_taken_along(dauys: Dauys, town: Path) -> None:
    _change(town / "vote.yaml", "photo: photos/running-track.jpg", "photo: track.jpg")
    files = (town / "community.yaml", town / "vote.yaml")
    missing = dauys("check", *files)
    assert missing.exit_code == 1
    assert "projects[0].photo: expected a file beside this one, found no file" in missing.stderr
    (town / "track.jpg").write_bytes(b"x")
    assert dauys("check", *files).exit_code == 0


def test_a_file_that_is_not_there_is_wrong_use(dauys: Dauys, tmp_path: Path) -> None:
    assert dauys("apply", tmp_path / "nothing.yaml").exit_code == 2
    assert dauys("apply").exit_code == 2


def test_dates_change_only_with_a_reason_for_everyone_to_read(dauys: Dauys, town: Path) -> None:
    files = (town / "community.yaml", town / "ideas.yaml")
    dauys("apply", *files)
    path = town / "ideas.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    last = content["stages"][-1]
    last["closes"]["day"] += 7
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    refused = dauys("apply", *files)
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"Refused: the file changes dates that people can read ({last['kind']}), so everyone is "
        "told, and why. Say it in 5 to 500 characters: "
        'dauys cycle apply FILE --reason "...".\n'
    )
    applied = dauys("apply", *files, "--reason", "The builders need another week.")
    assert applied.exit_code == 0
    assert applied.stdout.splitlines()[1] == f"{path}: updated"
