"""Commands and the words that stand for them."""

import pytest

from handlers.words import command_in
from tests.conftest import Talk


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/menu", "menu"),
        ("/MENU@dauys_bot", "menu"),
        ("Мәзір", "menu"),
        (" МЕНЮ ", "menu"),
        ("тіл", "language"),
        ("стоп", "stop"),
        ("/стоп", "stop"),
        ("помощь", "help"),
        ("нужна помощь", None),
        ("/unknown", None),
        ("", None),
    ],
)
def test_a_word_alone_is_a_command(text: str, command: str | None) -> None:
    assert command_in(text) == command


@pytest.mark.parametrize(
    ("language", "command", "part"),
    [
        ("kk", "/help", "Мұнда қалаға идея"),
        ("ru", "/help", "Здесь можно предложить"),
        ("ru", "/privacy", "Что о вас хранится"),
        ("kk", "/privacy", "Сіз туралы не сақталады"),
        ("en", "/language", "Қай тілде сөйлесеміз?"),
        ("ru", "меню", "сейчас"),
        ("en", "/cancel", "now"),
    ],
)
async def test_every_command_shows_its_window(
    talk: Talk, language: str, command: str, part: str
) -> None:
    person = await talk(language)
    await person.say(command)
    assert part in person.screen.text or part in " ".join(person.screen.buttons)


async def test_reading_what_is_kept_does_not_break_the_hello_off(talk: Talk) -> None:
    person = await talk("ru", greeted=False)
    await person.say("/start")
    await person.press("Русский")
    for command in ("/privacy", "/help", "/language"):
        await person.say(command)
        await person.press("Назад")
        assert "Как вас называть" in person.screen.text
    await person.say("Айгүл")
    await person.press("Пропустить")
    assert (await person.resident()).display_name == "Айгүл"
    assert "Моё участие" in person.screen.buttons


async def test_whoever_left_the_hello_half_way_is_not_asked_again(talk: Talk) -> None:
    person = await talk("ru", greeted=False)
    await person.say("/start")
    await person.press("Русский")
    await person.say("Айгүл")
    await person.say("/menu")
    await person.say("/start")
    assert "Моё участие" in person.screen.buttons


async def test_stop_ends_the_news_and_settings_bring_it_back(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/stop")
    assert "Больше не присылаем" in person.screen.text
    assert not (await person.resident()).wants_news
    await person.say("/menu")
    await person.press("Настройки")
    await person.press("Новости")
    await person.press("☐ Все новости")
    assert (await person.resident()).wants_news


async def test_the_language_can_be_changed_at_any_time(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/language")
    await person.press("Қазақша")
    assert "Баптаулар" in person.screen.text
    await person.press("Мәзір")
    assert "қазір" in person.screen.text


async def test_a_poster_in_russian_greets_a_newcomer_in_russian(talk: Talk) -> None:
    person = await talk("kk", greeted=False)
    await person.say("/start ru-r_1")
    assert "Здравствуйте" in person.screen.text
    assert (await person.resident()).language == "ru"


async def test_a_poster_does_not_change_the_language_of_somebody_known(talk: Talk) -> None:
    person = await talk("kk")
    await person.say("/start ru")
    assert (await person.resident()).language == "kk"


@pytest.mark.parametrize(
    "link", ["p_999999", "zz", "i_1", "'; DROP TABLE", "o-wrong", "p_" + "9" * 40]
)
async def test_a_link_to_nowhere_leads_to_the_menu(talk: Talk, link: str) -> None:
    person = await talk("ru")
    await person.say(f"/start {link}")
    if "Принять" in person.screen.buttons:
        await person.press("Принять")
        assert "приглашение" in person.alerts[-1]
        await person.press("Меню")
    assert "Моё участие" in person.screen.buttons
