"""The draft budget, from the side of the person who reads it."""

from datetime import timedelta

import pytest

from bot.wiring import Service
from civic.model.cycle import Cycle
from tests.conftest import Talk
from tests.consultation import discuss, ids_of, row
from tests.fakes import FrozenClock

WORDS = {
    "kk": {
        "top": "Бюджет жобасы",
        "education": "Бiлiм беру",
        "schools": "Мектептер",
        "department": "Білім басқармасы",
        "billions": "600 млрд ₸",
        "new": "жаңа",
        "dropped": "жоспарланбаған",
        "up": "Бір деңгей жоғары",
        "search": "Іздеу",
        "query": "олимпиадалар",
        "hit": "Олимпиадалар",
        "back": "Артқа",
        "chart": "Диаграмма",
        "comment": "Пікір жазу",
    },
    "ru": {
        "top": "Проект бюджета",
        "education": "Образование",
        "schools": "Школы",
        "department": "Управление образования",
        "billions": "600 млрд ₸",
        "new": "новое",
        "dropped": "не запланировано",
        "up": "На уровень выше",
        "search": "Поиск",
        "query": "олимпиаду",
        "hit": "Олимпиады",
        "back": "Назад",
        "chart": "Диаграмма",
        "comment": "Комментировать",
    },
}


@pytest.fixture
async def cycle(service: Service, clock: FrozenClock) -> Cycle:
    """A small draft budget under discussion."""
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    return await discuss(service.work, town, clock)


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_from_the_whole_down_to_a_programme_and_up_again(
    talk: Talk, cycle: Cycle, language: str
) -> None:
    words, person = WORDS[language], await talk(language)
    await person.say(f"/start b_{cycle.id}")
    assert words["top"] in person.screen.text
    assert words["billions"] in person.screen.text
    await person.press(f"1. {words['education']}")
    await person.press("1. ")
    assert words["education"] in person.screen.text
    assert words["schools"] in person.screen.text
    await person.say("1")
    text = person.screen.text
    assert words["department"] in text
    assert f"99 млрд ₸ → — ({words['dropped']})" in text
    assert f"— → 100 млрд ₸ ({words['new']})" in text
    await person.press(words["up"])
    await person.press(words["up"])
    await person.press(words["up"])
    assert words["top"] in person.screen.text
    assert words["up"] not in person.screen.buttons


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_words_typed_over_a_line_are_searched_for(
    talk: Talk, cycle: Cycle, language: str
) -> None:
    words, person = WORDS[language], await talk(language)
    await person.say(f"/start b_{cycle.id}")
    await person.say(words["query"])
    assert words["hit"] in person.screen.text
    assert words["schools"] in person.screen.text
    await person.say("1")
    assert words["hit"] in person.screen.text
    assert "99 млрд ₸" in person.screen.text


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_search_window_leads_to_a_line_and_back(
    talk: Talk, cycle: Cycle, language: str
) -> None:
    words, person = WORDS[language], await talk(language)
    await person.say(f"/start b_{cycle.id}")
    await person.press(words["search"])
    await person.say("велодорожка")
    assert "велодорожка" in person.screen.text
    await person.say("абразование" if language == "ru" else "мектепер")
    await person.press("1. ")
    assert words["up"] in person.screen.buttons
    await person.press(words["search"])
    await person.press(words["back"])
    assert words["up"] in person.screen.buttons


async def test_from_a_line_that_was_found_a_way_leads_back_to_the_results(
    talk: Talk, cycle: Cycle
) -> None:
    person = await talk("ru")
    await person.say(f"/start b_{cycle.id}")
    await person.press("1. ")
    from_where = person.screen.text
    await person.say("олимпиады")
    results = person.screen.text
    await person.press("1. ")
    assert "Олимпиады" in person.screen.text
    await person.press("К найденному")
    assert person.screen.text == results
    await person.say("1")
    await person.press("К найденному")
    await person.press("Назад")
    assert person.screen.text == from_where
    assert "К найденному" not in person.screen.buttons


async def test_what_is_searched_for_is_shown_as_words_not_markup(talk: Talk, cycle: Cycle) -> None:
    person = await talk("ru")
    await person.say(f"/start b_{cycle.id}")
    await person.say("<b>школы</b> & " + "ы" * 5000)
    assert "&lt;b&gt;" in person.screen.html
    assert len(person.screen.text) < 1500


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_a_chart_comes_on_request_with_its_figures_in_words(
    talk: Talk, cycle: Cycle, language: str
) -> None:
    person = await talk(language)
    await person.say(f"/start b_{cycle.id}")
    assert person.screen.picture is None
    await person.press(WORDS.get(language, {"chart": "Chart"})["chart"])
    assert person.screen.picture is not None
    assert person.screen.picture.startswith(b"\x89PNG")
    assert "99" in person.screen.text
    await person.press(WORDS.get(language, {"back": "Back"})["back"])
    assert person.screen.picture is None


async def test_small_lines_are_put_together_in_a_chart(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    rows = [
        row(f"{number:02}", f"Строка {number}", "Жол", (1_000 * number, 1, 1))
        for number in range(1, 13)
    ]
    cycle = await discuss(service.work, town, clock, rows)
    person = await talk("ru")
    await person.say(f"/start b_{cycle.id}")
    await person.press("Диаграмма")
    assert "Ещё 5 разделов: 15 млн ₸" in person.screen.text


async def test_long_lists_are_read_page_by_page_and_by_number(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    rows = [
        row(f"{number:02}", f"Раздел {number}", "Бөлім", (1_000 * (99 - number), 1, 1))
        for number in range(1, 14)
    ]
    cycle = await discuss(service.work, town, clock, rows)
    person = await talk("ru")
    await person.say(f"/start b_{cycle.id}")
    await person.press("Следующая стр.")
    await person.press("Следующая стр.")
    assert "13. Раздел 13" in person.screen.text
    assert "Следующая стр." not in person.screen.buttons
    await person.press("Предыдущая стр.")
    await person.say("7.")
    assert person.screen.text.startswith("Раздел 7")
    await person.press("На уровень выше")
    await person.say("раздел")
    await person.press("Следующая стр.")
    assert "Страница 2 из 3" in person.screen.text
    await person.press("6. ")
    assert "Раздел" in person.screen.text


async def test_a_link_to_a_line_opens_it(service: Service, talk: Talk, cycle: Cycle) -> None:
    ids = await ids_of(service.work, cycle)
    person = await talk("ru")
    await person.say(f"/start s_{ids['04.2.261.055']}")
    assert "Образование › Школы › Управление образования" in person.screen.text
    assert "Олимпиады" in person.screen.text


async def test_a_link_to_a_line_that_is_gone_says_so(talk: Talk, cycle: Cycle) -> None:
    assert cycle.id
    person = await talk("ru")
    await person.say("/start s_999999")
    assert any("больше нет" in screen.text for screen in person.screens)


async def test_english_readers_are_told_why_names_are_in_russian(talk: Talk, cycle: Cycle) -> None:
    person = await talk("en")
    await person.say(f"/start b_{cycle.id}")
    assert "Образование" in person.screen.text
    assert "The names are in Russian" in person.screen.text
    await person.press("1. ")
    assert "The names are in Russian" not in person.screen.text


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_after_the_close_the_budget_is_read_but_not_commented(
    talk: Talk, cycle: Cycle, clock: FrozenClock, language: str
) -> None:
    words, person = WORDS[language], await talk(language)
    await person.say(f"/start b_{cycle.id}")
    open_screen = person.screen
    clock.move(timedelta(days=40))
    await person.press(words["comment"], on=open_screen)
    assert person.alerts
    assert "30" in person.alerts[-1]
    assert words["comment"] not in person.screen.buttons
    await person.press("1. ")
    assert words["education"] in person.screen.text


async def test_a_share_too_small_to_tell_can_be_read(
    talk: Talk, service: Service, clock: FrozenClock
) -> None:
    """«< 0,1 %» holds a sign by which messengers know formatting."""
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    rows = (
        row("01", "Оборона", "Қорғаныс", (1_000, 1_000, 1_000)),
        row("04", "Образование", "Бiлiм беру", (600_000_000, 660_000_000, 700_000_000)),
    )
    cycle = await discuss(service.work, town, clock, rows, "lopsided")
    person = await talk("ru")
    await person.say(f"/start b_{cycle.id}")
    await person.press("2. Оборона")
    assert "Доля во всём бюджете: < 0,1 %" in person.screen.text
