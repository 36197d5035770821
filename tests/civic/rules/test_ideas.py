"""What an idea must be like."""

from dataclasses import replace

import pytest

from civic.model.cycle import IdeaRules
from civic.model.idea import IdeaContent
from civic.model.refusal import Fact, Reason, Refused
from civic.rules.ideas import (
    LENGTHS,
    About,
    AtPoint,
    Change,
    Costing,
    Field,
    InDistrict,
    WithoutPhoto,
    Words,
    changed,
    missing,
    read_cost,
    with_photo,
)
from tests.conftest import TOWN

RULES = IdeaRules(max_cost=10_000_000, max_photos=3)
FREE = IdeaRules(max_cost=None, max_photos=3)
WHOLE = IdeaContent(
    title="Скамейки у поликлиники",
    problem="Пожилым людям негде присесть",
    proposal="Поставить пять скамеек вдоль дороги",
    topic="parks",
    place="улица Абая, 5",
)


def _change(change: Change, content: IdeaContent | None = None) -> IdeaContent:
    return changed(content or IdeaContent(), change, TOWN, RULES)


def _refusal(change: Change) -> tuple[Reason, dict[str, Fact]]:
    with pytest.raises(Refused) as caught:
        _change(change)
    return caught.value.reason, dict(caught.value.facts)


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        (Field.TITLE, "  Скамейки \n у   поликлиники ", "Скамейки у поликлиники"),
        (Field.PROBLEM, "Пожилым негде\n\n\n\nприсесть  вовсе", "Пожилым негде\n\nприсесть вовсе"),
        (Field.PROPOSAL, "Поставить пять\r\nновых скамеек", "Поставить пять\nновых скамеек"),
        (Field.PLACE, "улица\u202e Абая\n5", "улица Абая 5"),
    ],
)
def test_words_are_kept_tidy(field: Field, text: str, kept: str) -> None:
    assert getattr(_change(Words(field, text)), field.value) == kept


@pytest.mark.parametrize("field", LENGTHS)
def test_words_may_be_as_long_as_the_limit_and_no_longer(field: Field) -> None:
    limit = LENGTHS[field].limit
    assert len(getattr(_change(Words(field, "ж" * limit)), field.value)) == limit
    reason, facts = _refusal(Words(field, "ж" * (limit + 1)))
    assert (reason, facts) == (Reason.TEXT_TOO_LONG, {"length": limit + 1, "limit": limit})


@pytest.mark.parametrize("field", LENGTHS)
def test_words_must_be_long_enough_to_be_understood(field: Field) -> None:
    least = LENGTHS[field].least
    reason, facts = _refusal(Words(field, "ж" * (least - 1)))
    assert (reason, facts) == (Reason.TEXT_TOO_SHORT, {"length": least - 1, "least": least})


@pytest.mark.parametrize("text", ["", "   ", "\u200f\u200e\u202e", "\n\n"])
def test_blanks_and_direction_marks_are_no_words(text: str) -> None:
    assert _refusal(Words(Field.TITLE, text))[0] is Reason.TEXT_EMPTY


def test_topics_and_districts_are_those_of_the_town() -> None:
    assert _change(About("sport")).topic == "sport"
    assert _change(InDistrict("east")).district == "east"
    assert _refusal(About("space"))[0] is Reason.NOT_FOUND
    assert _refusal(InDistrict("moon"))[0] is Reason.NOT_FOUND


def test_a_place_can_be_a_point_on_the_map() -> None:
    placed = _change(AtPoint(50.25, 58.43))
    assert (placed.latitude, placed.longitude) == (50.25, 58.43)


def test_a_district_is_added_to_the_place_in_words() -> None:
    both = _change(InDistrict("east"), _change(Words(Field.PLACE, "улица Абая")))
    assert (both.place, both.district) == ("улица Абая", "east")


@pytest.mark.parametrize(
    ("text", "tenge"),
    [
        ("1500000", 1_500_000),
        ("1 500 000", 1_500_000),
        ("1\u00a0500\u202f000", 1_500_000),
        ("1.500.000", 1_500_000),
        ("1,500,000 тг", 1_500_000),
        ("1 500 000,00 тенге.", 1_500_000),
        ("500000₸", 500_000),
        ("1,5 млн", 1_500_000),
        ("1.5 mln", 1_500_000),
        ("2 млн. тг", 2_000_000),
        ("1,5 миллиона тенге", 1_500_000),
        ("1,5 миллион теңге", 1_500_000),
        ("500 мың", 500_000),
        ("500 мың теңге", 500_000),
        ("500 тыс", 500_000),
        ("500 тыс.", 500_000),
        ("500k тг", 500_000),
        ("500к", 500_000),
        ("~2 млн", 2_000_000),
        ("около 300 тысяч тенге", 300_000),
        ("шамамен 500 мың", 500_000),
        ("1 МЛН", 1_000_000),
        ("3 млрд", 3_000_000_000),
        ("0", 0),
    ],
)
def test_a_cost_is_read_as_people_write_it(text: str, tenge: int) -> None:
    assert read_cost(text, FREE) == tenge


@pytest.mark.parametrize(
    "text",
    [
        "дорого",
        "",
        "млн",
        "1,5",
        "12 34",
        "1 500 00",
        "-500",
        "1e6",
        "500 попугаев",
        "1-2 млн",
        "1,5,5 млн",
        "½ млн",
        "9" * 13,
        "9" * 5000,
        "1 " * 5000,
    ],
)
def test_a_sum_that_could_mean_anything_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_cost(text, FREE)
    assert caught.value.reason is Reason.COST_UNREADABLE


def test_a_cost_beyond_the_limit_of_the_rules_is_refused_with_the_limit() -> None:
    assert _change(Costing("10 млн")).cost == 10_000_000
    reason, facts = _refusal(Costing("10 000 001"))
    assert reason is Reason.COST_TOO_HIGH
    assert facts == {"cost": 10_000_001, "limit": 10_000_000}


def test_an_empty_cost_means_that_it_is_not_known() -> None:
    assert _change(Costing(""), replace(WHOLE, cost=5)).cost is None


def test_photos_are_added_up_to_the_limit_and_each_once() -> None:
    content = IdeaContent()
    for picture in (5, 7, 5, 6):
        content = with_photo(content, picture, RULES)
    assert content.photos == (5, 7, 6)
    assert with_photo(content, 7, RULES) == content
    with pytest.raises(Refused) as caught:
        with_photo(content, 8, RULES)
    assert caught.value.reason is Reason.TOO_MANY_PHOTOS
    assert caught.value.facts == {"limit": 3}


def test_a_photo_can_be_taken_back_and_only_that_one() -> None:
    once = _change(WithoutPhoto(1), replace(WHOLE, photos=(1, 2)))
    assert once.photos == (2,)
    assert _change(WithoutPhoto(1), once) == once


def test_cost_and_photos_may_be_left_out() -> None:
    assert missing(WHOLE, TOWN) is None


def test_the_first_missing_part_is_named() -> None:
    assert missing(IdeaContent(), TOWN) is Field.TITLE
    assert missing(replace(WHOLE, problem=""), TOWN) is Field.PROBLEM
    assert missing(replace(WHOLE, proposal="", place=""), TOWN) is Field.PROPOSAL
    assert missing(replace(WHOLE, topic=None), TOWN) is Field.TOPIC
    assert missing(replace(WHOLE, place=""), TOWN) is Field.PLACE


def test_a_topic_that_the_town_gave_up_is_missing() -> None:
    assert missing(replace(WHOLE, topic="space"), TOWN) is Field.TOPIC


def test_a_town_without_topics_asks_for_none() -> None:
    assert missing(replace(WHOLE, topic=None), replace(TOWN, topics=())) is None


@pytest.mark.parametrize(
    "place", [{"place": "улица"}, {"district": "east"}, {"latitude": 0.0, "longitude": 0.0}]
)
def test_words_a_district_or_a_point_are_each_a_place(place: dict[str, str]) -> None:
    nowhere = replace(WHOLE, place="")
    assert missing(replace(nowhere, **place), TOWN) is None  # type: ignore[arg-type]
