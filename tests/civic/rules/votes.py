"""Votes for tests: rules, projects and people made in one line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from civic.model.cycle import (
    BallotKind,
    Cycle,
    CycleKind,
    Rules,
    Stage,
    StageKind,
    StageState,
    TieBreak,
    VotingRules,
    WhenShort,
)
from civic.model.project import Project
from civic.model.resident import NewsChoice, Resident
from tests.fakes import MORNING

RULES = VotingRules(
    ballot=BallotKind.APPROVAL,
    max_choices=2,
    fund=100,
    more_than=1,
    when_short=WhenShort.SKIP,
    ties=(TieBreak.LOWER_COST, TieBreak.EARLIER_SUBMISSION),
    seed="",
    binding=True,
    minimum_age=16,
)
"""Two choices, a fund of 100, more than one vote."""

OPENS = MORNING - timedelta(days=5)
CLOSES = MORNING + timedelta(days=5)


def project(number: int, cost: int | None = 10, cycle_id: int = 1, **fields: object) -> Project:
    """Return a project that costs 10."""
    made = Project(
        id=number,
        cycle_id=cycle_id,
        code=f"project-{number}",
        titles={"kk": f"Жоба {number}", "ru": f"Проект {number}", "en": f"Project {number}"},
        about={"kk": "Сипаттама", "ru": "Описание", "en": "About"},
        place={"kk": "Саябақ", "ru": "Парк", "en": "Park"},
        district=None,
        topic=None,
        cost=cost,
        cost_is_sample=False,
        photo=None,
        position=number,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def person(**fields: object) -> Resident:
    """Return somebody who has declared to be 16 or older."""
    made = Resident(
        id=1,
        community_id=1,
        language="kk",
        display_name="",
        district=None,
        news=NewsChoice.ALL,
        greeted=True,
        declared_at=datetime(2026, 3, 1, tzinfo=UTC),
        roles=frozenset(),
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        declared_age=16,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def voting_stage(
    opens: datetime = OPENS, closes: datetime = CLOSES, state: StageState = StageState.OPEN
) -> Stage:
    """Return a stage of voting that is open on the morning on which the clock stands."""
    return Stage(0, 0, StageKind.VOTING, opens, closes, state)


def cycle(
    *stages: Stage,
    rules: VotingRules | None = RULES,
    community_id: int = 1,
    slug: str = "park",
) -> Cycle:
    """Return a participatory budget; without `stages` it is in voting."""
    return Cycle(
        id=1,
        community_id=community_id,
        slug=slug,
        kind=CycleKind.PARTICIPATORY_BUDGET,
        titles={"kk": "Бюджет 2026", "ru": "Бюджет 2026", "en": "Budget 2026"},
        about={},
        rules=Rules(voting=rules),
        rules_hash="f" * 64,
        stages=stages or (voting_stage(),),
    )
