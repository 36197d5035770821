"""Settings, as a person uses them."""

import pytest

from civic.actions.meet_resident import LoseContact
from civic.model.resident import NewsChoice
from civic.ports import Work
from tests.conftest import Talk
from tests.conversation import Conversation


async def test_everything_about_oneself_can_be_changed(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    await person.press("Настройки")
    await person.press("Имя")
    await person.say("x" * 41)
    assert "Напишите короче" in person.screens[-2].text
    await person.say("Болат <b>")
    assert "Болат <b>" in person.screen.text
    await person.press("Имя")
    await person.press("Без имени")
    assert "Житель" in person.screen.text
    await person.press("Часть города")
    await person.press("Восток")
    assert "Восток" in person.screen.text
    await person.press("Часть города")
    await person.press("Не хочу")
    assert "Восток" not in person.screen.text
    await person.press("Новости")
    await person.press("☐ Без новостей")
    assert not (await person.resident()).wants_news
    await person.press("☐ Все новости")
    assert (await person.resident()).wants_news
    await person.press("Назад")
    await person.press("Язык")
    await person.press("English")
    assert "Settings" in person.screen.text


async def test_a_newcomer_can_choose_a_district_and_another_language_on_the_way(
    talk: Talk,
) -> None:
    person = await talk("ru", greeted=False)
    await person.say("/start")
    await person.press("Русский")
    await person.press("Язык")
    await person.press("Қазақша")
    await person.say("")
    await person.say("Айгүл")
    await person.press("Орталық")
    resident = await person.resident()
    assert (resident.language, resident.display_name) == ("kk", "Айгүл")
    assert (resident.district, resident.greeted) == ("center", True)


async def _at_news(talk: Talk) -> Conversation:
    person = await talk("en")
    await person.say("/menu")
    await person.press("Settings")
    assert "News: All news" in person.screen.text
    await person.press("News")
    return person


async def test_news_are_chosen_and_the_hours_only_where_there_are_any(talk: Talk) -> None:
    person = await _at_news(talk)
    assert "You get all news" in person.screen.text
    assert "By day: Monday to Saturday, 9:00–21:00." in person.screen.text
    await person.press("At any hour")
    assert (await person.resident()).at_any_hour
    await person.press("By day only")
    assert not (await person.resident()).at_any_hour
    await person.press("☐ Only mine")
    assert (await person.resident()).news is NewsChoice.MINE
    assert "☑ Only mine" in person.screen.buttons
    await person.press("☐ No news")
    assert {"At any hour", "By day only", "Topics"}.isdisjoint(person.screen.buttons)


async def test_topics_are_followed_and_left(talk: Talk, work: Work) -> None:
    person = await _at_news(talk)
    await person.press("Topics")
    await person.press("☐ Sport")
    await person.press("☐ Parks")
    await person.press("☑ Sport")
    async with work.read() as unit:
        assert await unit.residents.followed((await person.resident()).id) == {"parks"}
    assert "☐ Sport" in person.screen.buttons


@pytest.mark.parametrize(
    ("label", "choice"), [("☐ All news", NewsChoice.ALL), ("☑ No news", NewsChoice.NONE)]
)
async def test_who_had_blocked_us_is_asked_once_about_the_news_and_then_goes_on(
    talk: Talk, work: Work, label: str, choice: NewsChoice
) -> None:
    person = await talk("en")
    await person.say("/menu")
    await LoseContact(work)("test", person.person)
    await person.say("/menu")
    assert "Khromtau: now" in person.screens[-2].text
    assert "Welcome back." in person.screen.text
    assert not (await person.resident()).wants_news
    await person.press(label)
    assert (await person.resident()).news is choice
    assert "My things" in person.screen.buttons
    await person.say("/menu")
    assert "My things" in person.screen.buttons


async def test_who_comes_back_to_say_stop_is_not_asked(talk: Talk, work: Work) -> None:
    person = await talk("en")
    await person.say("/menu")
    await LoseContact(work)("test", person.person)
    await person.say("/stop")
    assert "No more news from us." in person.screen.text
    assert not (await person.resident()).came_back
