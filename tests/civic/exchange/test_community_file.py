"""A town's file."""

from pathlib import Path

import pytest

from bot.sample import FOLDER
from civic.exchange.community_file import read_community
from civic.exchange.problems import InvalidFile

SETTING = "broadcasts_need_second_organiser"
TEXT = (Path(FOLDER) / "community.yaml").read_text(encoding="utf-8")


def _faults(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        read_community(text, "community.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_town_is_read_with_districts_and_topics() -> None:
    town = read_community(TEXT, "community.yaml")
    assert town.names == {"kk": "Хромтау", "ru": "Хромтау", "en": "Khromtau"}
    assert str(town.zone) == "Asia/Almaty"
    assert [topic.code for topic in town.topics][:2] == ["sport", "yards"]
    assert next(district.code for district in town.districts) == "centre"


def test_one_organiser_announces_alone_unless_the_file_says_otherwise() -> None:
    silent = TEXT.replace(f"{SETTING}: false", "")
    for text in (TEXT, silent):
        assert not read_community(text, "community.yaml").broadcasts_need_second_organiser
    strict = TEXT.replace(f"{SETTING}: false", f"{SETTING}: true")
    assert read_community(strict, "community.yaml").broadcasts_need_second_organiser


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (
            "broadcasts_need_second_organiser: false",
            "broadcasts_need_second_organiser: maybe",
            "broadcasts_need_second_organiser: expected true or false, found «maybe»",
        ),
        (
            "timezone: Asia/Almaty",
            "timezone: Asia/Khromtau",
            "timezone: expected a time zone such as Asia/Almaty, found «Asia/Khromtau»",
        ),
        (
            "currency: KZT",
            "currency: tenge",
            "currency: expected a currency code of three capitals such as KZT, found «tenge»",
        ),
        (
            "code: south",
            "code: north",
            "districts[2].code: expected a code of its own, found «north» a second time",
        ),
        (
            "code: waste",
            "code: sport",
            "topics[4].code: expected a code of its own, found «sport» a second time",
        ),
        (
            "slug: khromtau-sample",
            "slug: Хромтау",
            "slug: expected small Latin letters, digits and hyphens, at most 64, found «Хромтау»",
        ),
    ],
)
def test_each_fault_says_where_what_and_what_was_found(
    before: str, after: str, fault: str
) -> None:
    assert before in TEXT
    assert _faults(TEXT.replace(before, after)) == [f"community.yaml: {fault}"]


def test_a_file_that_is_no_mapping_is_a_fault() -> None:
    assert _faults("- 1\n") == ["community.yaml: expected keys and values, found a list"]
