"""What everyone can read about a cycle."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.wiring import Service
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.change_stage import ChangeStage, Wish
from civic.model.cycle import BallotKind, Cycle, IdeaRules, StageAction, StageKind, TieBreak
from civic.model.resident import Role
from tests.civic.cycles import (
    IDEAS,
    RULES,
    VOTING,
    consultation,
    cycle,
    local,
    stage_id,
    stored,
)
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.fakes import FrozenClock


async def _put(service: Service, made: Cycle, slug: str = "budget") -> Cycle:
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    return await stored(service.work, town.id, made, slug)


async def _open(talk: Talk, made: Cycle, language: str = "en") -> Conversation:
    person = await talk(language)
    await person.say(f"/start c_{made.id}")
    return person


async def test_a_link_opens_what_the_cycle_is_and_when(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    made = await _put(service, cycle())
    clock.set(local(3, 20, 10))
    person = await _open(talk, made)
    text = person.screen.text
    assert "Budget 2026" in text
    assert "Residents decide." in text
    assert "Collecting ideas: March 1, 2026, 09:00 – March 15, 2026, 18:00. Over" in text
    assert "Expert review: March 15, 18:00 – March 25, 18:00. Open now, 5 days left" in text
    assert "Voting: April 1, 09:00 – April 15, 18:00. Ahead" in text
    assert "Ideas put forward" in person.screen.buttons


@pytest.mark.parametrize(
    ("kind", "door"),
    [("ideas", "Ideas"), ("voting", "Vote"), ("consultation", "Draft budget")],
)
async def test_what_can_be_done_now_is_one_press_away(
    service: Service, talk: Talk, clock: FrozenClock, kind: str, door: str
) -> None:
    made = await _put(service, consultation() if kind == "consultation" else cycle())
    clock.set(local(4, 2) if kind == "voting" else local(3, 10))
    person = await _open(talk, made)
    shown = person.screen.text
    await person.press(door)
    assert person.screen.text != shown


async def test_before_anything_opens_there_is_nothing_to_do_but_read(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    made = await _put(service, cycle())
    clock.set(IDEAS.opens_at - timedelta(days=1))
    person = await _open(talk, made)
    assert set(person.screen.buttons) == {"Rules", "Back", "Menu"}


async def test_the_last_day_is_called_so(service: Service, talk: Talk, clock: FrozenClock) -> None:
    made = await _put(service, cycle())
    clock.set(local(3, 15, 17))
    person = await _open(talk, made)
    assert "Open now, last day" in person.screen.text


async def test_every_rule_is_a_sentence(service: Service, talk: Talk, clock: FrozenClock) -> None:
    made = await _put(service, cycle())
    clock.set(VOTING.opens_at)
    await AdvanceCycle(service.work, clock)(made.id)
    person = await _open(talk, made)
    await person.press("Rules")
    text = person.screen.text
    for sentence in (
        "An idea may cost any sum.",
        "An idea may have up to 3 photos.",
        "The draft budget is for 2026–2028.",
        "The official document: the akimat",
        "You can edit or delete your comment for 15 minutes after publishing it.",
        "You may choose up to 2 projects.",
        "until 1 m ₸ is spent",
        "passed over",
        "the one that costs less, then the one submitted earlier",
        "The result is binding",
        "Everyone who is 16 or older and lives here may vote.",
        "You can change your ballot until voting closes",
        "These rules were frozen when voting opened.",
    ):
        assert sentence in text
    await person.press("Back")
    assert "Residents decide." in person.screen.text


async def test_other_rules_are_other_sentences(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    other = replace(
        RULES, ballot=BallotKind.KNAPSACK, binding=False, ties=(TieBreak.LOT,), seed="<2026>"
    )
    rules = replace(
        cycle().rules,
        voting=other,
        ideas=IdeaRules(max_cost=5_000_000, max_photos=1),
        consultation=None,
    )
    made = await _put(service, replace(cycle(), rules=rules))
    clock.set(local(3, 10))
    person = await _open(talk, made)
    await person.press("Rules")
    text = person.screen.text
    assert "An idea may cost at most 5 m ₸." in text
    assert "An idea may have 1 photo." in text
    assert "together cost no more than 1 m ₸" in text
    assert "<2026>" in text
    assert "The result is advice" in text
    assert "frozen" not in text
    assert "draft budget" not in text


async def test_of_a_vote_that_is_over_only_the_count_is_explained(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    made = await _put(service, cycle())
    clock.set(VOTING.closes_at)
    person = await _open(talk, made)
    await person.press("Rules")
    assert "The projects with the most votes win" in person.screen.text
    assert "You may choose" not in person.screen.text
    assert "may vote" not in person.screen.text


async def test_a_consultation_has_no_rules_of_a_vote(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    made = consultation()
    rules = replace(made.rules, voting=None, ideas=None)
    stored_cycle = await _put(service, replace(made, rules=rules))
    clock.set(local(3, 10))
    person = await _open(talk, stored_cycle)
    await person.press("Rules")
    assert "The draft budget is for 2026–2028." in person.screen.text
    assert "vote" not in person.screen.text.lower()


async def test_everyone_reads_what_was_changed_and_why(
    service: Service, talk: Talk, clock: FrozenClock
) -> None:
    made = await _put(service, cycle())
    change = ChangeStage(service.work, clock, service.bell)
    clock.set(local(3, 10, 10))
    reader = await _open(talk, made)
    organiser = replace(await reader.resident(), roles=frozenset({Role.ORGANISER}))
    ideas, voting = (stage_id(made, kind) for kind in (StageKind.IDEAS, StageKind.VOTING))
    await change(organiser, Wish(ideas, StageAction.EXTENDED, "Many <asked>.", local(3, 17, 18)))
    clock.set(local(3, 28, 10))
    await change(organiser, Wish(voting, StageAction.OPENED_EARLY, "All is ready."))
    clock.set(local(3, 29, 10))
    await change(organiser, Wish(voting, StageAction.CLOSED_EARLY, "All have voted."))
    async with service.work.write() as work:
        await work.cycles.log(
            voting, StageAction.UNLINKED, clock.now(), by=None, reason="", before=None, after=None
        )
        await work.commit()
    await reader.say(f"/start c_{made.id}")
    await reader.press("Changes")
    pages = [reader.screen.text]
    while "Next page" in reader.screen.buttons:
        await reader.press("Next page")
        pages.append(reader.screen.text)
    log = "\n".join(pages)
    for entry in (
        "The links between voters and ballots were destroyed for good.",
        "An organiser closed “Voting”, planned until April 15, 18:00.\nWhy: All have voted.",
        "An organiser opened “Voting”, planned for April 1, 09:00.\nWhy: All is ready.",
        "“Expert review” closed.",
        "“Collecting ideas” closed.",
        "“Expert review” will open March 17, 18:00, not March 15, 18:00.\nWhy: Many <asked>.",
        "“Collecting ideas” was extended from March 15, 18:00 to March 17, 18:00.",
        "March 1, 2026, 09:00\n“Collecting ideas” opened.",
    ):
        assert entry in log
    assert log.index("destroyed") < log.index("was extended")
    await reader.press("Previous page")
    assert reader.screen.text == pages[-2]


async def test_a_cycle_that_is_not_there_does_not_open(talk: Talk) -> None:
    person = await talk("en")
    await person.say("/start c_404")
    assert any("This is not here any more" in screen.text for screen in person.screens)
    assert "Help" in person.screen.buttons


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", ["Идея жинау", "Қазір ашық"]), ("ru", ["Решают жители.", "Идёт сейчас"])],
)
async def test_the_page_speaks_the_persons_language(
    service: Service, talk: Talk, clock: FrozenClock, language: str, words: list[str]
) -> None:
    made = await _put(service, cycle())
    clock.set(local(3, 10))
    person = await _open(talk, made, language)
    for word in words:
        assert word in person.screen.text
