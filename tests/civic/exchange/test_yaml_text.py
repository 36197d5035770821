"""YAML holds what it looks like."""

import pytest

from civic.exchange.problems import InvalidFile
from civic.exchange.yaml_text import MAX_CHARACTERS, read_yaml


def _faults(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        read_yaml(text, "cycle.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_times_dates_codes_and_words_stay_text() -> None:
    text = "a: 18:00\nb: 2026-11-13\nc: 010\nd: no\ne: 1.5\nf: 2026-11-13 09:00:00\n"
    assert read_yaml(text, "cycle.yaml") == {
        "a": "18:00",
        "b": "2026-11-13",
        "c": "010",
        "d": "no",
        "e": "1.5",
        "f": "2026-11-13 09:00:00",
    }


def test_whole_numbers_true_false_and_null_are_what_they_say() -> None:
    text = "a: 50_000_000\nb: -8\nc: true\nd: false\ne: null\nf:\ng: 0\nh: ~\n"
    assert read_yaml(text, "cycle.yaml") == {
        "a": 50000000,
        "b": -8,
        "c": True,
        "d": False,
        "e": None,
        "f": None,
        "g": 0,
        "h": None,
    }


def test_a_key_given_twice_is_a_fault() -> None:
    assert _faults("fund: 1\nname: x\nfund: 2\n") == [
        "cycle.yaml: line 3: expected readable YAML, found the key «fund» a second time"
    ]


def test_an_alias_is_a_fault_because_it_hides_what_the_file_says() -> None:
    assert _faults("a: &x 1\nb: *x\n") == [
        "cycle.yaml: line 2: expected readable YAML, found an alias (*); write the text out"
    ]


def test_a_python_object_is_a_fault() -> None:
    assert "could not determine a constructor" in _faults("a: !!python/name:os.system ''")[0]


def test_a_broken_line_is_named() -> None:
    assert _faults("a: [1, 2\nb: 3\n")[0].startswith("cycle.yaml: line 2: expected readable YAML")


def test_an_unprintable_character_is_a_fault() -> None:
    assert _faults("a: \x00")[0].startswith("cycle.yaml: expected readable YAML, found «")


def test_endless_nesting_is_a_fault() -> None:
    assert _faults("[" * 5000)[0].startswith("cycle.yaml: expected readable YAML")


def test_a_file_that_is_too_long_is_a_fault() -> None:
    assert _faults(" " * (MAX_CHARACTERS + 1)) == [
        "cycle.yaml: expected at most 1000000 characters, found 1000001"
    ]
