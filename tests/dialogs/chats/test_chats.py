"""«My chats», as a person with two of them uses it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.wiring import Service
from civic.actions.cast_ballot import CastBallot
from civic.actions.declare_residence import DeclareResidence
from civic.actions.meet_resident import LoseContact, Recognise
from civic.model.community import Community
from civic.model.idea import IdeaContent
from civic.model.resident import Contact, Resident, Role
from civic.ports import Work
from civic.rules.joining import MOST_FAILURES, VALID_FOR
from storage.connection import Step
from storage.fsm import SqlStorage, Turn
from tests.civic.actions.voting import Vote, hold_vote
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.fakes import FrozenClock
from tests.idea_cycles import collecting, stored


async def at_chats(person: Conversation) -> Conversation:
    """Go to «My chats» in English."""
    await person.say("/menu")
    await person.press("Settings")
    await person.press("My chats")
    return person


async def code_of(person: Conversation) -> str:
    """Get a code in the person's chat."""
    await at_chats(person)
    await person.press("Join another chat")
    found = re.search(r"\d{3} \d{3} \d{3}", person.screen.text)
    assert found is not None, person.screen.text
    return found[0]


async def write_code(person: Conversation, code: str) -> Conversation:
    """Write a code in the person's chat."""
    await at_chats(person)
    await person.press("I have a code")
    await person.say(code)
    return person


async def join(first: Conversation, second: Conversation) -> None:
    """Join the second chat to the first."""
    await write_code(second, await code_of(first))
    await second.press("Yes, join")
    assert "Done: your chats are one now" in second.screen.text


def wrong(code: str) -> str:
    """Return another code than that."""
    return f"{(int(code.replace(' ', '')) + 1) % 10**9:09}"


async def test_a_code_written_in_the_other_chat_joins_it_after_a_question(
    talk: Talk, work: Work
) -> None:
    first, second = await talk("en"), await talk("en")
    async with work.write() as unit:
        await unit.residents.save(replace(await first.resident(), display_name="Anna <3"))
        await unit.commit()
    await at_chats(first)
    assert "• test: this chat, news comes here" in first.screen.text
    assert "Separate a chat" not in first.screen.buttons
    await write_code(second, await code_of(first))
    assert "Join this chat to that of Anna <3 (test)?" in second.screen.text
    assert "read everything that is written here and vote with your ballot" in second.screen.text
    assert (await first.resident()).id != (await second.resident()).id

    await second.press("Yes, join")

    assert "Done: your chats are one now, under the name Anna <3." in second.screen.text
    assert "• test 1\n• test 2: this chat, news comes here" in second.screen.text
    assert (await first.resident()).id == (await second.resident()).id
    await second.press("Menu")
    assert "Khromtau: now" in second.screen.text


async def test_the_chat_with_the_code_shows_that_it_was_used(
    talk: Talk, clock: FrozenClock
) -> None:
    first, second = await talk("en"), await talk("en")
    await write_code(second, await code_of(first))
    await second.press("Yes, join")
    clock.move(timedelta(seconds=5))
    await first.look_on()
    assert "Done: the other chat is joined." in first.screen.text
    await first.press("Back")
    assert "test 2" in first.screen.text


async def test_a_code_out_of_date_says_so_and_gives_way_to_a_new_one(
    talk: Talk, clock: FrozenClock
) -> None:
    first = await talk("en")
    code = await code_of(first)
    clock.move(VALID_FOR)
    await first.look_on()
    assert "out of date" in first.screen.text
    await first.press("New code")
    assert code not in first.screen.text


async def test_a_link_opens_the_question_and_no_code_is_kept(talk: Talk, service: Service) -> None:
    first, second = await talk("en"), await talk("en")
    code = (await code_of(first)).replace(" ", "")
    await second.say(f"/start join_{code}")
    assert "Join this chat to that of" in second.screen.text
    async with service.database.read() as connection:
        kept = await connection.exec_driver_sql("SELECT data FROM conversation_state")
        assert not [row for row in kept if code in (row.data or "")]
    await second.press("No")
    assert "Khromtau: now" in second.screen.text
    assert (await first.resident()).id != (await second.resident()).id


@pytest.mark.parametrize(("yes", "then"), [("Иә, қосу", "Готово"), ("Жоқ", "Қай тілде")])
async def test_a_newcomer_with_a_link_is_not_asked_for_a_name_first(
    talk: Talk, yes: str, then: str
) -> None:
    first, second = await talk("en"), await talk("kk", greeted=False)
    code = (await code_of(first)).replace(" ", "")
    await first.say("/menu")
    await first.press("Settings")
    await first.press("Language")
    await first.press("Русский")
    await second.say(f"/start join_{code}")
    assert "Осы чатты" in second.screen.text
    await second.press(yes)
    # Who has joined speaks the language of the other chat.
    assert then in second.screen.text


async def test_every_wrong_code_is_answered_and_then_none_is_taken(talk: Talk) -> None:
    first, second = await talk("en"), await talk("en")
    code = await code_of(first)
    await write_code(second, "hello")
    assert "A code has 9 digits" in second.screens[-2].text
    await second.say(wrong(code))
    assert f"You can try {MOST_FAILURES - 1} more times." in second.screens[-2].text
    assert "Write the code" in second.screen.text
    for _time in range(MOST_FAILURES - 1):
        await second.say(f"/start join_{wrong(code)}")
        assert "There is no such code." in second.screens[-2].text
        assert "Khromtau: now" in second.screen.text
    await second.say(f"/start join_{code.replace(' ', '')}")
    assert "Too many wrong codes" in second.screens[-2].text


async def test_ones_own_code_and_a_used_one_are_refused(talk: Talk) -> None:
    first, second, third = await talk("en"), await talk("en"), await talk("en")
    code = await code_of(first)
    await write_code(first, code)
    assert "This code is your own." in first.screens[-2].text
    await write_code(second, code)
    await write_code(third, code)
    await second.press("Yes, join")
    await third.press("Yes, join")
    assert "That code has been used or replaced" in third.alerts[-1]
    assert "Khromtau: now" in third.screen.text


async def test_a_second_tap_joins_nothing_more_and_old_buttons_lead_to_the_present(
    talk: Talk,
) -> None:
    first, second = await talk("en"), await talk("en")
    await write_code(second, await code_of(first))
    question = second.screen
    await second.press("Yes, join")
    await second.press("Yes, join", on=question)
    assert "Done: your chats are one now" in second.screen.text
    await second.press("Menu")
    await second.press("Yes, join", on=question)
    assert "Khromtau: now" in second.screen.text


async def test_the_question_says_what_becomes_of_ballots_drafts_and_roles(
    talk: Talk, work: Work, town: Community, service: Service
) -> None:
    first, second = await talk("en"), await talk("en")
    votes = [await hold_vote(work, town.id, slug=slug) for slug in ("one", "two")]
    cycle = await stored(work, collecting(town.id))

    async def cast(person: Conversation, vote: Vote) -> None:
        declare = DeclareResidence(work, service.clock)
        voter = await declare(await person.resident(), vote.id)
        await CastBallot(work, service.clock, service.randomness)(
            voter, vote.id, vote.projects[0].id, chosen=True
        )

    await cast(first, votes[0])
    for vote in votes:
        await cast(second, vote)
    async with work.write() as unit:
        for person in (first, second):
            draft = IdeaContent("Park")
            who = (await person.resident()).id
            await unit.ideas.add_draft(who, cycle.id, None, draft, service.clock.now())
        await unit.residents.grant(who, Role.ORGANISER)
        await unit.commit()

    await write_code(second, await code_of(first))

    assert "the one from here is withdrawn" in second.screen.text
    assert "comes along and gets a new receipt" in second.screen.text
    assert "Both chats have an unfinished idea." in second.screen.text
    assert "The other chat becomes an organiser too" in second.screen.text


async def test_what_another_chat_of_the_joined_one_was_about_is_forgotten(talk: Talk) -> None:
    first, second, third = await talk("en"), await talk("en"), await talk("en")
    await join(second, third)
    await at_chats(third)
    old = third.screen
    await join(first, second)
    await third.press("Join another chat", on=old)
    assert "That button was old." in third.alerts[-1]
    assert "Khromtau: now" in third.screen.text
    # From now on it goes on as usual.
    await third.press("Settings")
    await third.press("My chats")
    assert "test 3: this chat" in third.screen.text


async def test_news_goes_to_the_chosen_chat(talk: Talk, work: Work) -> None:
    first, second = await talk("en"), await talk("en")
    await join(first, second)
    await at_chats(second)
    assert "☑ Where I wrote last" in second.screen.buttons
    await second.press("☐ test 1")
    assert "• test 1: news comes here\n• test 2: this chat" in second.screen.text
    await LoseContact(work)("test", first.person)
    await at_chats(second)
    assert "test 1: you blocked it, so nothing arrives" in second.screen.text
    assert "test 2: this chat, news comes here" in second.screen.text
    await second.press("☐ Where I wrote last")
    assert "☑ Where I wrote last" in second.screen.buttons


async def test_a_separated_chat_begins_anew(talk: Talk) -> None:
    first, second = await talk("en"), await talk("en")
    await join(first, second)
    await at_chats(second)
    await at_chats(first)
    await first.press("Separate a chat")
    await first.press("test 2")
    assert "Separate this chat: test 2?" in first.screen.text
    await first.press("Separate")
    assert "• test: this chat, news comes here" in first.screen.text
    old = second.screen
    await second.press("Join another chat", on=old)
    assert "Қай тілде сөйлесеміз?" in second.screen.text
    resident = await second.resident()
    assert resident.id != (await first.resident()).id
    assert not resident.greeted


async def test_the_chat_one_is_in_can_be_separated(talk: Talk) -> None:
    first, second = await talk("en"), await talk("en")
    await join(first, second)
    await at_chats(second)
    await second.press("Separate a chat")
    await second.press("test 2")
    assert "It is the one you are writing in." in second.screen.text
    question = second.screen
    await second.press("Separate")
    assert "This chat is separate now." in second.screen.text
    await second.press("Separate", on=question)
    assert "Қай тілде сөйлесеміз?" in second.screen.text


async def test_the_last_chat_stays(talk: Talk) -> None:
    first, second = await talk("en"), await talk("en")
    await join(first, second)
    for person, other in ((first, "test 2"), (second, "test 1")):
        await at_chats(person)
        await person.press("Separate a chat")
        await person.press(other)
    await first.press("Separate")
    await second.press("Separate")
    # The second was separated before it could separate the first.
    assert "Қай тілде сөйлесеміз?" in second.screen.text
    assert "• test: this chat" in first.screen.text


async def test_a_turn_that_is_lost_after_the_joining_ends_at_the_menu(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await talk("en"), await talk("en")
    await write_code(second, await code_of(first))
    finish = SqlStorage.finish
    lost: list[Turn] = []

    async def lose_one(storage: SqlStorage, turn: Turn, *also: Step) -> None:
        if not lost:
            lost.append(turn)
            statement = "a statement"
            raise OperationalError(statement, None, ConnectionResetError())
        await finish(storage, turn, *also)

    monkeypatch.setattr(SqlStorage, "finish", lose_one)
    await second.press("Yes, join")

    assert lost
    assert "Khromtau: now" in second.screen.text
    assert (await first.resident()).id == (await second.resident()).id
    await second.press("Settings")
    await second.press("My chats")
    assert "test 2: this chat" in second.screen.text


async def test_who_was_joined_while_they_were_acting_is_told_to_try_again(
    talk: Talk, work: Work, town: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await talk("en"), await talk("en")
    stale = await second.resident()
    await join(first, second)
    contact = Contact(0, stale.id, "test", "", second.person, reachable=True)

    async def recognise(*_where: object) -> tuple[Resident, Community, Contact]:
        return stale, town, contact

    vote = await hold_vote(work, town.id)
    with monkeypatch.context() as patched:
        patched.setattr(Recognise, "__call__", recognise)
        await second.say(f"/start v_{vote.id}")
    assert "Please try again" in " ".join(screen.text for screen in second.screens[-2:])
    await second.say(f"/start v_{vote.id}")
    assert "Project 1" in second.screen.text
