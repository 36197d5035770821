"""Settings, as a person uses them."""

from tests.conftest import Talk


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
    await person.press("Выключить новости")
    assert not (await person.resident()).wants_news
    await person.press("Включить новости")
    assert (await person.resident()).wants_news
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
