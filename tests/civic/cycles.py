"""Cycles for tests of time: a participatory budget and a consultation in Almaty, spring 2026."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from civic.model.cycle import (
    BallotKind,
    ConsultationRules,
    Cycle,
    CycleKind,
    IdeaRules,
    Rules,
    Stage,
    StageKind,
    StageState,
    TieBreak,
    VotingRules,
    WhenShort,
)
from civic.model.project import Project
from civic.ports import Work

ALMATY = ZoneInfo("Asia/Almaty")

RULES = VotingRules(
    ballot=BallotKind.APPROVAL,
    max_choices=2,
    fund=1_000_000,
    more_than=0,
    when_short=WhenShort.SKIP,
    ties=(TieBreak.LOWER_COST, TieBreak.EARLIER_SUBMISSION),
    seed="",
    binding=True,
    minimum_age=16,
)


def local(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return a moment of 2026 by the clock of Almaty, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=ALMATY).astimezone(UTC)


def stage(
    kind: StageKind,
    opens_at: datetime,
    closes_at: datetime,
    state: StageState = StageState.PLANNED,
    number: int = 1,
) -> Stage:
    """Return a stage with an id of its own."""
    return Stage(number, 1, kind, opens_at, closes_at, state)


IDEAS = stage(StageKind.IDEAS, local(3, 1, 9), local(3, 15, 18), number=1)
REVIEW = stage(StageKind.REVIEW, local(3, 15, 18), local(3, 25, 18), number=2)
VOTING = stage(StageKind.VOTING, local(4, 1, 9), local(4, 15, 18), number=3)
RESULTS = stage(StageKind.RESULTS, local(4, 15, 18), local(4, 29, 18), number=4)
BUILDING = stage(StageKind.BUILDING, local(5, 10, 9), local(9, 30, 18), number=5)
DISCUSSION = stage(StageKind.CONSULTATION, local(3, 1), local(3, 29), number=1)
ANSWERS = stage(StageKind.ANSWERS, local(4, 5), local(4, 20), number=2)


def cycle(*stages: Stage, kind: CycleKind = CycleKind.PARTICIPATORY_BUDGET) -> Cycle:
    """Return a cycle with these stages, ideas to building when none are named."""
    return Cycle(
        id=1,
        community_id=1,
        slug="budget-2026",
        kind=kind,
        titles={"en": "Budget 2026", "ru": "Бюджет 2026"},
        about={"en": "Residents decide.", "ru": "Решают жители."},
        rules=Rules(
            ideas=IdeaRules(max_cost=None, max_photos=3),
            voting=RULES,
            consultation=ConsultationRules((2026, 2027, 2028), {"en": "the akimat"}, 15),
        ),
        rules_hash="",
        stages=stages or (IDEAS, REVIEW, VOTING, RESULTS, BUILDING),
    )


def consultation() -> Cycle:
    """Return a consultation of 28 days with answers a week later."""
    return cycle(DISCUSSION, ANSWERS, kind=CycleKind.CONSULTATION)


async def stored(work: Work, town_id: int, made: Cycle, slug: str = "budget-2026") -> Cycle:
    """Put the cycle with two projects into the database; return it with its ids."""
    async with work.write() as unit:
        added = await unit.cycles.add(replace(made, community_id=town_id, slug=slug))
        for position, code in enumerate(("park", "lights"), start=1):
            await unit.projects.save(
                Project(
                    id=0,
                    cycle_id=added.id,
                    code=code,
                    titles={"en": code},
                    about={},
                    place={},
                    district=None,
                    topic=None,
                    cost=100_000 * position,
                    cost_is_sample=False,
                    photo=None,
                    position=position,
                )
            )
        await unit.commit()
    return added


def stage_id(made: Cycle, kind: StageKind) -> int:
    """Return the id of the stage of that kind."""
    found = made.stage(kind)
    assert found is not None
    return found.id
