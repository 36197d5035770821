"""Organisers look at the notices of a stage and put them into their own words."""

from dataclasses import replace

import pytest

from bot.wiring import Service
from civic.model.announcement import NoticeKind
from civic.model.cycle import Cycle, StageKind
from civic.model.destination import DestinationKind
from civic.model.resident import Role
from tests.civic.cycles import cycle, local, stored
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.fakes import MORNING, FrozenClock
from tests.storage.ledger import claim, fill


@pytest.fixture
async def made(service: Service, clock: FrozenClock) -> Cycle:
    """A participatory budget before its vote."""
    clock.set(local(3, 26, 10))
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    return await stored(service.work, town.id, cycle())


async def _at_notices(service: Service, talk: Talk, stage: int) -> Conversation:
    person = await talk("en")
    async with service.work.write() as work:
        await work.residents.grant((await person.resident()).id, Role.ORGANISER)
        await work.commit()
    await person.say("/menu")
    await person.press("Organiser's desk")
    await person.press("1. Budget 2026")
    await person.press(f"{stage}. ")
    await person.press("Notices")
    return person


async def _texts(service: Service, made: Cycle) -> object:
    async with service.work.read() as work:
        found = await work.cycles.get(made.id)
    assert found is not None
    voting = found.stage(StageKind.VOTING)
    assert voting is not None
    return voting.texts


async def test_every_notice_is_listed_with_its_moments_and_how_many_get_it(
    service: Service, talk: Talk, made: Cycle
) -> None:
    assert made.id
    person = await _at_notices(service, talk, 3)
    text = person.screen.text
    assert "1. Opening: April 1, 09:00. 1 person" in text
    assert "2. Half-way: April 8, 13:30. 1 person" in text
    assert "3. Last days: April 13, 09:00; April 14, 18:00. 1 person" in text
    assert "4. Unfinished: April 13, 09:00; April 14, 18:00. 0 people" in text
    assert "5. Results: April 15, 18:00. 1 person" in text


async def test_a_notice_is_shown_as_it_will_look_in_every_language(
    service: Service, talk: Talk, made: Cycle
) -> None:
    assert made.id
    person = await _at_notices(service, talk, 3)
    await person.press("3. Last days")
    assert "Voting closes April 15, 18:00 (2 days left)." in person.screen.text
    assert "Who gets it: who wants news and has not begun. Now that is 1 person." in (
        person.screen.text
    )
    await person.press("☐ Русский")
    assert "Голосование закроется 15 апреля в 18:00 (осталось 2 дня)." in person.screen.text
    await person.press("☐ Қазақша")
    assert "15 сәуір сағат 18:00-де жабылады" in person.screen.text
    assert "The usual text" not in person.screen.buttons


async def test_organisers_put_a_notice_into_their_own_words_and_take_them_back(
    service: Service, talk: Talk, made: Cycle
) -> None:
    person = await _at_notices(service, talk, 3)
    await person.press("1. Opening")
    await person.press("☐ Русский")
    await person.press("Change the text")
    assert "Голосование открыто до {closes:bound}." in person.screen.text
    assert "{town} the town" in person.screen.text
    await person.say("<b>Идём</b> голосовать до {closes:bound}!")
    assert "<b>Идём</b> голосовать до 18:00 15 апреля!" in person.screen.text
    assert await _texts(service, made) == {
        "stage_opened": {"ru": "<b>Идём</b> голосовать до {closes:bound}!"}
    }
    await person.press("☐ English")
    assert "Voting is open until April 15" in person.screen.text
    await person.press("Back")
    assert "1. Opening: April 1, 09:00. 1 person. In your own words" in person.screen.text
    await person.press("1. Opening")
    await person.press("☐ Русский")
    await person.press("The usual text")
    assert "Голосование открыто до 18:00 15 апреля." in person.screen.text
    assert await _texts(service, made) == {}


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Come until {date}!", "stands “date”, which nobody can fill in. You can use: town,"),
        ("Come until {closes!", "A curly bracket is missing"),
        ("x" * 601, "at most 600 fit"),
    ],
)
async def test_words_that_cannot_be_filled_in_are_asked_for_again(
    service: Service, talk: Talk, made: Cycle, typed: str, answer: str
) -> None:
    person = await _at_notices(service, talk, 3)
    await person.press("1. Opening")
    await person.press("Change the text")
    await person.say(typed)
    assert any(answer in screen.text for screen in person.screens)
    assert "The text now:" in person.screen.text
    assert await _texts(service, made) == {}


async def test_a_close_that_an_opening_tells_has_no_notice_of_its_own(
    service: Service, talk: Talk, made: Cycle
) -> None:
    assert made.id
    person = await _at_notices(service, talk, 1)
    assert "Unfinished" in person.screen.text
    assert "Close:" not in person.screen.text


async def test_groups_are_counted_where_they_are_told_too(
    service: Service, talk: Talk, made: Cycle
) -> None:
    async with service.work.write() as work:
        chat = await work.destinations.add(
            *(made.community_id, "test", -5, DestinationKind.GROUP, "Aksu", "kk", MORNING)
        )
        await work.destinations.save(replace(chat, stage_news=True))
        await work.commit()
    person = await _at_notices(service, talk, 3)
    assert "1. Opening: April 1, 09:00. 1 person and 1 group or channel" in person.screen.text
    assert "2. Half-way: April 8, 13:30. 1 person and 1 group or channel" in person.screen.text
    assert "3. Last days: April 13, 09:00; April 14, 18:00. 1 person and 1 group" in (
        person.screen.text
    )
    assert "4. Unfinished: April 13, 09:00; April 14, 18:00. 0 people\n" in person.screen.text


async def test_a_reminder_is_watched_from_its_notice(
    service: Service, talk: Talk, made: Cycle, clock: FrozenClock
) -> None:
    voting = made.stage(StageKind.VOTING)
    assert voting is not None
    person = await _at_notices(service, talk, 3)
    await person.press("3. ")
    assert "How it goes out" not in person.screen.buttons
    async with service.work.write() as work:
        await work.announcements.plan(
            *("a mark", made.community_id, made.id, voting.id, NoticeKind.LAST_DAYS),
            *({"days": 3}, clock.now()),
        )
        await work.commit()
    await fill(service.work, clock.now())
    await claim(service.work, clock.now())
    await person.press("☐ Русский")
    await person.press("How it goes out")
    assert "Last days: is being sent" in person.screen.text
    assert "Send a correction" not in person.screen.buttons
