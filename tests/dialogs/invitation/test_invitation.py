"""A one-time link makes an organiser, once."""

import pytest

from civic.actions.invite import PREFIX, Invite
from civic.model.resident import Role
from tests.conftest import Talk
from tests.conversation import Conversation


async def invite(person: Conversation, role: Role) -> str:
    make = await person.service.container.get(Invite)
    return PREFIX + await make((await person.resident()).community_id, role)


async def test_whoever_opens_it_first_becomes_organiser_and_nobody_after(talk: Talk) -> None:
    first, second = await talk("ru"), await talk("ru")
    link = await invite(first, Role.ORGANISER)
    await first.say(f"/start {link}")
    await first.press("Принять")
    assert (await first.resident()).has(Role.ORGANISER)
    await second.say(f"/start {link}")
    assert any("dauys invite" in screen.text for screen in second.screens)
    assert "Принять" not in second.screen.buttons
    assert "Моё участие" in second.screen.buttons
    assert not (await second.resident()).has(Role.ORGANISER)


async def test_opening_it_by_mistake_uses_nothing_up(talk: Talk) -> None:
    first, second = await talk("kk"), await talk("kk")
    link = await invite(first, Role.MODERATOR)
    await first.say(f"/start {link}")
    assert "модератор" in first.screen.text
    await first.press("Мәзір")
    await second.say(f"/start {link}")
    await second.press("Қабылдау")
    assert (await second.resident()).has(Role.MODERATOR)
    assert "Шағым түскен пікірлер" in second.screen.text


@pytest.mark.parametrize("known", [True, False])
async def test_a_newcomer_is_greeted_before_the_offer(talk: Talk, *, known: bool) -> None:
    inviting = await talk("ru")
    link = await invite(inviting, Role.ORGANISER)
    person = await talk("ru", greeted=known)
    await person.say(f"/start {link}")
    if not known:
        await person.press("Русский")
        await person.press("Оставить это имя")
        await person.press("Пропустить")
    await person.press("Принять")
    assert (await person.resident()).has(Role.ORGANISER)
    assert not person.alerts
