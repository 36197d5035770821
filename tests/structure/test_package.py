"""What is installed is whole."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = {".py", ".pyc", ".po", ".pot"}


def test_every_file_that_the_program_reads_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    for package in ("bot", "civic", "dialogs", "handlers", "locales", "storage"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and path.suffix not in SOURCES and path.name != ".compiled":
                assert any(fnmatch(path.name, pattern) for pattern in patterns), path
