"""An organiser's way through the desk."""

from datetime import timedelta

import pytest

from bot.wiring import Service
from civic.model.announcement import NoticeKind
from civic.model.cycle import Cycle, StageKind, StageState
from civic.model.resident import Role
from tests.civic.cycles import IDEAS, REVIEW, VOTING, cycle, local, stage_id, stored
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.fakes import FrozenClock
from tests.storage.ledger import told

WHY = "The hall was flooded & <closed>."


@pytest.fixture
async def made(service: Service, clock: FrozenClock) -> Cycle:
    """A participatory budget that collects ideas."""
    clock.set(local(3, 10, 10))
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    return await stored(service.work, town.id, cycle())


async def _organiser(service: Service, talk: Talk, language: str = "en") -> Conversation:
    person = await talk(language)
    async with service.work.write() as work:
        await work.residents.grant((await person.resident()).id, Role.ORGANISER)
        await work.commit()
    await person.say("/menu")
    return person


async def _at_stage(service: Service, talk: Talk, number: int) -> Conversation:
    person = await _organiser(service, talk)
    await person.press("Organiser's desk")
    await person.press("1. Budget 2026")
    await person.press(f"{number}. ")
    return person


async def _read(service: Service, made: Cycle, kind: StageKind) -> tuple[Cycle, StageState]:
    async with service.work.read() as work:
        found = await work.cycles.get(made.id)
    assert found is not None
    entry = found.stage(kind)
    assert entry is not None
    return found, entry.state


async def test_the_desk_shows_every_cycle_its_calendar_and_its_counts(
    service: Service, talk: Talk, made: Cycle
) -> None:
    assert made.id
    person = await _organiser(service, talk)
    await person.press("Organiser's desk")
    assert "1. Budget 2026: Collecting ideas, open" in person.screen.text
    await person.press("1. Budget 2026")
    text = person.screen.text
    assert "1. Collecting ideas: March 1, 09:00 – March 15, 18:00. Open now, 5 days left" in text
    assert "3. Voting: April 1, 09:00 – April 15, 18:00. Ahead" in text
    assert "People who have ever written: 1" in text
    assert "Took part in this cycle: 0" in text
    assert "vote" not in text.lower()


async def test_closing_shows_what_everyone_will_read_and_then_closes(
    service: Service, talk: Talk, made: Cycle, clock: FrozenClock
) -> None:
    person = await _at_stage(service, talk, 1)
    await person.press("Close now")
    await person.say(WHY)
    assert "“Collecting ideas” is over." in person.screen.text
    assert f"The organisers say why: {WHY}" in person.screen.text
    assert "1 person will be told." in person.screen.text
    assert (await _read(service, made, StageKind.IDEAS))[1] is StageState.PLANNED
    await person.press("Do it and tell all")
    after, state = await _read(service, made, StageKind.IDEAS)
    assert state is StageState.CLOSED
    assert after.stages[0].closes_at == clock.now()
    assert "An organiser closed “Collecting ideas”, planned until March 15" in person.screen.text
    assert WHY in person.screen.text
    found = await told(service.work, await person.resident())
    assert found[-1].kind is NoticeKind.STAGE_CLOSED


async def test_the_same_press_delivered_twice_closes_once(
    service: Service, talk: Talk, made: Cycle
) -> None:
    person = await _at_stage(service, talk, 1)
    await person.press("Close now")
    await person.say(WHY)
    screen = person.screen
    button = next(key for key in screen.keys if key.text == "Do it and tell all")
    await person.press_data(button.callback_data or "", screen)
    await person.press_data(button.callback_data or "", screen)
    async with service.work.read() as work:
        changes = await work.cycles.changes(made.id)
    assert [change.reason for change in changes if change.reason] == [WHY]


async def test_opening_now(service: Service, talk: Talk, made: Cycle, clock: FrozenClock) -> None:
    clock.set(local(3, 28, 10))
    person = await _at_stage(service, talk, 3)
    await person.press("Open now")
    await person.say("Everything is ready.")
    assert "Voting is open until April 15, 18:00." in person.screen.text
    await person.press("Do it and tell all")
    after, state = await _read(service, made, StageKind.VOTING)
    assert state is StageState.OPEN
    assert after.rules_hash


async def test_opening_while_another_stage_is_open_is_refused_at_once(
    service: Service, talk: Talk, made: Cycle
) -> None:
    assert made.id
    person = await _at_stage(service, talk, 3)
    await person.press("Open now")
    assert person.alerts
    assert "open until March 15, 18:00" in person.alerts[-1]
    assert "Open now" in person.screen.buttons


@pytest.mark.parametrize(("days", "label"), [(1, "+1 day"), (3, "+3 days"), (7, "+7 days")])
async def test_extending_by_a_button(
    service: Service, talk: Talk, made: Cycle, days: int, label: str
) -> None:
    person = await _at_stage(service, talk, 1)
    await person.press("Extend")
    await person.press(label)
    await person.say("Many asked for it.")
    assert "is extended until" in person.screen.text
    assert "Before, it was to close March 15, 18:00." in person.screen.text
    assert "“Expert review” will open later" in person.screen.text
    assert "The calendar afterwards:" in person.screen.text
    await person.press("Do it and tell all")
    after, _state = await _read(service, made, StageKind.IDEAS)
    assert after.stages[0].closes_at == IDEAS.closes_at + timedelta(days=days)
    assert after.stages[1].opens_at == IDEAS.closes_at + timedelta(days=days)
    assert after.stages[1].closes_at == REVIEW.closes_at + timedelta(days=days)


async def test_extending_until_a_date_that_is_typed(
    service: Service, talk: Talk, made: Cycle
) -> None:
    person = await _at_stage(service, talk, 1)
    await person.press("Extend")
    await person.say("18 марта 12:00")
    await person.say("Many asked for it.")
    await person.press("Do it and tell all")
    after, _state = await _read(service, made, StageKind.IDEAS)
    assert after.stages[0].closes_at == local(3, 18, 12)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("soon", "I cannot read that date."),
        ("2026-03-09", "That date is in the past."),
        ("2026-03-14", "Please choose a later date."),
        ("2028-03-25", "A date can be moved by at most 366 days in one step."),
    ],
)
async def test_a_date_that_will_not_do_is_asked_for_again(
    service: Service, talk: Talk, made: Cycle, typed: str, answer: str
) -> None:
    assert made.id
    person = await _at_stage(service, talk, 1)
    await person.press("Extend")
    await person.say(typed)
    assert any(answer in screen.text for screen in person.screens)
    assert "+1 day" in person.screen.buttons


@pytest.mark.parametrize("typed", ["no", "x" * 501])
async def test_a_reason_that_is_none_is_asked_for_again(
    service: Service, talk: Talk, made: Cycle, typed: str
) -> None:
    person = await _at_stage(service, talk, 1)
    await person.press("Close now")
    await person.say(typed)
    assert any("Please write why" in screen.text for screen in person.screens)
    await person.say("The hall was flooded.")
    await person.press("Do it and tell all")
    assert (await _read(service, made, StageKind.IDEAS))[1] is StageState.CLOSED


async def test_shortening_shows_the_calendar_afterwards(
    service: Service, talk: Talk, made: Cycle
) -> None:
    person = await _at_stage(service, talk, 1)
    await person.press("Shorten")
    assert "Later stages stay where they are." in person.screen.text
    await person.press("−3 days")
    await person.say("We have enough ideas.")
    assert "closes earlier, March 12, 18:00. Before, it was to close March 15" in (
        person.screen.text
    )
    assert "• Collecting ideas: March 1, 09:00 – March 12, 18:00" in person.screen.text
    await person.press("Do it and tell all")
    after, _state = await _read(service, made, StageKind.IDEAS)
    assert after.stages[0].closes_at == local(3, 12, 18)
    assert after.stages[1] == made.stages[1]


async def test_moving_a_stage_takes_along_what_is_in_its_way(
    service: Service, talk: Talk, made: Cycle
) -> None:
    person = await _at_stage(service, talk, 3)
    await person.press("Move")
    await person.say("2026-04-03")
    await person.say("The ballots were late.")
    assert "it opens April 3, 09:00 and closes April 17, 18:00" in person.screen.text
    assert "“Results” will open later, April 17, 18:00." in person.screen.text
    await person.press("Do it and tell all")
    after, _state = await _read(service, made, StageKind.VOTING)
    assert [entry.opens_at for entry in after.stages[2:4]] == [local(4, 3, 9), local(4, 17, 18)]


async def test_a_cancelled_stage_leaves_the_calendar_and_stays_in_the_public_list(
    service: Service, talk: Talk, made: Cycle
) -> None:
    person = await _at_stage(service, talk, 3)
    await person.press("Cancel")
    await person.say("There is no money this year.")
    assert "“Voting” will not take place." in person.screen.text
    assert "“Results” will not take place either." in person.screen.text
    assert "• Building: May 10" in person.screen.text
    await person.press("Do it and tell all")
    assert "3. Building" in person.screen.text
    await person.press("Changes")
    assert "“Voting”, planned for April 1, 09:00, was cancelled" in person.screen.text
    assert "There is no money this year." in person.screen.text
    async with service.work.read() as work:
        found = await work.cycles.get(made.id)
    assert found is not None
    assert [entry.kind for entry in found.cancelled] == [StageKind.VOTING, StageKind.RESULTS]


async def test_at_night_an_organiser_reads_when_people_will_be_told(
    service: Service, talk: Talk, made: Cycle, clock: FrozenClock
) -> None:
    assert made.id
    clock.set(local(3, 10, 23))
    person = await _at_stage(service, talk, 1)
    await person.press("Close now")
    await person.say(WHY)
    assert "most will be told from March 11, 09:00 on." in person.screen.text


async def test_the_reason_can_be_written_anew_and_nothing_need_be_done(
    service: Service, talk: Talk, made: Cycle
) -> None:
    person = await _at_stage(service, talk, 1)
    await person.press("Close now")
    await person.say("The hall was floded.")
    await person.press("Change the reason")
    await person.say("The hall was flooded.")
    assert "was flooded" in person.screen.text
    await person.press("Do not do it")
    assert "Close now" in person.screen.buttons
    assert (await _read(service, made, StageKind.IDEAS))[1] is StageState.PLANNED


async def test_a_closed_stage_offers_nothing_to_do(
    service: Service, talk: Talk, made: Cycle, clock: FrozenClock
) -> None:
    assert made.id
    clock.set(local(3, 20))
    person = await _at_stage(service, talk, 1)
    assert {"Open now", "Close now", "Extend"}.isdisjoint(person.screen.buttons)


async def test_from_the_desk_one_reads_what_everyone_reads(
    service: Service, talk: Talk, made: Cycle
) -> None:
    assert made.id
    person = await _organiser(service, talk)
    await person.press("Organiser's desk")
    await person.press("1. Budget 2026")
    await person.press("Changes")
    assert "Nothing has been changed." in person.screen.text
    await person.press("Back")
    assert "Residents decide." in person.screen.text
    await person.press("Back")
    assert "People who have ever written" in person.screen.text


async def test_many_cycles_are_listed_in_pages(service: Service, talk: Talk, made: Cycle) -> None:
    for number in range(7):
        await stored(service.work, made.community_id, cycle(VOTING), f"more-{number}")
    person = await _organiser(service, talk)
    await person.press("Organiser's desk")
    assert "Page 1 of 2" in person.screen.text
    await person.press("Next page")
    assert "8. Budget 2026: Collecting ideas, open" in person.screen.text
    await person.press("Previous page")
    assert "Page 1 of 2" in person.screen.text


async def test_who_is_no_organiser_any_more_is_told_so_and_finds_the_way_out(
    service: Service, talk: Talk, made: Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await _at_stage(service, talk, 1)
    monkeypatch.setattr("civic.model.resident.Resident.has", lambda _person, _role: False)
    await person.press("Close now")
    assert "Only organisers of this town can do this." in person.alerts[-1]
    await person.press("Back")
    assert len(person.alerts) == 2
    await person.press("Menu")
    assert "My things" in person.screen.buttons
    assert stage_id(made, StageKind.IDEAS)


async def test_the_menu_offers_the_desk_to_organisers_only(
    service: Service, talk: Talk, made: Cycle
) -> None:
    assert made.id
    person = await talk("en")
    await person.say("/menu")
    assert "Organiser's desk" not in person.screen.buttons
    organiser = await _organiser(service, talk)
    assert "Organiser's desk" in organiser.screen.buttons


@pytest.mark.parametrize(
    ("language", "desk", "close"),
    [
        ("kk", "Ұйымдастырушы", "Қазір жабу"),
        ("ru", "Кабинет организатора", "Закрыть сейчас"),
    ],
)
async def test_the_desk_speaks_the_organisers_language(
    service: Service, talk: Talk, made: Cycle, language: str, desk: str, close: str
) -> None:
    person = await _organiser(service, talk, language)
    await person.press(desk)
    await person.press("1. ")
    await person.press("1. ")
    await person.press(close)
    await person.say(WHY)
    assert WHY in person.screen.text
    assert "/stop" in person.screen.text
    assert made.id


async def test_typed_numbers_open_cycles_and_stages(
    service: Service, talk: Talk, made: Cycle
) -> None:
    assert made.id
    person = await _organiser(service, talk)
    await person.press("Organiser's desk")
    await person.say("1")
    assert "People who have ever written" in person.screen.text
    await person.say("2")
    assert "Expert review" in person.screen.text
    assert "Extend" in person.screen.buttons
