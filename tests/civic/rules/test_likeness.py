"""What people type finds what they mean."""

import csv
import os
from pathlib import Path

import pytest

from civic.rules.likeness import SURE, Entry, alike, fold, search

ROOT = Path(__file__).parents[3]
PLACES = (
    *sorted((ROOT / "bot" / "sample" / "khromtau").glob("*.csv")),
    ROOT.parent / "shared" / "data" / "budget-almaty-oblast" / "expenditure.csv",
)


@pytest.fixture(scope="module")
def names() -> list[Entry]:
    """Return the names of a real oblast budget in Russian and Kazakh."""
    place = next((place for place in PLACES if place.exists()), None)
    if place is None:
        if os.environ.get("CI") == "true":
            pytest.fail("the real budget is not here")
        pytest.skip("the real budget is not here")
    with place.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Entry(number, (row["name_ru"], row["name_kk"])) for number, row in enumerate(rows, start=1)
    ]


def first(query: str, names: list[Entry]) -> tuple[str, ...]:
    """Return the texts of the best match."""
    by_id = {entry.id: entry.texts for entry in names}
    return by_id[search(query, names, 5)[0].id]


def entries(*texts: str) -> list[Entry]:
    """Return one entry per text, numbered from zero."""
    return [Entry(number, (text,)) for number, text in enumerate(texts)]


def ids(query: str, *texts: str) -> list[int]:
    """Return the numbers of the found texts."""
    return [match.id for match in search(query, entries(*texts), 10)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Бiлiм беру", "білім беру"),
        ("Cпорт", "спорт"),
        ("МЕМЛЕКЕТТIК", "мемлекеттік"),
        ("Call-орталықтар", "call орталықтар"),
        ("EL UMITI", "el umiti"),
        ("«Учёт» – и отчётность!", "учет и отчетность"),
        ("бір  \n екі\t3", "бір екі 3"),
        ("snake_case", "snake case"),
        ("…!?", ""),
    ],
)
def test_words_have_one_spelling(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_kazakh_letters_stay_apart_from_russian_ones() -> None:
    assert fold("іс") != fold("ис")
    assert fold("қала") != fold("кала")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Білім", "Образование"),
        ("бiлiм", "Образование"),
        ("билим беру", "Образование"),
        ("образованиe", "Образование"),
        ("Образавание", "Образование"),
        ("здравохранение", "Здравоохранение"),
        ("здравоохр", "Здравоохранение"),
        ("денсаулыгы", "Здравоохранение"),
        ("денсаулық сақтау", "Здравоохранение"),
        ("спортқа", "Спорт"),
        ("колик", "Транспорт и коммуникации"),
        ("ауыл шаруашылығының", "Сельское хозяйство"),
        ("қоршаған ортаны", "Охрана окружающей среды"),
        ("рыба", "Рыбное хозяйство"),
        ("обслужевание долга", "Обслуживание долга"),
    ],
)
def test_the_line_that_was_meant_comes_first(query: str, name: str, names: list[Entry]) -> None:
    assert first(query, names)[0] == name


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("ремонт дорог", "ремонт автомобильных дорог"),
        ("дорога", "автомобильных дорог"),
        ("жолдар", "автомобильных дорог"),
        ("школы", "до ближайшей школы"),
        ("мектебі", "Дошкольное воспитание"),
        ("бродячие собаки", "бродячих собак"),
        ("иттер", "бродячих собак"),
        ("call центр", "Call-центрами"),
    ],
)
def test_other_word_endings_are_forgiven(query: str, part: str, names: list[Entry]) -> None:
    assert part in first(query, names)[0]


@pytest.mark.parametrize("query", ["велодорожка", "qwerty", "бассейн", "???", "", "    "])
def test_what_is_not_in_the_budget_is_not_found(query: str, names: list[Entry]) -> None:
    assert search(query, names, 10) == []


def test_no_more_is_found_than_was_asked_for(names: list[Entry]) -> None:
    assert len(search("облыстық", names, 7)) == 7


def test_a_huge_text_is_searched_by_its_first_words(names: list[Entry]) -> None:
    assert search("образование " * 3000, names, 3)


def test_the_exact_word_comes_before_its_beginnings_and_other_endings() -> None:
    assert ids("вода", "Водоснабжение", "Воды", "Вода") == [2, 1, 0]


def test_a_rightly_spelt_word_is_no_typo_for_another() -> None:
    assert ids("трава", "Справа", "Трава") == [1]


def test_a_typo_finds_but_says_that_it_is_unsure() -> None:
    match = search("паликлиника", entries("Поликлиника"), 5)[0]
    assert 0 < match.score < SURE


def test_two_slips_are_forgiven_in_a_long_word_only() -> None:
    assert ids("палеклиника", "Поликлиника") == [0]
    assert ids("шкапы", "Школы") == []


def test_short_words_and_numbers_are_not_guessed() -> None:
    assert ids("сад", "Сыр") == []
    assert ids("20265", "20275") == []


def test_a_kazakh_word_typed_with_russian_letters_ranks_below_the_russian_one() -> None:
    assert ids("кол", "қол", "кол") == [1, 0]


def test_all_words_together_come_before_some_of_them() -> None:
    assert ids("ремонт школы", "Ремонт дорог", "Ремонт школ", "Школы") == [1]


def test_some_of_the_words_are_better_than_nothing() -> None:
    found = search("школьный автобус", entries("Автобусы", "Театр"), 5)
    assert [match.id for match in found] == [0]
    assert found[0].score < SURE


def test_little_words_count_only_when_nothing_else_is_asked() -> None:
    assert ids("для воды", "Для рыбы", "Вода") == [1]
    assert ids("для", "Для рыбы", "Вода") == [0]


def test_an_entry_is_judged_by_its_best_language() -> None:
    assert search("су", [Entry(7, ("Вода", "Су"))], 1)[0].score == 1.0
    assert search("су", [Entry(7, ())], 1) == []


def test_a_stem_may_grow_but_not_shrink_into_another_word() -> None:
    assert ids("школа", "Школьные автобусы") == [0]
    assert ids("школьный", "Школа") == [0]
    assert ids("образование", "Здоровый образ жизни") == []


IDEAS = (
    "Детская площадка на улице Абая",
    "Освещение улицы Победы",
    "Ремонт дороги на улице Абая",
    "Скейт-парк в центральном парке",
    "Балалар ойын алаңы Абай көшесінде",
    "Пандус у поликлиники",
)


@pytest.mark.parametrize(
    ("title", "index"),
    [
        ("Площадка для детей по ул. Абая", 0),
        ("осветить улицу Победы", 1),
        ("Дорога на Абая: отремонтировать", 2),
        ("Скейт парк", 3),
        ("Абай көшесіне балалар алаңы", 4),
        ("пандусы в паликлинике", 5),
    ],
)
def test_the_same_idea_in_other_words_is_noticed(title: str, index: int) -> None:
    found = alike(title, entries(*IDEAS), 3)
    assert found[0].id == index
    assert found[0].score <= 1


@pytest.mark.parametrize("title", ["Тротуар к школе №5", "Велодорожка вдоль реки", "!", ""])
def test_a_new_idea_is_like_no_other(title: str) -> None:
    assert alike(title, entries(*IDEAS), 3) == []


def test_nothing_is_like_a_text_without_words() -> None:
    assert alike("Парк", [Entry(1, ("…", ""))], 3) == []
    assert alike("Парк", [], 3) == []
