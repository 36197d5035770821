"""An organiser looks after groups and channels, and chooses which are told."""

import pytest

from bot.wiring import Service
from civic.actions.destinations import Chat, LoseDestination, WelcomeDestination
from civic.model.destination import Destination, DestinationKind
from civic.model.resident import Role
from tests.conftest import Talk
from tests.conversation import Conversation


@pytest.fixture
async def organiser(service: Service, talk: Talk) -> Conversation:
    """An organiser at their desk."""
    person = await talk("en")
    async with service.work.write() as work:
        await work.residents.grant((await person.resident()).id, Role.ORGANISER)
        await work.commit()
    await person.say("/menu")
    await person.press("Organiser's desk")
    return person


async def _added(
    service: Service, by: Conversation, number: int = 1, title: str = "The <yard>"
) -> Destination:
    kind = DestinationKind.GROUP if number % 2 else DestinationKind.CHANNEL
    welcome = WelcomeDestination(service.work, service.clock)
    welcomed = await welcome(Chat("test", -number, kind, title), by.person)
    assert welcomed is not None
    return welcomed[0]


async def _stored(service: Service, destination: Destination) -> Destination:
    async with service.work.read() as work:
        found = await work.destinations.get(destination.id)
    assert found is not None
    return found


async def test_an_organiser_learns_how_to_add_one(organiser: Conversation) -> None:
    await organiser.press("Groups and channels")
    assert "There are none yet." in organiser.screen.text
    assert "Add the bot to a group in Telegram" in organiser.screen.text
    await organiser.press("Back")
    assert "Organiser's desk: Khromtau" in organiser.screen.text


async def test_an_organiser_chooses_language_and_news_of_stages(
    service: Service, organiser: Conversation
) -> None:
    yard = await _added(service, organiser)
    await organiser.press("Groups and channels")
    assert "1. The <yard>: group, English" in organiser.screen.text
    await organiser.press("1. ")
    assert "It is told only what you announce to it yourselves." in organiser.screen.text
    assert "✓ English" in organiser.screen.buttons
    await organiser.press("· Қазақша")
    assert "✓ Қазақша" in organiser.screen.buttons
    assert "remind" not in organiser.screen.text
    await organiser.press("Turn stage news on")
    assert "It is also told when a stage opens" in organiser.screen.text
    changed = await _stored(service, yard)
    assert (changed.languages, changed.stage_news, changed.reminders) == (("kk",), True, True)
    assert "It is reminded half-way, and three days and one day before" in organiser.screen.text
    await organiser.press("Turn reminders off")
    assert "It is not reminded before the close." in organiser.screen.text
    assert not (await _stored(service, yard)).reminders
    await organiser.press("Turn reminders on")
    assert (await _stored(service, yard)).reminders
    await organiser.press("Back")
    assert "1. The <yard>: group, Қазақша, news of stages" in organiser.screen.text
    await organiser.say("1")
    await organiser.press("Turn stage news off")
    assert not (await _stored(service, yard)).stage_news


async def test_an_organiser_chooses_both_languages(
    service: Service, organiser: Conversation
) -> None:
    yard = await _added(service, organiser)
    await organiser.press("Groups and channels")
    await organiser.press("1. ")
    await organiser.press("· Қазақша + Русский")
    assert "✓ Қазақша + Русский" in organiser.screen.buttons
    assert (await _stored(service, yard)).languages == ("kk", "ru")
    await organiser.press("Back")
    assert "1. The <yard>: group, Қазақша + Русский" in organiser.screen.text


async def test_a_long_list_has_pages_and_is_opened_by_number(
    service: Service, organiser: Conversation
) -> None:
    for number in range(1, 9):
        await _added(service, organiser, number, f"Chat {number}")
    await organiser.press("Groups and channels")
    await organiser.press("Next page")
    assert "7. Chat 7: group" in organiser.screen.text
    await organiser.say("ninety")
    assert "write the number of a line" in organiser.screens[-2].text
    await organiser.say("8")
    assert "Chat 8, channel" in organiser.screen.text


async def test_one_that_is_gone_cannot_be_set_up(
    service: Service, organiser: Conversation
) -> None:
    await _added(service, organiser)
    await organiser.press("Groups and channels")
    await organiser.press("1. ")
    await LoseDestination(service.work)("test", -1)
    await organiser.press("Turn stage news on")
    assert organiser.alerts


async def test_an_announcement_goes_to_chosen_chats_too(
    service: Service, organiser: Conversation
) -> None:
    for number in range(1, 9):
        await _added(service, organiser, number, f"Chat {number}")
    await organiser.press("Announcements")
    await organiser.press("New announcement")
    await organiser.say("Су болмайды.")
    await organiser.say("Не будет воды.")
    await organiser.press("For whom")
    await organiser.press("Groups and channels")
    assert "1 person will be told." in organiser.screen.text
    await organiser.press("· Chat 1")
    await organiser.press("Next page")
    await organiser.press("· Chat 8")
    assert "1 person will be told. And 2 groups or channels." in organiser.screen.text
    await organiser.press("✓ Chat 8")
    await organiser.press("Languages, stages")
    assert "1. Chat 1: group, English" in organiser.screen.text
    await organiser.press("Back")
    await organiser.press("Back")
    assert "And 1 group or channel." in organiser.screen.text
    await organiser.press("Language")
    await organiser.press("· Русский")
    await organiser.press("Back")
    assert "0 people will be told. And 1 group or channel." in organiser.screen.text
    await organiser.press("Back")
    assert "Nobody is chosen" not in organiser.screen.text
    await organiser.press("See it and send")
    await organiser.press("Send: 1")
    async with service.work.read() as work:
        (announced,) = await work.announcements.latest(1)
        assert len(announced.audience.chats) == 1


async def test_where_there_are_none_the_window_says_how_to_add_them(
    organiser: Conversation,
) -> None:
    await organiser.press("Announcements")
    await organiser.press("New announcement")
    await organiser.say("Су болмайды.")
    await organiser.say("Не будет воды.")
    await organiser.press("For whom")
    await organiser.press("Groups and channels")
    assert "There are none yet; your desk says how to add them." in organiser.screen.text
    await organiser.press("Back")
    assert "For whom?" in organiser.screen.text
