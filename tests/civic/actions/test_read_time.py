"""What the menu, the page about a cycle and the organisers' desk read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.read_calendar import ReadCalendar
from civic.actions.read_desk import Counts, ReadCounts, ReadDesk
from civic.actions.read_now import ReadNow, StageAhead, StageNow
from civic.model.community import Community
from civic.model.cycle import StageAction, StageKind, StageState
from civic.model.refusal import Reason, Refused
from civic.model.resident import Role
from civic.ports import Work
from civic.rules.calendar import Doing, Phase
from tests.civic.cycles import (
    ANSWERS,
    DISCUSSION,
    IDEAS,
    REVIEW,
    VOTING,
    consultation,
    cycle,
    local,
    stage_id,
    stored,
)
from tests.conftest import TOWN, Meet
from tests.fakes import FrozenClock


async def test_now_shows_the_open_stage_with_its_days(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    made = await stored(work, town.id, consultation())
    clock.set(local(3, 9, 10))
    (shown,) = await ReadNow(work, clock)(await resident())
    assert shown.phase is Phase.OPEN
    assert shown.doing is Doing.COMMENT
    assert shown.stage == StageNow(
        id=stage_id(made, StageKind.CONSULTATION),
        kind=StageKind.CONSULTATION,
        opens_at=DISCUSSION.opens_at,
        closes_at=DISCUSSION.closes_at,
        day=9,
        days=28,
        days_left=19,
        began=False,
        finished=False,
    )
    assert shown.ahead == StageAhead(StageKind.ANSWERS, ANSWERS.opens_at)


async def test_now_tells_what_the_person_has_done(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    made = await stored(work, town.id, cycle())
    ideas = stage_id(made, StageKind.IDEAS)
    began, finished = await resident(), await resident()
    async with work.write() as unit:
        await unit.engagements.begin(ideas, began.id)
        await unit.engagements.finish(ideas, finished.id)
        await unit.commit()
    clock.set(local(3, 10))
    done = []
    for person in (began, finished, await resident()):
        (shown,) = await ReadNow(work, clock)(person)
        assert shown.stage is not None
        done.append((shown.stage.began, shown.stage.finished))
    assert done == [(True, False), (True, True), (False, False)]


async def test_now_shows_what_closes_soonest_first_and_what_is_over_last(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    for slug, made in {
        "over": cycle(replace(IDEAS, opens_at=local(2, 1), closes_at=local(3, 1))),
        "later": cycle(VOTING),
        "long": consultation(),
        "short": cycle(),
        "forgotten": cycle(replace(IDEAS, opens_at=local(1, 1), closes_at=local(1, 15))),
    }.items():
        await stored(work, town.id, replace(made, titles={"en": slug}), slug)
    clock.set(local(3, 10))
    shown = await ReadNow(work, clock)(await resident())
    assert [entry.titles["en"] for entry in shown] == ["short", "long", "later", "over"]
    assert [entry.phase for entry in shown[2:]] == [Phase.AHEAD, Phase.OVER]
    assert shown[2].stage is None
    assert shown[3].ahead is None


async def test_now_shows_only_the_persons_own_town(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    await stored(work, town.id, cycle())
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    clock.set(local(3, 10))
    read = ReadNow(work, clock)
    stranger = await resident(community_id=elsewhere)
    assert await read(stranger) == ()
    assert await read(replace(stranger, community_id=404)) == ()


async def test_the_calendar_tells_state_and_days_of_every_stage(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    made = await stored(work, town.id, cycle(IDEAS, REVIEW, VOTING))
    clock.set(REVIEW.closes_at - timedelta(days=2))
    await AdvanceCycle(work, clock)(made.id)
    calendar = await ReadCalendar(work, clock)(await resident(), made.id)
    assert [(line.state, line.days_left) for line in calendar.lines] == [
        (StageState.CLOSED, None),
        (StageState.OPEN, 2),
        (StageState.PLANNED, None),
    ]
    assert (calendar.phase, calendar.doing) == (Phase.OPEN, Doing.READ_IDEAS)
    assert [change.action for change in calendar.changes] == [
        StageAction.OPENED,
        StageAction.CLOSED,
        StageAction.OPENED,
    ]
    assert calendar.now == clock.now()


async def test_the_calendar_of_another_town_is_not_found(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    made = await stored(work, town.id, cycle())
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    read = ReadCalendar(work, clock)
    person = await resident(community_id=elsewhere)
    for reader, cycle_id in (
        (person, made.id),
        (person, 404),
        (replace(person, community_id=0), made.id),
    ):
        with pytest.raises(Refused) as refused:
            await read(reader, cycle_id)
        assert refused.value.reason is Reason.NOT_FOUND


async def test_the_desk_lists_every_cycle_of_the_town(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    await stored(work, town.id, cycle(), "budget")
    await stored(
        work, town.id, cycle(replace(IDEAS, opens_at=local(1, 1), closes_at=local(1, 15))), "old"
    )
    clock.set(local(3, 10))
    organiser = replace(await resident(), roles=frozenset({Role.ORGANISER}))
    lines = await ReadDesk(work, clock)(organiser)
    assert [(line.cycle.slug, line.phase) for line in lines] == [
        ("budget", Phase.OPEN),
        ("old", Phase.OVER),
    ]
    assert lines[0].stage is not None
    assert lines[0].stage.kind is StageKind.IDEAS
    assert lines[1].stage is None


async def test_counts_tell_people_and_words_but_no_votes(
    work: Work, town: Community, resident: Meet
) -> None:
    made = await stored(work, town.id, cycle())
    people = [await resident() for _person in range(3)]
    async with work.write() as unit:
        for kind in (StageKind.IDEAS, StageKind.VOTING):
            await unit.engagements.finish(stage_id(made, kind), people[0].id)
        await unit.engagements.begin(stage_id(made, StageKind.VOTING), people[1].id)
        await unit.commit()
    organiser = replace(people[2], roles=frozenset({Role.ORGANISER}))
    counts = await ReadCounts(work)(organiser, made.id)
    assert counts == Counts(residents=3, ideas=0, comments=0, participants=1)


async def test_the_desk_is_for_organisers(
    work: Work, clock: FrozenClock, town: Community, resident: Meet
) -> None:
    made = await stored(work, town.id, cycle())
    person = await resident()
    with pytest.raises(Refused) as refused:
        await ReadDesk(work, clock)(person)
    assert refused.value.reason is Reason.NOT_ORGANISER
    with pytest.raises(Refused) as refused:
        await ReadCounts(work)(person, made.id)
    assert refused.value.reason is Reason.NOT_ORGANISER


async def test_counts_of_another_town_are_not_found(
    work: Work, town: Community, resident: Meet
) -> None:
    made = await stored(work, town.id, cycle())
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    stranger = replace(await resident(community_id=elsewhere), roles=frozenset({Role.ORGANISER}))
    for cycle_id in (made.id, 404):
        with pytest.raises(Refused) as refused:
            await ReadCounts(work)(stranger, cycle_id)
        assert refused.value.reason is Reason.NOT_FOUND
