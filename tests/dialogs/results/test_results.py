"""Reading results, from the side of the person who reads them."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

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
    WhenShort,
)
from civic.model.results import Outcome, ProjectResult, Remainder, ResultsProtocol
from civic.rules.protocols import sealed
from tests.civic.actions.voting import hold_vote
from tests.civic.rules.votes import CLOSES, RULES
from tests.conftest import Talk
from tests.dialogs.results.conftest import Count
from tests.fakes import FrozenClock

THREE = ((0, 1), (0, 1), (0, 2))
"""Three votes for the first project, two for the second, one for the third."""


async def test_results_say_who_won_and_why_the_others_did_not(talk: Talk, count: Count) -> None:
    vote, person = await count(*THREE), await talk("en")

    await person.say(f"/start r_{vote.id}")

    text = person.screen.text
    assert "3 people voted: 6 votes." in text
    assert "Funded: 1 of 3 projects, for 60 ₸ of 100 ₸." in text
    assert "60%" in text
    assert "1. Project 1: 3 votes, 60 ₸; ✓ funded" in text
    assert "2. Project 2: 2 votes, 50 ₸; not enough money left" in text
    assert "3. Project 3: 1 vote, 30 ₸; too few votes" in text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("1. ", "Funded: 3 votes, place 1. It costs 60 ₸, and 100 ₸ was left for it."),
        (
            "2. ",
            "Not funded: 2 votes sufficed, but it costs 50 ₸ and only 40 ₸ was left",
        ),
        ("3. ", "Not funded: 1 vote, and at least 2 were needed."),
    ],
)
async def test_each_project_has_its_reason_in_a_sentence(
    talk: Talk, count: Count, line: str, sentence: str
) -> None:
    vote, person = await count(*THREE), await talk("en")
    await person.say(f"/start r_{vote.id}")

    await person.press(line)

    assert sentence in person.screen.text
    await person.press("Back")
    assert "3 people voted" in person.screen.text


async def test_a_count_that_stopped_says_so(talk: Talk, count: Count) -> None:
    rules = replace(RULES, when_short=WhenShort.STOP, more_than=0)
    vote, person = await count(*THREE, rules=rules), await talk("en")
    await person.say(f"/start r_{vote.id}")
    assert "the count had stopped" in person.screen.text

    await person.press("3. ")

    assert "the count had stopped at a project before it" in person.screen.text


async def test_the_protocol_of_a_vote_that_closed_at_midnight_names_the_day_that_ended(
    talk: Talk, count: Count, service: Service
) -> None:
    vote, person = await count(*THREE), await talk("ru")
    midnight = datetime(2020, 11, 9, tzinfo=ZoneInfo("Asia/Almaty"))
    async with service.work.write() as work:
        opens = midnight.replace(day=1)
        await work.cycles.save_stage(replace(vote.stage, opens_at=opens, closes_at=midnight))
        await work.commit()
    await person.say(f"/start r_{vote.id}")
    assert "Голосование закрыто: 8 ноября 2020 года" in person.screen.text

    await person.press("Протокол файлом")

    (protocol,) = [one.document for one in person.screens if one.document is not None]
    assert "Голосование закрыто 8 ноября 2020 года в 24:00." in protocol.decode()


async def test_equal_votes_are_explained_by_the_written_rule(talk: Talk, count: Count) -> None:
    rules = replace(RULES, ties=(TieBreak.LOT,), seed="Абай")
    vote, person = await count((0, 1), (0, 1), rules=rules), await talk("en")
    await person.say(f"/start r_{vote.id}")

    await person.press("1. ")

    assert "the written rule decided the order" in person.screen.text
    assert "SHA-256 of “Абай”" in person.screen.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ("3 адам дауыс берді", "қаржыландырылады", "дауыс жеткіліксіз")),
        ("ru", ("Участвовали 3 человека: 6 голосов.", "финансируется", "мало голосов")),
    ],
)
async def test_results_speak_the_persons_language(
    talk: Talk, count: Count, language: str, words: tuple[str, ...]
) -> None:
    vote, person = await count(*THREE), await talk(language)

    await person.say(f"/start r_{vote.id}")

    assert [word for word in words if word not in person.screen.text] == []


async def test_the_digest_can_be_checked_from_the_file(
    service: Service, talk: Talk, count: Count
) -> None:
    vote, person = await count(*THREE), await talk("en")
    await person.say(f"/start r_{vote.id}")

    await person.press("Protocol as a file")

    document = next(one.document for one in person.screens if one.document is not None)
    async with service.work.read() as work:
        protocol = await work.protocols.get(vote.id)
    assert protocol is not None
    assert sha256(document.splitlines()[-1]).hexdigest() == protocol.digest
    assert document.endswith(document.splitlines()[-1])
    assert protocol.digest in document.decode()
    assert "Not funded: 1 vote, and at least 2 were needed." in document.decode()
    assert person.screen.buttons


async def test_a_project_that_another_excludes_is_told_which(talk: Talk, count: Count) -> None:
    rules = replace(RULES, conflicts=(("project-1", "project-3"),), more_than=0)
    vote, person = await count(*THREE, rules=rules), await talk("en")
    await person.say(f"/start r_{vote.id}")
    assert "3. Project 3: 1 vote, 30 ₸; another one excludes it" in person.screen.text

    await person.press("3. ")

    assert (
        "Not funded: 1 vote sufficed, but only one can be carried out, and “Project 1” won."
    ) in person.screen.text


async def test_a_topped_up_project_says_what_is_added(talk: Talk, count: Count) -> None:
    rules = replace(RULES, tally=TallyRule.TOP_UP, top_up_percent=80, when_short=WhenShort.STOP)
    vote, person = await count(*THREE, rules=rules), await talk("en")
    await person.say(f"/start r_{vote.id}")
    assert "2. Project 2: 2 votes, 50 ₸; ✓ funded with extra money" in person.screen.text
    assert "Funded: 2 of 3 projects, for 100 ₸ of 100 ₸." in person.screen.text

    await person.press("2. ")

    assert "40 ₸ was left for it, and 10 ₸ is added from outside the fund." in person.screen.text


async def test_equal_shares_say_what_supporters_paid_and_had(talk: Talk, count: Count) -> None:
    rules = replace(RULES, tally=TallyRule.EQUAL_SHARES_COMPARED, more_than=0)
    vote, person = await count(*THREE, rules=rules), await talk("en")

    await person.say(f"/start r_{vote.id}")

    text = person.screen.text
    assert "Every voter has an equal share of 100 ₸" in text
    assert (
        "Two outcomes were compared. Got more of what they chose: 0 voters with equal shares, "
        "0 voters by votes alone. So the outcome of equal shares stands."
    ) in text
    await person.press("1. ")
    assert "Its supporters paid its 60 ₸ out of their shares, 20 ₸ each at most." in (
        person.screen.text
    )


async def test_equals_that_supporters_pay_for_are_not_said_to_have_equal_votes(
    talk: Talk, count: Count
) -> None:
    """The first four have nothing left, so that two pay for the second and two for the third."""
    rules = replace(RULES, tally=TallyRule.EQUAL_SHARES, more_than=0, fund=80)
    ballots = ((0, 1), (0,), (0,), (0,), (1,), (1,), (2,), (2,))
    vote = await count(*ballots, rules=rules, costs=(40, 20, 20))
    person = await talk("en")
    await person.say(f"/start r_{vote.id}")

    await person.press("2. ")

    assert "Project 2" in person.screen.text
    assert "Equal to it: “Project 3”; the written rule decided the order." in person.screen.text
    assert "When projects are equal, this one goes first" in person.screen.text
    assert "As many votes" not in person.screen.text


async def test_the_equal_project_that_shares_did_not_cover_too_lost_by_the_written_rule(
    talk: Talk, count: Count
) -> None:
    rules = replace(RULES, tally=TallyRule.EQUAL_SHARES, more_than=0, fund=10)
    vote = await count((0, 1), (0, 1), rules=rules, costs=(10, 10, 99))
    person = await talk("en")
    await person.say(f"/start r_{vote.id}")

    await person.press("2. ")

    assert (
        "Not funded: 2 votes. A project equal to it came first by the written rule, and the money "
        "did not suffice for both."
    ) in person.screen.text


async def test_the_outcome_that_more_voters_prefer_is_said_to_stand(
    talk: Talk, count: Count
) -> None:
    """By shares four get two projects each; by votes five get one, which costs all."""
    rules = replace(RULES, tally=TallyRule.EQUAL_SHARES_COMPARED, more_than=0, fund=90)
    ballots = ((0,),) * 5 + ((1, 2),) * 4
    vote = await count(*ballots, rules=rules, costs=(90, 20, 10))
    person = await talk("en")

    await person.say(f"/start r_{vote.id}")

    text = person.screen.text
    assert "4 voters with equal shares, 5 voters by votes alone." in text
    assert "So the outcome by votes alone stands." in text
    assert "1. Project 1: 5 votes, 90 ₸; ✓ funded" in text


async def test_a_divided_fund_names_the_part_each_project_competed_for(
    talk: Talk, count: Count
) -> None:
    pots = (PotShare("center", 70), PotShare("east", 30))
    division = Division(DividedBy.DISTRICT, pots, Transfer.NONE)
    rules = replace(RULES, division=division, more_than=0)
    vote = await count(*THREE, rules=rules, districts=("center", "center", "east"))
    person = await talk("en")

    await person.say(f"/start r_{vote.id}")

    text = person.screen.text
    assert "The projects of a district compete for its own part of the fund." in text
    assert "Project 1 (Centre): 3 votes, 60 ₸; ✓ funded" in text
    assert "Project 2 (Centre): 2 votes, 50 ₸; not enough money left" in text
    assert "Project 3 (East): 1 vote, 30 ₸; ✓ funded" in text
    assert "Centre: 10 ₸ left" in text
    await person.press("1. ")
    assert "Part of the fund: Centre, 70 ₸" in person.screen.text


async def test_sources_say_what_they_have_left(service: Service, talk: Talk, count: Count) -> None:
    sources = (
        FundSource({"en": "Company"}, 50, is_reserve=False),
        FundSource({"en": "Akimat"}, 50, is_reserve=True),
    )
    vote, person = await count(*THREE, rules=replace(RULES, sources=sources)), await talk("en")

    await person.say(f"/start r_{vote.id}")

    assert "Company: 0 ₸ left" in person.screen.text
    assert "Akimat: 40 ₸ left" in person.screen.text
    await person.press("1. ")
    assert "Of this 10 ₸ comes from the reserve." in person.screen.text
    async with service.work.read() as work:
        protocol = await work.protocols.get(vote.id)
    assert protocol is not None
    assert protocol.left_of == (Remainder(0, 0), Remainder(1, 40))


async def test_a_chart_is_painted_on_request(talk: Talk, count: Count) -> None:
    vote, person = await count(*THREE), await talk("kk")
    await person.say(f"/start r_{vote.id}")
    before = person.screen

    await person.press("Диаграмма")

    assert before.picture is None
    assert person.screen.picture is not None
    assert person.screen.picture.startswith(b"\x89PNG")
    await person.press("Артқа")
    assert "Хаттаманың бақылау сомасы" in person.screen.text


async def test_before_the_close_there_are_no_results_but_a_date(
    service: Service, talk: Talk
) -> None:
    person = await talk("en")
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    vote = await hold_vote(service.work, town.id)

    await person.say(f"/start r_{vote.id}")

    assert any("March 15, 10:00" in screen.text for screen in person.screens)
    assert person.screen.buttons


async def test_the_list_has_what_was_counted_and_what_is_to_come(
    service: Service, talk: Talk, count: Count, clock: FrozenClock
) -> None:
    await count(*THREE)
    clock.set(CLOSES)
    person = await talk("en")
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    later = (await hold_vote(service.work, town.id, slug="later")).stage
    async with service.work.write() as work:
        await work.cycles.save_stage(replace(later, closes_at=CLOSES + (CLOSES - later.opens_at)))
        await work.commit()
    await person.say("/start")
    await person.press("All results")

    assert "Funded: 1 of 3 projects" in person.screen.text
    assert "Still to come" in person.screen.text
    assert "results right after it closes, March 25, 10:00" in person.screen.text
    await person.press("1. ")
    assert "3 people voted" in person.screen.text
    await person.press("All results")
    assert "Still to come" in person.screen.text


async def test_two_votes_at_once_have_numbered_buttons(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    await hold_vote(service.work, town.id)
    other = await hold_vote(service.work, town.id, slug="other")
    person = await talk("en")

    await person.say("/menu")

    assert "1. Budget 2026" in person.screen.text
    assert "2. Budget 2026" in person.screen.text
    assert {"1. Vote", "2. Vote"} <= set(person.screen.buttons)
    await person.press("2. Vote")
    assert "Project 1" in person.screen.text
    assert clock.now() < other.stage.closes_at


async def test_a_town_without_votes_says_so(talk: Talk) -> None:
    person = await talk("en")
    await person.say("/start")

    await person.press("All results")

    assert "no vote in this town yet" in person.screen.text


async def test_the_rule_of_a_past_round_says_no_more_than_is_known(
    talk: Talk, count: Count
) -> None:
    rules = replace(RULES, max_choices=None, ties=())
    vote, person = await count(*THREE, rules=rules), await talk("en")
    await person.say(f"/start v_{vote.id}")
    assert "You may choose" not in person.screen.text

    await person.press("The rule in full")

    assert "You may choose" not in person.screen.text
    assert "No rule for equal votes was written down." in person.screen.text


async def test_a_round_taken_over_says_what_was_not_published(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    vote = await hold_vote(service.work, town.id)
    clock.set(CLOSES)
    first, second, _third = (one.id for one in vote.projects)
    protocol = ResultsProtocol(
        cycle_id=vote.id,
        ballots=None,
        votes=1_111,
        fund=65_000_000,
        spent=None,
        results=(
            ProjectResult(first, 269, None, Outcome.FUNDED, 1, None, 11),
            ProjectResult(second, 12, None, Outcome.DOES_NOT_FIT, 2, None, 11),
        ),
        rules_hash="",
        digest="",
        counted_at=CLOSES,
        published_elsewhere=True,
    )
    async with service.work.write() as work:
        await work.protocols.add(sealed(protocol))
        await work.commit()
    person = await talk("en")

    await person.say(f"/start r_{vote.id}")

    text = person.screen.text
    assert "Votes: 1,111 votes; how many people voted was not published." in text
    assert "The fund was 65 m ₸; what was spent was not published." in text
    assert "Taken over from the published results of that round." in text
    assert "What single projects cost was not published." in text
    assert "1. Project 1: 269 votes; ✓ funded" in text
    assert "2. Project 2: 12 votes; not enough money left" in text
    await person.press("1. ")
    assert "Funded: 269 votes, place 1." in person.screen.text
    await person.press("Back")
    await person.press("2. ")
    assert "too little money was left" in person.screen.text
    await person.press("Back")
    await person.press("Protocol as a file")
    assert any("cost not published" in (one.document or b"").decode() for one in person.screens)


async def test_a_long_list_of_votes_is_read_in_pages(talk: Talk, count: Count) -> None:
    for number in range(7):
        await count(slug=f"round-{number}")
    person = await talk("en")
    await person.say("/start")
    await person.press("All results")

    await person.press("Next page")

    assert "7. Budget 2026 (voting closed" in person.screen.text
    assert "Next page" not in person.screen.buttons


async def test_the_file_explains_equal_votes_too(talk: Talk, count: Count) -> None:
    vote, person = await count((0, 1), (0, 1)), await talk("ru")
    await person.say(f"/start r_{vote.id}")

    await person.press("Протокол файлом")

    document = next(one.document for one in person.screens if one.document is not None)
    assert "Столько же голосов набрали: «Проект 1»" in document.decode()


async def test_a_close_at_midnight_belongs_to_the_day_before(
    service: Service, talk: Talk, count: Count
) -> None:
    """Khromtau 2020 voted until the end of 8 November."""
    vote, person = await count(*THREE), await talk("en")
    midnight = datetime(2026, 3, 15, 0, 0, tzinfo=ZoneInfo("Asia/Almaty"))
    async with service.work.write() as work:
        await work.cycles.save_stage(replace(vote.stage, closes_at=midnight))
        await work.commit()

    await person.say(f"/start r_{vote.id}")

    assert "Voting closed: March 14, 2026" in person.screen.text


async def test_long_results_are_read_in_pages(talk: Talk, count: Count) -> None:
    rules = replace(RULES, more_than=0)
    vote = await count((0,), costs=(10,) * 13, rules=rules)
    person = await talk("en")
    await person.say(f"/start r_{vote.id}")
    assert "Page 1 of 3" in person.screen.text

    await person.press("Next page")
    await person.press("Next page")

    assert "13. " in person.screen.text
    assert "Next page" not in person.screen.buttons
    await person.press("13. ")
    assert "place 13 of 13" in person.screen.text


async def test_a_card_tells_the_result_after_the_count(talk: Talk, count: Count) -> None:
    vote, person = await count(*THREE), await talk("en")

    await person.say(f"/start p_{vote.projects[0].id}")

    assert "Funded: 3 votes, place 1." in person.screen.text
    await person.press("Results")
    assert "3 people voted" in person.screen.text
    await person.press("Back")
    assert "Funded: 3 votes, place 1." in person.screen.text


async def test_a_knapsack_vote_is_counted_by_the_same_rule(talk: Talk, count: Count) -> None:
    rules = replace(RULES, ballot=BallotKind.KNAPSACK, max_choices=None, fund=100)
    vote, person = await count((0, 2), (0,), rules=rules), await talk("en")

    await person.say(f"/start r_{vote.id}")

    assert "1. Project 1: 2 votes, 60 ₸; ✓ funded" in person.screen.text


async def test_a_typed_place_opens_the_project_and_a_typed_number_the_vote(
    talk: Talk, count: Count
) -> None:
    await count(*THREE)
    person = await talk("en")
    await person.say("/menu")
    await person.press("All results")
    await person.say("1")
    assert "3 people voted" in person.screen.text
    await person.say("2.")
    assert "place 2 of 3" in person.screen.text
    await person.press("Back")
    await person.say("9")
    assert any("number of a line in the list" in screen.text for screen in person.screens)
    assert "3 people voted" in person.screen.text
