"""Shares and names read right at the edges."""

import pytest

from dialogs.budget.sentences import name_of, part


@pytest.mark.parametrize(
    ("value", "text"), [(0.01, "< 0,1 %"), (0.06, "0,1 %"), (0.0, "0 %"), (58.2, "58,2 %")]
)
def test_what_is_there_is_never_called_nothing(value: float, text: str) -> None:
    # No number is broken from its sign at the end of a line.
    assert part(value, "ru") == text.replace(" %", "\N{NO-BREAK SPACE}%")


@pytest.mark.parametrize(
    ("language", "name"), [("kk", "Білім"), ("ru", "Образование"), ("en", "Образование")]
)
def test_a_name_is_read_in_the_nearest_language(language: str, name: str) -> None:
    assert name_of({"kk": "Білім", "ru": "Образование"}, language) == name


def test_a_name_in_one_language_is_read_in_every_language() -> None:
    assert name_of({"kk": "Білім"}, "en") == "Білім"
    assert name_of({"kk": "Білім"}, "ru") == "Білім"
