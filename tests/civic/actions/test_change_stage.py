"""What an organiser may do to the calendar, and what everyone is told about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.change_stage import ChangeStage, CheckChange, PreviewChange, Wish
from civic.model.announcement import NoticeKind
from civic.model.community import Community
from civic.model.cycle import Cycle, StageAction, StageChange, StageKind, StageState
from civic.model.refusal import Reason, Refused
from civic.model.resident import NewsChoice, Resident, Role
from civic.ports import Work
from civic.rules.calendar import Phase, is_on_show, phase
from civic.rules.fingerprint import rules_hash
from tests.civic.cycles import IDEAS, RESULTS, REVIEW, VOTING, cycle, local, stage_id, stored
from tests.conftest import TOWN, Meet
from tests.fakes import FrozenClock
from tests.storage.ledger import told

WHY: Final = "The hall was flooded."


@dataclass(frozen=True, slots=True)
class Case:
    """A change that is possible at `now`."""

    kind: StageKind
    action: StageAction
    now: datetime
    at: datetime | None = None


class CountingAlarm:
    """Counts how often somebody was woken."""

    def __init__(self) -> None:
        """Begin with nobody woken."""
        self.count = 0

    def wake(self) -> None:
        """Count."""
        self.count += 1


@pytest.fixture
def alarm() -> CountingAlarm:
    """An alarm that counts."""
    return CountingAlarm()


@pytest.fixture
def change(work: Work, clock: FrozenClock, alarm: CountingAlarm) -> ChangeStage:
    """The action."""
    return ChangeStage(work, clock, alarm)


@pytest.fixture
async def organiser(work: Work, resident: Meet) -> Resident:
    """An organiser of the town."""
    person = await resident()
    async with work.write() as unit:
        await unit.residents.grant(person.id, Role.ORGANISER)
        await unit.commit()
    return replace(person, roles=frozenset({Role.ORGANISER}))


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A whole participatory budget."""
    return await stored(work, town.id, cycle())


def _wish(
    made: Cycle,
    kind: StageKind,
    action: StageAction,
    reason: str = WHY,
    at: datetime | None = None,
) -> Wish:
    return Wish(stage_id(made, kind), action, reason, at)


async def _changes(work: Work, made: Cycle) -> list[StageChange]:
    """Return what organisers did, oldest first."""
    async with work.read() as unit:
        found = await unit.cycles.changes(made.id)
    by_clock = {StageAction.OPENED, StageAction.CLOSED}
    return [entry for entry in reversed(found) if entry.action not in by_clock]


async def test_opening_now_opens_now_and_is_logged_and_told_with_the_reason(
    work: Work,
    clock: FrozenClock,
    alarm: CountingAlarm,
    change: ChangeStage,
    organiser: Resident,
    made: Cycle,
) -> None:
    now = local(3, 28)
    clock.set(now)
    after = await change(organiser, _wish(made, StageKind.VOTING, StageAction.OPENED_EARLY))
    voting = after.stage(StageKind.VOTING)
    assert voting is not None
    assert (voting.opens_at, voting.state) == (now, StageState.OPEN)
    (entry,) = await _changes(work, made)
    assert (entry.action, entry.reason) == (StageAction.OPENED_EARLY, WHY)
    assert (entry.before, entry.after) == (VOTING.opens_at, now)
    news = (await told(work, organiser))[-1]
    assert (news.kind, news.stage_id) == (NoticeKind.STAGE_OPENED, voting.id)
    assert news.parameters["reason"] == WHY
    assert alarm.count == 1


async def test_a_vote_opened_early_has_its_rules_frozen(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 28))
    after = await change(organiser, _wish(made, StageKind.VOTING, StageAction.OPENED_EARLY))
    async with work.read() as unit:
        projects = await unit.projects.in_cycle(made.id)
        stored_cycle = await unit.cycles.get(made.id)
    assert after.rules_hash == rules_hash(made, projects)
    assert stored_cycle == after


async def test_closing_now_closes_now_and_is_told(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    now = local(3, 10)
    clock.set(now)
    after = await change(organiser, _wish(made, StageKind.IDEAS, StageAction.CLOSED_EARLY))
    ideas = after.stage(StageKind.IDEAS)
    assert ideas is not None
    assert (ideas.closes_at, ideas.state) == (now, StageState.CLOSED)
    assert (await told(work, organiser))[-1].kind is NoticeKind.STAGE_CLOSED


async def test_a_vote_closed_early_is_counted_and_told_by_its_results(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(4, 10))
    await change(organiser, _wish(made, StageKind.VOTING, StageAction.CLOSED_EARLY))
    async with work.read() as unit:
        protocol = await unit.protocols.get(made.id)
    assert protocol is not None
    assert protocol.counted_at == local(4, 10)
    news = (await told(work, organiser))[-1]
    assert news.kind is NoticeKind.RESULTS
    assert news.parameters["reason"] == WHY
    assert news.parameters["ballots"] == 0


async def test_a_counted_vote_never_opens_again(
    clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(4, 10))
    await change(organiser, _wish(made, StageKind.VOTING, StageAction.CLOSED_EARLY))
    clock.move(timedelta(hours=1))
    for action in (StageAction.OPENED_EARLY, StageAction.EXTENDED):
        later = local(4, 20) if action is StageAction.EXTENDED else None
        with pytest.raises(Refused) as refused:
            await change(organiser, _wish(made, StageKind.VOTING, action, at=later))
        assert refused.value.reason is Reason.ALREADY_CLOSED


async def test_an_extension_moves_the_close_and_is_told_with_the_old_one(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 20))
    later = local(3, 28, 18)
    after = await change(organiser, _wish(made, StageKind.REVIEW, StageAction.EXTENDED, at=later))
    review = after.stage(StageKind.REVIEW)
    assert review is not None
    assert review.closes_at == later
    (entry,) = await _changes(work, made)
    assert (entry.action, entry.before, entry.after) == (
        StageAction.EXTENDED,
        REVIEW.closes_at,
        later,
    )
    news = (await told(work, organiser))[-1]
    assert news.kind is NoticeKind.STAGE_EXTENDED
    assert news.parameters == {
        "reason": WHY,
        "opened_before": REVIEW.opens_at.isoformat(),
        "closed_before": REVIEW.closes_at.isoformat(),
        "closes_at": later.isoformat(),
        "along": {},
    }


async def test_an_extension_that_takes_the_next_stage_along_says_so(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 10))
    later = local(3, 17, 18)
    after = await change(organiser, _wish(made, StageKind.IDEAS, StageAction.EXTENDED, at=later))
    async with work.read() as unit:
        assert await unit.cycles.get(made.id) == after
    review = after.stage(StageKind.REVIEW)
    assert review is not None
    assert review.opens_at == later
    assert review.closes_at - later == REVIEW.closes_at - REVIEW.opens_at
    extended, moved = await _changes(work, made)
    assert (extended.action, moved.action) == (StageAction.EXTENDED, StageAction.MOVED)
    assert (moved.stage_id, moved.before, moved.after) == (review.id, REVIEW.opens_at, later)
    news = (await told(work, organiser))[-1]
    assert news.parameters["along"] == {"review": later.isoformat()}


async def test_a_moved_stage_is_logged_and_told_with_what_goes_along(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 26))
    later = local(4, 3, 9)
    after = await change(organiser, _wish(made, StageKind.VOTING, StageAction.MOVED, at=later))
    voting, results = after.stage(StageKind.VOTING), after.stage(StageKind.RESULTS)
    assert voting is not None
    assert results is not None
    assert (voting.opens_at, voting.closes_at) == (later, local(4, 17, 18))
    assert results.opens_at == voting.closes_at
    assert [(entry.action, entry.before, entry.after) for entry in await _changes(work, made)] == [
        (StageAction.MOVED, VOTING.opens_at, later),
        (StageAction.MOVED, RESULTS.opens_at, results.opens_at),
    ]
    news = (await told(work, organiser))[-1]
    assert news.kind is NoticeKind.STAGE_MOVED
    assert news.parameters["opened_before"] == VOTING.opens_at.isoformat()
    assert news.parameters["along"] == {"results": results.opens_at.isoformat()}


async def test_a_shortened_stage_closes_by_itself_on_its_new_date(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 10))
    sooner = local(3, 12, 18)
    await change(organiser, _wish(made, StageKind.IDEAS, StageAction.SHORTENED, at=sooner))
    assert (await told(work, organiser))[-1].kind is NoticeKind.STAGE_SHORTENED
    clock.set(sooner)
    await AdvanceCycle(work, clock)(made.id)
    async with work.read() as unit:
        after = await unit.cycles.get(made.id)
    assert after is not None
    assert after.stages[0].state is StageState.CLOSED
    assert (await told(work, organiser))[-1].kind is NoticeKind.STAGE_CLOSED


async def test_a_cancelled_stage_and_what_needs_it_never_take_place(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 26))
    after = await change(organiser, _wish(made, StageKind.VOTING, StageAction.CANCELLED))
    assert [entry.kind for entry in after.stages] == [
        StageKind.IDEAS,
        StageKind.REVIEW,
        StageKind.BUILDING,
    ]
    assert [entry.kind for entry in after.cancelled] == [StageKind.VOTING, StageKind.RESULTS]
    assert [(entry.action, entry.before) for entry in await _changes(work, made)] == [
        (StageAction.CANCELLED, VOTING.opens_at),
        (StageAction.CANCELLED, RESULTS.opens_at),
    ]
    news = (await told(work, organiser))[-1]
    assert news.kind is NoticeKind.STAGE_CANCELLED
    clock.set(local(5, 1))
    await AdvanceCycle(work, clock)(made.id)
    async with work.read() as unit:
        assert await unit.protocols.get(made.id) is None
    with pytest.raises(Refused) as refused:
        await change(organiser, _wish(made, StageKind.VOTING, StageAction.OPENED_EARLY))
    assert refused.value.reason is Reason.NOT_FOUND


async def test_a_cycle_of_which_everything_is_cancelled_is_over(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, town: Community
) -> None:
    only = await stored(work, town.id, cycle(VOTING), "only")
    clock.set(local(3, 26))
    await change(organiser, _wish(only, StageKind.VOTING, StageAction.CANCELLED))
    async with work.read() as unit:
        assert await unit.cycles.ids() == []
        (found,) = await unit.cycles.all(town.id)
    assert found.stages == ()
    assert phase(found, clock.now()) is Phase.OVER
    assert not is_on_show(found, clock.now())
    assert await AdvanceCycle(work, clock)(only.id) is None


async def test_every_extension_is_told(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 20))
    for day in (26, 27):
        later = local(3, day, 18)
        await change(organiser, _wish(made, StageKind.REVIEW, StageAction.EXTENDED, at=later))
    kinds = [entry.kind for entry in await told(work, organiser)]
    assert kinds.count(NoticeKind.STAGE_EXTENDED) == 2


@pytest.mark.parametrize(
    "case",
    [
        Case(StageKind.VOTING, StageAction.OPENED_EARLY, local(3, 28)),
        Case(StageKind.IDEAS, StageAction.CLOSED_EARLY, local(3, 10)),
        Case(StageKind.REVIEW, StageAction.EXTENDED, local(3, 20), local(3, 28)),
        Case(StageKind.IDEAS, StageAction.SHORTENED, local(3, 10), local(3, 12)),
        Case(StageKind.VOTING, StageAction.MOVED, local(3, 20), local(3, 28)),
    ],
)
async def test_the_same_press_again_changes_nothing(
    work: Work,
    clock: FrozenClock,
    change: ChangeStage,
    organiser: Resident,
    made: Cycle,
    case: Case,
) -> None:
    clock.set(case.now)
    wish = _wish(made, case.kind, case.action, at=case.at)
    first = await change(organiser, wish)
    found = await told(work, organiser)
    clock.move(timedelta(seconds=5))
    assert await change(organiser, wish) == first
    assert len(await _changes(work, made)) == 1
    assert await told(work, organiser) == found


async def test_what_is_due_is_carried_out_first(
    clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(IDEAS.opens_at + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        await change(organiser, _wish(made, StageKind.IDEAS, StageAction.OPENED_EARLY))
    assert refused.value.reason is Reason.ALREADY_OPEN


@pytest.mark.parametrize("reason", ["", "  ok \n ", "x" * 501])
async def test_a_reason_of_5_to_500_characters_is_needed(
    work: Work,
    clock: FrozenClock,
    change: ChangeStage,
    organiser: Resident,
    made: Cycle,
    reason: str,
) -> None:
    clock.set(local(3, 10))
    wish = _wish(made, StageKind.IDEAS, StageAction.CLOSED_EARLY, reason)
    for act in (change, PreviewChange(work, clock)):
        with pytest.raises(Refused) as refused:
            await act(organiser, wish)
        assert refused.value.reason is Reason.REASON_NEEDED
        assert refused.value.facts == {"least": 5, "limit": 500}


async def test_only_an_organiser_changes_the_calendar(
    work: Work, clock: FrozenClock, change: ChangeStage, resident: Meet, made: Cycle
) -> None:
    clock.set(local(3, 10))
    wish = _wish(made, StageKind.IDEAS, StageAction.CLOSED_EARLY)
    person = await resident()
    for act in (change, PreviewChange(work, clock), CheckChange(work, clock)):
        with pytest.raises(Refused) as refused:
            await act(person, wish)
        assert refused.value.reason is Reason.NOT_ORGANISER


async def test_an_organiser_of_another_town_finds_nothing(
    work: Work, clock: FrozenClock, change: ChangeStage, resident: Meet, made: Cycle
) -> None:
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    stranger = replace(await resident(community_id=elsewhere), roles=frozenset({Role.ORGANISER}))
    clock.set(local(3, 10))
    wish = _wish(made, StageKind.IDEAS, StageAction.CLOSED_EARLY)
    for target in (wish, replace(wish, stage_id=404)):
        with pytest.raises(Refused) as refused:
            await change(stranger, target)
        assert refused.value.reason is Reason.NOT_FOUND


async def test_an_extension_without_a_date_is_refused(
    clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 10))
    with pytest.raises(Refused) as refused:
        await change(organiser, _wish(made, StageKind.IDEAS, StageAction.EXTENDED))
    assert refused.value.reason is Reason.DATE_UNREADABLE


async def test_a_refused_change_leaves_everything_as_it_was(
    work: Work, clock: FrozenClock, change: ChangeStage, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 10))
    with pytest.raises(Refused):
        await change(organiser, _wish(made, StageKind.VOTING, StageAction.OPENED_EARLY))
    async with work.read() as unit:
        assert await unit.cycles.get(made.id) == made


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            Case(StageKind.VOTING, StageAction.OPENED_EARLY, local(3, 28)),
            NoticeKind.STAGE_OPENED,
        ),
        (Case(StageKind.IDEAS, StageAction.CLOSED_EARLY, local(3, 10)), NoticeKind.STAGE_CLOSED),
        (Case(StageKind.VOTING, StageAction.CLOSED_EARLY, local(4, 10)), NoticeKind.RESULTS),
        (
            Case(StageKind.IDEAS, StageAction.EXTENDED, local(3, 10), local(3, 17)),
            NoticeKind.STAGE_EXTENDED,
        ),
        (
            Case(StageKind.IDEAS, StageAction.SHORTENED, local(3, 10), local(3, 12)),
            NoticeKind.STAGE_SHORTENED,
        ),
        (
            Case(StageKind.VOTING, StageAction.MOVED, local(3, 10), local(4, 3)),
            NoticeKind.STAGE_MOVED,
        ),
        (Case(StageKind.VOTING, StageAction.CANCELLED, local(3, 10)), NoticeKind.STAGE_CANCELLED),
    ],
)
async def test_the_preview_is_what_everyone_is_told_afterwards(
    work: Work,
    clock: FrozenClock,
    change: ChangeStage,
    organiser: Resident,
    made: Cycle,
    case: Case,
    expected: NoticeKind,
) -> None:
    clock.set(case.now)
    wish = _wish(made, case.kind, case.action, at=case.at)
    preview = await PreviewChange(work, clock)(organiser, wish)
    after = await change(organiser, wish)
    news = (await told(work, organiser))[-1]
    assert preview.announcement.kind is news.kind is expected
    counted = {"funded", "ballots"}
    assert {
        name: value for name, value in news.parameters.items() if name not in counted
    } == preview.announcement.parameters
    found = after.found(wish.stage_id)
    assert found is not None
    assert preview.stage.closes_at == found.closes_at
    assert preview.told == 1


async def test_the_preview_counts_only_those_who_get_news(
    work: Work, clock: FrozenClock, organiser: Resident, made: Cycle, resident: Meet
) -> None:
    quiet = await resident()
    await resident()
    async with work.write() as unit:
        await unit.residents.save(replace(quiet, news=NewsChoice.NONE))
        await unit.commit()
    clock.set(local(3, 10))
    wish = _wish(made, StageKind.IDEAS, StageAction.CLOSED_EARLY)
    preview = await PreviewChange(work, clock)(organiser, wish)
    assert preview.told == 2
    async with work.read() as unit:
        assert await unit.cycles.get(made.id) == made


async def test_a_check_needs_no_reason_yet(
    work: Work, clock: FrozenClock, organiser: Resident, made: Cycle
) -> None:
    clock.set(local(3, 10))
    check = CheckChange(work, clock)
    await check(organiser, _wish(made, StageKind.IDEAS, StageAction.CLOSED_EARLY, ""))
    with pytest.raises(Refused) as refused:
        await check(organiser, _wish(made, StageKind.VOTING, StageAction.OPENED_EARLY, ""))
    assert refused.value.reason is Reason.EARLIER_OPEN
