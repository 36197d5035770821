"""The whole way of a vote, from the side of the person who votes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.wiring import Service
from civic.model.cycle import (
    BallotKind,
    DividedBy,
    Division,
    FundSource,
    PotShare,
    TallyRule,
    TieBreak,
    Transfer,
    VotingRules,
    WhenShort,
)
from tests.civic.actions.voting import Vote
from tests.civic.rules.votes import CLOSES, OPENS, RULES
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.dialogs.voting.conftest import Hold
from tests.fakes import FrozenClock

POTS = (PotShare("parks", 6_000_000), PotShare("sport", 4_000_000))
SOURCES = (
    FundSource({"en": "Company"}, 7_000_000, is_reserve=False),
    FundSource({"en": "Akimat"}, 3_000_000, is_reserve=True),
)
WORDS = {
    "kk": {
        "vote": "Осыған дауыс беру",
        "back": "Дауысты алып тастау",
        "yes": "Иә, бұл рас",
        "all": "Барлық жоба",
        "receipt": "Түбіртегім",
        "chosen": "Таңдалғаны: 1 (ең көбі 2).",
        "emptied": "Таңдалғаны: 0 (ең көбі 2).",
        "title": "Жоба",
    },
    "ru": {
        "vote": "Отдать голос",
        "back": "Снять голос",
        "yes": "Да, это так",
        "all": "Все проекты",
        "receipt": "Моя квитанция",
        "chosen": "Выбрано: 1 из 2.",
        "emptied": "Выбрано: 0 из 2.",
        "title": "Проект",
    },
}


async def choices(service: Service, vote: Vote) -> list[frozenset[int]]:
    """Return what is on the ballots that are in."""
    async with service.work.read() as work:
        return [ballot.choices for ballot in await work.ballots.all(vote.stage.id)]


async def declared_voter(talk: Talk, vote: Vote, place: int = 0) -> Conversation:
    """Return somebody who speaks English and has voted for the project at `place`."""
    person = await talk("en")
    await person.say(f"/start p_{vote.projects[place].id}")
    await person.press("Vote for it")
    await person.press("Yes, this is true")
    return person


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_first_vote_from_the_link_to_the_receipt(
    service: Service, talk: Talk, hold: Hold, language: str
) -> None:
    vote, words, person = await hold(), WORDS[language], await talk(language)

    await person.say(f"/start v_{vote.id}")
    assert "2026" in person.screen.text
    assert words["receipt"] not in person.screen.buttons
    await person.press("1. ")
    title = person.screen.text.splitlines()[0]
    await person.press(words["vote"])
    assert title in person.screen.text
    await person.press(words["yes"])
    assert words["chosen"] in person.screen.text
    assert title in person.screen.text
    number = int(title.removeprefix(words["title"]))
    assert await choices(service, vote) == [{vote.projects[number - 1].id}]

    await person.press(words["all"])
    await person.press(words["receipt"])
    receipt = person.screen.text
    assert title not in receipt
    assert "-" in receipt


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_vote_can_be_taken_back(
    service: Service, talk: Talk, hold: Hold, language: str
) -> None:
    vote, words, person = await hold(), WORDS[language], await talk(language)
    await person.say(f"/start p_{vote.projects[1].id}")
    await person.press(words["vote"])
    await person.press(words["yes"])

    await person.press(words["back"])

    assert words["emptied"] in person.screen.text
    assert await choices(service, vote) == []


async def test_the_second_vote_is_not_asked_for_the_declaration_again(
    service: Service, talk: Talk, hold: Hold
) -> None:
    vote = await hold()
    person = await declared_voter(talk, vote)

    await person.say(f"/start p_{vote.projects[2].id}")
    await person.press("Vote for it")

    assert "Chosen: 2 of 2." in person.screen.text
    assert await choices(service, vote) == [{vote.projects[0].id, vote.projects[2].id}]


async def test_a_double_tap_is_one_vote(service: Service, talk: Talk, hold: Hold) -> None:
    vote = await hold()
    person = await declared_voter(talk, vote)
    await person.say(f"/start p_{vote.projects[1].id}")
    screen = replace(person.screen)
    button = next(key for key in screen.keys if key.text == "Vote for it")

    for _tap in range(3):
        await person.press_data(button.callback_data or "", screen)

    assert await choices(service, vote) == [{vote.projects[0].id, vote.projects[1].id}]
    assert "Chosen: 2 of 2." in person.screen.text


async def test_a_full_ballot_says_what_to_do(service: Service, talk: Talk, hold: Hold) -> None:
    vote = await hold()
    person = await declared_voter(talk, vote)
    for place in (1, 2):
        await person.say(f"/start p_{vote.projects[place].id}")
        await person.press("Vote for it")

    assert "You have chosen 2 projects already" in person.alerts[-1]
    assert len((await choices(service, vote))[0]) == 2
    assert "Vote for it" in person.screen.buttons


async def test_a_knapsack_ballot_shows_the_money_left(talk: Talk, hold: Hold) -> None:
    rules = replace(RULES, ballot=BallotKind.KNAPSACK, max_choices=None)
    vote = await hold(rules=rules, costs=(6_000_000, 5_000_000))
    person = await declared_voter(talk, vote)

    assert "Money left: 4 m ₸ of 10 m ₸" in person.screen.text
    await person.say(f"/start p_{vote.projects[1].id}")
    await person.press("Vote for it")

    assert "4 m ₸ is left" in person.alerts[-1]


async def test_a_vote_that_closes_in_the_middle_refuses_with_its_dates(
    service: Service, talk: Talk, hold: Hold, clock: FrozenClock
) -> None:
    vote, person = await hold(), await talk("en")
    await person.say(f"/start p_{vote.projects[0].id}")
    clock.set(CLOSES)

    await person.press("Vote for it")

    assert "is closed now" in person.alerts[-1]
    assert "March 15, 10:00" in person.alerts[-1]
    assert await choices(service, vote) == []
    assert "Vote for it" not in person.screen.buttons


async def test_a_declaration_at_the_close_loses_nothing_but_the_vote(
    service: Service, talk: Talk, hold: Hold, clock: FrozenClock
) -> None:
    vote, person = await hold(), await talk("en")
    await person.say(f"/start p_{vote.projects[0].id}")
    await person.press("Vote for it")
    clock.set(CLOSES)

    await person.press("Yes, this is true")

    assert "is closed now" in person.alerts[-1]
    assert "Voting closed" in person.screen.text
    assert await choices(service, vote) == []


async def test_before_it_opens_a_vote_can_be_read_but_not_marked(
    talk: Talk, hold: Hold, clock: FrozenClock
) -> None:
    clock.set(OPENS - timedelta(days=1))
    vote, person = await hold(), await talk("en")

    await person.say(f"/start p_{vote.projects[0].id}")

    assert "Project 1" in person.screen.text
    assert "Voting opens March 5, 10:00" in person.screen.text
    assert "Vote for it" not in person.screen.buttons
    await person.press("All projects")
    assert "☐" not in person.screen.text


async def test_a_typed_number_opens_that_project(talk: Talk, hold: Hold) -> None:
    vote, person = await hold(), await talk("en")
    await person.say(f"/start v_{vote.id}")
    wanted = next(key.text for key in person.screen.keys if key.text.startswith("2. "))

    await person.say("2")

    assert wanted.removeprefix("2. ") in person.screen.text
    assert "Vote for it" in person.screen.buttons


@pytest.mark.parametrize("typed", ["0", "4", "²", "light", "1" * 5000])
async def test_a_number_that_is_not_in_the_list_is_answered(
    talk: Talk, hold: Hold, typed: str
) -> None:
    vote, person = await hold(), await talk("en")
    await person.say(f"/start v_{vote.id}")

    await person.say(typed)

    assert any("write the number of a line" in screen.text for screen in person.screens)


async def test_a_long_list_is_read_in_pages(talk: Talk, hold: Hold) -> None:
    vote, person = await hold(costs=(1_000,) * 13), await talk("en")
    await person.say(f"/start v_{vote.id}")
    assert "Page 1 of 3" in person.screen.text
    seen = set()
    while True:
        seen |= {key.text for key in person.screen.keys if key.text[0].isdigit()}
        if "Next page" not in person.screen.buttons:
            break
        await person.press("Next page")

    assert "Page 3 of 3" in person.screen.text
    assert len(seen) == 13


async def test_the_list_can_be_narrowed_by_topic(service: Service, talk: Talk, hold: Hold) -> None:
    vote, person = await hold(), await talk("en")
    async with service.work.write() as work:
        await work.projects.save(replace(vote.projects[0], topic="sport"))
        await work.projects.save(replace(vote.projects[1], topic="parks", district="east"))
        await work.commit()
    await person.say(f"/start v_{vote.id}")

    await person.press("Narrow down")
    assert {"Sport", "Parks", "East"} <= set(person.screen.buttons)
    await person.press("Sport")
    assert "1. ☐ Project 1" in person.screen.text
    assert "Project 2" not in person.screen.text
    await person.press("Narrow down")
    await person.press("East")
    assert "1. ☐ Project 2" in person.screen.text
    await person.press("Narrow down")
    await person.press("All projects")
    assert "3. ☐" in person.screen.text


async def test_a_photo_is_shown_on_request_and_not_with_the_next_project(
    service: Service, talk: Talk, hold: Hold, clock: FrozenClock
) -> None:
    vote, person = await hold(), await talk("en")
    async with service.work.write() as work:
        photo = await work.pictures.add(b"jpeg", "image/jpeg", clock.now())
        for project in vote.projects:
            await work.projects.save(replace(project, photo=photo))
        await work.commit()
    await person.say(f"/start v_{vote.id}")
    await person.press("1. ")
    shown = [person.screen.picture]
    for label in ("Photo", "Vote for it", "Yes, this is true", "Without photo", "Photo"):
        await person.press(label)
        shown.append(person.screen.picture)
    await person.press("Next project")
    shown.append(person.screen.picture)

    assert shown == [None, b"jpeg", None, b"jpeg", None, b"jpeg", None]


async def test_the_rule_can_be_read_in_full(talk: Talk, hold: Hold) -> None:
    rules = replace(RULES, binding=False, more_than=10)
    vote, person = await hold(rules=rules), await talk("en")
    await person.say(f"/start v_{vote.id}")
    assert "up to 2 projects" in person.screen.text
    assert "more than 10 votes" in person.screen.text
    assert "advice" in person.screen.text

    await person.press("The rule in full")

    assert "the one that costs less, then the one submitted earlier" in person.screen.text
    assert "16 or older" in person.screen.text
    assert "f" * 64 in person.screen.text


async def test_a_card_says_which_project_cannot_win_beside_it(talk: Talk, hold: Hold) -> None:
    rules = replace(RULES, conflicts=(("project-3", "project-1"),))
    vote, person = await hold(rules=rules), await talk("en")

    await person.say(f"/start p_{vote.projects[0].id}")
    assert "Only one of these can win: this project or “Project 3”." in person.screen.text

    await person.say(f"/start p_{vote.projects[1].id}")
    assert "Only one" not in person.screen.text


@pytest.mark.parametrize(
    ("rules", "sentences"),
    [
        (
            replace(RULES, more_than=0, more_than_percent="2.5"),
            ("more than 2.5% of voters chose win",),
        ),
        (
            replace(RULES, tally=TallyRule.TOP_UP, top_up_percent=80),
            ("If at least 80% of its cost is left, the rest is added from outside the fund",),
        ),
        (
            replace(RULES, tally=TallyRule.EQUAL_SHARES),
            ("an equal share of 10 m ₸", "every share is raised by one tenge at a time"),
        ),
        (
            replace(RULES, tally=TallyRule.EQUAL_SHARES_COMPARED),
            ("an equal share of 10 m ₸", "that outcome stands"),
        ),
        (
            replace(RULES, division=Division(DividedBy.TOPIC, POTS, Transfer.NONE)),
            (
                "The projects of a topic compete for its own part of the fund.",
                "The parts of the fund: Parks: 6 m ₸, Sport: 4 m ₸. What a part has left stays",
            ),
        ),
        (
            replace(RULES, division=Division(DividedBy.TOPIC, POTS, Transfer.NEXT)),
            ("What a part has left goes to the next one.",),
        ),
        (
            replace(RULES, division=Division(DividedBy.DISTRICT, (), Transfer.TOGETHER)),
            ("What the parts have left is put together",),
        ),
        (
            replace(RULES, sources=SOURCES),
            ("from: Company: 7 m ₸, Akimat: 3 m ₸ (reserve, used last).",),
        ),
        (
            replace(RULES, conflicts=(("project-1", "project-2"),)),
            ("1 pair of projects exclude each other",),
        ),
        (
            replace(RULES, ballot=BallotKind.KNAPSACK, max_choices=None, more_than=0),
            ("together cost no more than 10 m ₸", "with the most votes win, until 10 m ₸"),
        ),
        (
            replace(RULES, max_choices=None, when_short=WhenShort.STOP),
            ("as many projects as you like", "The count stops at the first project"),
        ),
        (
            replace(RULES, max_choices=1, ties=(TieBreak.LOT,), seed="<Абай>"),
            ("choose 1 project.", "SHA-256 of “<Абай>”"),
        ),
    ],
)
async def test_every_rule_has_its_sentence(
    talk: Talk, hold: Hold, rules: VotingRules, sentences: tuple[str, ...]
) -> None:
    vote, person = await hold(rules=rules), await talk("en")
    await person.say(f"/start v_{vote.id}")

    await person.press("The rule in full")

    assert [one for one in sentences if one not in person.screen.text] == []


async def test_a_ballot_without_a_limit_is_only_counted(talk: Talk, hold: Hold) -> None:
    vote = await hold(rules=replace(RULES, max_choices=None))

    person = await declared_voter(talk, vote)

    assert "Chosen: 1." in person.screen.text


async def test_a_sample_cost_is_said_to_be_one(service: Service, talk: Talk, hold: Hold) -> None:
    vote, person = await hold(), await talk("en")
    async with service.work.write() as work:
        await work.projects.save(replace(vote.projects[0], cost_is_sample=True))
        await work.commit()

    await person.say(f"/start p_{vote.projects[0].id}")

    assert "Cost: 1.5 m ₸ (a sample figure)" in person.screen.text


async def test_no_screen_of_an_open_vote_depends_on_how_others_voted(
    talk: Talk, hold: Hold
) -> None:
    """No running totals: every screen reads the same before and after three people voted."""
    vote, person = await hold(), await talk("en")

    async def everything() -> list[str]:
        texts = []
        await person.say(f"/start v_{vote.id}")
        texts.append(person.screen.text)
        await person.press("The rule in full")
        texts.append(person.screen.text)
        for project in vote.projects:
            await person.say(f"/start p_{project.id}")
            texts.append(person.screen.text)
        await person.say(f"/start r_{vote.id}")
        texts.append(person.screen.text)
        return texts

    before = await everything()
    for _neighbour in range(3):
        await declared_voter(talk, vote, place=1)

    assert await everything() == before
    assert not any("votes on" in text or "people voted" in text for text in before)


async def test_what_waits_for_the_declaration_survives_a_restart(
    service: Service, talk: Talk, hold: Hold
) -> None:
    """Nothing is kept in memory: the declaration names the project it waits for."""
    vote, person = await hold(), await talk("en")
    await person.say(f"/start p_{vote.projects[0].id}")
    await person.press("Next project")
    title = person.screen.text.splitlines()[0]
    await person.press("Vote for it")
    await person.press("Yes, this is true")

    number = int(title.removeprefix("Project "))
    assert await choices(service, vote) == [{vote.projects[number - 1].id}]


async def test_the_way_back_leads_to_where_one_came_from(talk: Talk, hold: Hold) -> None:
    vote, person = await hold(), await talk("en")
    await person.say(f"/start p_{vote.projects[0].id}")
    await person.press("Back")
    assert "Khromtau" in person.screen.text

    await person.say(f"/start v_{vote.id}")
    await person.press("1. ")
    assert "Back" not in person.screen.buttons
    await person.press("All projects")
    await person.press("Back")
    assert "Khromtau" in person.screen.text


async def test_an_unknown_project_is_answered(talk: Talk, hold: Hold) -> None:
    await hold()
    person = await talk("en")

    await person.say("/start p_999")

    assert any("not here any more" in screen.text for screen in person.screens)
    assert person.screen.buttons


async def test_looking_is_a_beginning_and_voting_is_a_finish(
    service: Service, talk: Talk, hold: Hold
) -> None:
    vote, person = await hold(), await talk("en")
    await person.say(f"/start v_{vote.id}")
    resident = await person.resident()

    async def finished() -> bool | None:
        async with service.work.read() as work:
            known = await work.engagements.of_resident(resident.id, [vote.stage.id])
        return known.get(vote.stage.id)

    assert await finished() is False
    await person.press("1. ")
    await person.press("Vote for it")
    await person.press("Yes, this is true")
    assert await finished() is True
    await person.press("Take back")
    assert await finished() is False
