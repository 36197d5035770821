"""Who may look at the notices of a stage and word them, and what is kept."""

from dataclasses import replace

import pytest

from civic.actions.word_notices import ReadNotices, WordNotice
from civic.model.announcement import NoticeKind
from civic.model.community import Community
from civic.model.cycle import Cycle, StageKind, StageState
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from tests.civic.cycles import DISCUSSION, VOTING, consultation, cycle, local, stage_id, stored
from tests.conftest import TOWN, Meet
from tests.fakes import FrozenClock


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A whole participatory budget."""
    return await stored(work, town.id, cycle())


@pytest.fixture
async def organiser(resident: Meet) -> Resident:
    """An organiser of the town."""
    return replace(await resident(), roles=frozenset({Role.ORGANISER}))


async def test_what_falls_on_a_sunday_is_told_on_monday_morning(
    work: Work, clock: FrozenClock, town: Community, organiser: Resident
) -> None:
    made = await stored(work, town.id, consultation())
    found = await ReadNotices(work, clock)(organiser, stage_id(made, StageKind.CONSULTATION))
    assert DISCUSSION.opens_at == local(3, 1)
    assert found.of(NoticeKind.STAGE_OPENED).moments == (local(3, 2, 9),)
    assert found.of(NoticeKind.HALF_WAY).moments == (local(3, 16, 9),)
    assert found.of(NoticeKind.LAST_DAYS).moments == (local(3, 26, 9), local(3, 28, 9))
    assert found.of(NoticeKind.STAGE_CLOSED).moments == (local(3, 30, 9),)
    with pytest.raises(Refused) as refused:
        found.of(NoticeKind.RESULTS)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_each_language_is_worded_apart(
    work: Work, clock: FrozenClock, made: Cycle, organiser: Resident
) -> None:
    voting, word = stage_id(made, StageKind.VOTING), WordNotice(work)
    await word(organiser, voting, NoticeKind.REMINDER, "kk", "{closes:bound} дейін!")
    await word(organiser, voting, NoticeKind.REMINDER, "ru", "До {closes:bound}!")
    changed = await word(organiser, voting, NoticeKind.REMINDER, "kk", None)
    assert changed.texts == {"reminder": {"ru": "До {closes:bound}!"}}
    found = await ReadNotices(work, clock)(organiser, voting)
    assert found.of(NoticeKind.REMINDER).worded == {"ru"}
    assert found.stage == changed
    assert found.stage.closes_at == VOTING.closes_at


@pytest.mark.parametrize(
    ("kind", "language", "words", "reason"),
    [
        (NoticeKind.STAGE_OPENED, "de", "Willkommen", Reason.NOT_FOUND),
        (NoticeKind.STAGE_EXTENDED, "ru", "Продлено", Reason.NOT_FOUND),
        (NoticeKind.STAGE_OPENED, "ru", "До {date}", Reason.PLACE_UNKNOWN),
    ],
)
async def test_only_what_can_be_told_is_kept(
    work: Work,
    made: Cycle,
    organiser: Resident,
    kind: NoticeKind,
    language: str,
    words: str,
    reason: Reason,
) -> None:
    with pytest.raises(Refused) as refused:
        await WordNotice(work)(organiser, stage_id(made, StageKind.VOTING), kind, language, words)
    assert refused.value.reason is reason


async def test_only_organisers_of_the_town_look_and_word(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, organiser: Resident
) -> None:
    async with work.write() as unit:
        elsewhere = await unit.communities.save(replace(TOWN, slug="aksu"))
        await unit.commit()
    stranger = replace(await resident(community_id=elsewhere), roles=frozenset({Role.ORGANISER}))
    voting, building = (stage_id(made, kind) for kind in (StageKind.VOTING, StageKind.BUILDING))
    async with work.write() as unit:
        await unit.cycles.save_stage(replace(made.stages[-1], state=StageState.CANCELLED))
        await unit.commit()
    for person, target, reason in (
        (organiser, building, Reason.NOT_FOUND),
        (await resident(), voting, Reason.NOT_ORGANISER),
        (stranger, voting, Reason.NOT_FOUND),
        (organiser, 404, Reason.NOT_FOUND),
    ):
        with pytest.raises(Refused) as refused:
            await ReadNotices(work, clock)(person, target)
        assert refused.value.reason is reason
        with pytest.raises(Refused) as refused:
            await WordNotice(work)(person, target, NoticeKind.REMINDER, "ru", "Скорее!")
        assert refused.value.reason is reason
