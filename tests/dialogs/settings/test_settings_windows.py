"""Settings, as a person uses them."""

import pytest

from civic.actions.meet_resident import LoseContact
from civic.model.resident import ANY_HOUR, Hours, NewsChoice, TopicChoice
from civic.model.topics import CommonTopic
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
    assert "News comes Monday to Saturday, 9:00–21:00." in person.screen.text
    await person.press("☐ Only mine")
    assert (await person.resident()).news is NewsChoice.MINE
    assert "☑ Only mine" in person.screen.buttons
    await person.press("☐ No news")
    assert {"Hours", "Topics"}.isdisjoint(person.screen.buttons)


async def test_hours_are_any_the_usual_or_ones_own_in_three_taps(talk: Talk) -> None:
    person = await _at_news(talk)
    await person.press("Hours")
    await person.press("☐ At any hour")
    assert (await person.resident()).hours == ANY_HOUR
    assert "News comes at any hour." in person.screen.text
    assert "☐ Sundays too" not in person.screen.buttons
    await person.press("☐ My hours")
    await person.press("18:00")
    assert person.screen.buttons[:6] == ["19:00", "20:00", "21:00", "22:00", "23:00", "24:00"]
    assert "18:00" not in person.screen.buttons
    await person.press("23:00")
    assert (await person.resident()).hours == Hours(18, 23)
    assert "News comes Monday to Saturday, 18:00–23:00." in person.screen.text
    await person.press("☐ Sundays too")
    assert (await person.resident()).hours == Hours(18, 23, sundays=True)
    assert "News comes every day, 18:00–23:00." in person.screen.text
    await person.press("☑ Sundays too")
    assert (await person.resident()).hours == Hours(18, 23)


async def test_hours_over_midnight_say_how_saturday_ends(talk: Talk) -> None:
    person = await _at_news(talk)
    await person.press("Hours")
    await person.press("☐ My hours")
    await person.press("20:00")
    await person.press("2:00")
    assert (await person.resident()).hours == Hours(20, 2)
    assert "What begins on Saturday goes on until 2:00 on Sunday." in person.screen.text
    await person.press("Back")
    assert "20:00–2:00" in person.screen.text


async def test_topics_are_followed_muted_and_left_as_usual(talk: Talk, work: Work) -> None:
    person = await _at_news(talk)
    await person.press("Topics")
    for topic, choice in [
        ("Sport", "Follow"),
        ("Parks", "Mute"),
        ("Voting and results", "Mute"),
        ("★ Sport", "As usual"),
    ]:
        await person.press(topic)
        await person.press(f"☐ {choice}")
    async with work.read() as unit:
        assert await unit.residents.topic_choices((await person.resident()).id) == {
            "parks": TopicChoice.MUTE,
            CommonTopic.VOTING: TopicChoice.MUTE,
        }
    assert {"Sport", "✕ Parks", "✕ Voting and results"} <= set(person.screen.buttons)
    await person.press("Back")
    assert "Muted: Voting and results, Parks." in person.screen.text
    assert "You follow" not in person.screen.text


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
