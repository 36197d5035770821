"""The first hello, from a newcomer's side."""

from tests.conftest import Talk


async def test_a_newcomer_is_in_the_menu_after_three_taps(talk: Talk) -> None:
    person = await talk("ru", greeted=False)
    await person.say("/start")
    await person.press("Русский")
    assert "Хромтау" in person.screen.text
    await person.press(person.screen.buttons[0])
    await person.press(person.screen.buttons[-2])
    resident = await person.resident()
    assert resident.greeted
    assert resident.language == "ru"
    assert resident.district is None
