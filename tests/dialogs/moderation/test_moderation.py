"""Moderation in the chat, from the side of those who report, decide, write and read."""

from dataclasses import replace

import pytest

from bot.wiring import Service
from civic.model.comment import CommentKind
from civic.model.community import Community
from civic.model.resident import Role
from tests.conftest import Talk
from tests.consultation import discuss
from tests.conversation import Conversation
from tests.fakes import FrozenClock


async def _moderator(talk: Talk, role: Role = Role.MODERATOR) -> Conversation:
    person = await talk("en")
    async with person.service.work.write() as work:
        await work.residents.grant((await person.resident()).id, role)
        await work.commit()
    return person


@pytest.fixture
async def parties(
    talk: Talk, service: Service, town: Community, clock: FrozenClock
) -> tuple[Conversation, Conversation, int]:
    """An author, a reader who has reported the author's comment, and its number."""
    cycle = await discuss(service.work, town, clock)
    author, reader = await talk("en"), await talk("en")
    resident = await author.resident()
    async with service.work.write() as work:
        draft = await work.comments.add_draft(resident.id, cycle.id, None, None)
        written = replace(draft, kind=CommentKind.COMMENT, text="Rude words")
        comment = await work.comments.publish(written, clock.now())
        await work.commit()
    await reader.say(f"/start k_{comment.id}")
    await reader.press("Report")
    await reader.press("Yes, report it")
    assert "A moderator looks at every report" in reader.screen.text
    return author, reader, comment.id


async def test_a_report_leads_to_a_decision_that_everyone_can_read(
    talk: Talk, parties: tuple[Conversation, Conversation, int]
) -> None:
    author, reader, number = parties
    moderator = await _moderator(talk)
    await moderator.say("/menu")
    await moderator.press("Reported comments")
    assert f"1. Comment {number}" in moderator.screen.text
    assert "1 report" in moderator.screen.text
    await moderator.say("1")
    await moderator.press("Hide it")
    await moderator.press("Insult or threat")
    assert moderator.alerts == ["Decided: it is hidden. The author is told why."]
    assert "Nothing waits for a decision." in moderator.screen.text

    await reader.say(f"/start k_{number}")
    assert "Hidden by a moderator: it insults or threatens somebody" in reader.screen.text
    assert "Rude words" not in reader.screen.text
    assert not {"I agree", "Report"} & set(reader.screen.buttons)
    await author.say(f"/start k_{number}")
    assert "Rude words" in author.screen.text
    assert "Hidden by a moderator" in author.screen.text
    await reader.say("/start c_1")
    await reader.press("Moderation log")
    assert f"Comment {number} was hidden: it insults or threatens" in reader.screen.text


async def test_a_reason_in_own_words_and_taking_it_back(
    talk: Talk, parties: tuple[Conversation, Conversation, int]
) -> None:
    _author, reader, number = parties
    organiser = await _moderator(talk, Role.ORGANISER)
    await organiser.say("/menu")
    await organiser.press("Organiser's desk")
    assert "Comments to decide on: 1" in organiser.screen.text
    await organiser.press("Reported comments")
    await organiser.press("1. ")
    await organiser.press("Hide it")
    await organiser.press("Another reason")
    await organiser.say("Not <b>about</b> the budget")
    await reader.say(f"/start k_{number}")
    assert "Hidden by a moderator: Not <b>about</b> the budget" in reader.screen.text

    await organiser.say(f"/start k_{number}")
    await organiser.press("Moderate")
    await organiser.press("Show it again")

    assert "Rude words" in organiser.screen.text
    await reader.say(f"/start k_{number}")
    assert "Rude words" in reader.screen.text


async def test_one_tap_keeps_a_comment(
    talk: Talk, parties: tuple[Conversation, Conversation, int]
) -> None:
    _author, reader, number = parties
    moderator = await _moderator(talk)
    await moderator.say("/menu")
    await moderator.press("Reported comments")
    await moderator.press("1. ")
    await moderator.press("Keep it")
    assert "Nothing waits for a decision." in moderator.screen.text
    await reader.say("/start c_1")
    await reader.press("Moderation log")
    assert f"Comment {number} was looked at and stays." in reader.screen.text


async def test_a_resident_finds_no_way_to_moderate(
    parties: tuple[Conversation, Conversation, int],
) -> None:
    _author, reader, number = parties
    await reader.say(f"/start k_{number}")
    assert "Moderate" not in reader.screen.buttons
    await reader.say("/menu")
    assert "Reported comments" not in reader.screen.buttons
