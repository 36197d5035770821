"""Reading and searching a draft budget."""

from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.read_budget import ReadBudget
from civic.actions.search_budget import SearchBudget
from civic.model.community import Community
from civic.model.cycle import Rules
from civic.model.refusal import Reason, Refused
from civic.ports import Work
from civic.rules.amounts import ChangeKind
from tests.conftest import TOWN, Meet
from tests.consultation import TOTALS, discuss, ids_of
from tests.fakes import FrozenClock


async def test_the_whole_budget_shows_its_groups_largest_first(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    view = await ReadBudget(work, clock)(await resident(), cycle.id, None)
    assert view.section is None
    assert view.path == ()
    assert view.amounts == TOTALS
    assert view.of_total is None
    assert view.of_parent is None
    assert [line.section.code for line in view.lines] == ["04", "01"]
    assert view.lines[0].of_parent == pytest.approx(99.933, abs=0.001)
    assert view.lines[1].change.percent == -25
    assert view.is_open


async def test_a_line_shows_its_path_shares_and_what_is_under_it(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    ids = await ids_of(work, cycle)
    view = await ReadBudget(work, clock)(await resident(), cycle.id, ids["04.2.261"])
    assert [section.code for section in view.path] == ["04", "04.2"]
    assert view.of_parent == 100
    assert view.of_total == pytest.approx(99.767, abs=0.001)
    assert [line.change.kind for line in view.lines] == [
        ChangeKind.BY_PERCENT,
        ChangeKind.DROPPED,
        ChangeKind.NEW,
    ]
    assert view.lines[2].of_parent is None
    assert (view.comments, view.all_comments) == (0, 0)


async def test_a_link_to_a_line_needs_no_cycle(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    ids = await ids_of(work, cycle)
    view = await ReadBudget(work, clock)(await resident(), None, ids["01.1"])
    assert view.section is not None
    assert view.section.code == "01.1"
    assert view.discussion.cycle.id == cycle.id


async def test_reading_goes_on_when_the_window_is_closed(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    clock.move(timedelta(days=60))
    view = await ReadBudget(work, clock)(await resident(), cycle.id, None)
    assert not view.is_open
    assert view.discussion.answers is not None


async def test_what_is_not_there_is_refused(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    other = await discuss(work, town, clock, slug="other")
    elsewhere = await ids_of(work, other)
    person = await resident()
    read = ReadBudget(work, clock)
    for cycle_id, section_id in (
        (10**9, None),
        (None, None),
        (None, 10**9),
        (cycle.id, 10**9),
        (cycle.id, elsewhere["04"]),
    ):
        with pytest.raises(Refused) as refused:
            await read(person, cycle_id, section_id)
        assert refused.value.reason is Reason.NOT_FOUND


async def test_the_budget_of_another_town_is_not_shown(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    ids = await ids_of(work, cycle)
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="elsewhere"))
        await unit.commit()
    stranger = await resident(community_id=elsewhere)
    for reading in (
        ReadBudget(work, clock)(stranger, cycle.id, None),
        ReadBudget(work, clock)(stranger, None, ids["04"]),
        SearchBudget(work)(stranger, cycle.id, "білім"),
    ):
        with pytest.raises(Refused) as refused:
            await reading
        assert refused.value.reason is Reason.NOT_FOUND


async def test_a_cycle_without_a_draft_budget_says_so(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    async with work.write() as unit:
        await unit.cycles.save(replace(cycle, rules=Rules()))
        await unit.commit()
    with pytest.raises(Refused) as refused:
        await ReadBudget(work, clock)(await resident(), cycle.id, None)
    assert refused.value.reason is Reason.NO_SUCH_STAGE


async def test_a_search_finds_lines_with_the_way_to_them(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    result = await SearchBudget(work)(await resident(), cycle.id, "олимпиада")
    assert result.is_sure
    best = result.found[0]
    assert best.section.code == "04.2.261.055"
    assert [section.code for section in best.path] == ["04", "04.2", "04.2.261"]


async def test_a_search_says_when_it_guesses_or_finds_nothing(
    work: Work, town: Community, clock: FrozenClock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    person = await resident()
    guessed = await SearchBudget(work)(person, cycle.id, "абразование")
    assert [found.section.code for found in guessed.found][:1] == ["04"]
    assert not guessed.is_sure
    nothing = await SearchBudget(work)(person, cycle.id, "велодорожка")
    assert nothing.found == ()
    assert not nothing.is_sure
