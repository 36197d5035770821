"""What people read is complete in every language, and only where it belongs."""

import ast
import re
from pathlib import Path

import pytest

from locales import DOMAIN, FOLDER
from locales.check import find_faults, find_labels, places

ROOT = Path(__file__).parent.parent.parent
CYRILLIC = re.compile("[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]")


def test_every_text_is_translated_and_fits() -> None:
    assert list(find_faults()) == []


def test_a_merge_left_half_done_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Babel itself reads over the marks of a conflict and takes either side."""
    name = Path("ru") / "LC_MESSAGES" / f"{DOMAIN}.po"
    (tmp_path / name).parent.mkdir(parents=True)
    whole = (FOLDER / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(f"{whole}\n=======\n", encoding="utf-8")
    monkeypatch.setattr("locales.check.FOLDER", tmp_path)
    faults = list(find_faults())
    assert len(faults) == 1
    assert faults[0].startswith(f"ru: {DOMAIN}.po cannot be read")


def test_labels_are_found_in_the_code() -> None:
    """The check of lengths would pass on nothing."""
    assert "Menu" in set(find_labels())


def test_places_in_a_text_are_found() -> None:
    assert places("{name}: {count} of {{five}}") == {"name", "count"}


def test_no_words_for_people_in_participation_and_storage() -> None:
    """Texts live in conversations; Cyrillic letters elsewhere are only examples in docstrings."""
    for folder in ("civic/actions", "civic/model", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docstrings = {
                id(node.value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if id(node) in docstrings:
                        continue
                    assert not CYRILLIC.search(node.value), f"{path}: {node.value!r}"
