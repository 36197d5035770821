"""A cycle that collects ideas, for tests."""

from datetime import datetime, timedelta

from civic.model.cycle import Cycle, CycleKind, IdeaRules, Rules, Stage, StageKind, StageState
from civic.ports import Work
from tests.fakes import MORNING

DAY = timedelta(days=1)


def collecting(
    community_id: int, rules: IdeaRules | None = None, slug: str = "budget-2026"
) -> Cycle:
    """Return a cycle whose ideas stage opened nine days before `MORNING` and lasts 20 days."""

    def stage(kind: StageKind, opens: datetime, days: int, state: StageState) -> Stage:
        return Stage(0, 0, kind, opens, opens + days * DAY, state)

    opens = MORNING - 9 * DAY
    return Cycle(
        id=0,
        community_id=community_id,
        slug=slug,
        kind=CycleKind.PARTICIPATORY_BUDGET,
        titles={"kk": "Бюджет 2026", "ru": "Бюджет 2026", "en": "Budget 2026"},
        about={"kk": "Бірге шешеміз", "ru": "Решаем вместе", "en": "We decide"},
        rules=Rules(ideas=rules or IdeaRules(max_cost=10_000_000, max_photos=3)),
        rules_hash="",
        stages=(
            stage(StageKind.IDEAS, opens, 20, StageState.OPEN),
            stage(StageKind.REVIEW, opens + 20 * DAY, 10, StageState.PLANNED),
            stage(StageKind.VOTING, opens + 30 * DAY, 20, StageState.PLANNED),
        ),
    )


async def stored(work: Work, cycle: Cycle) -> Cycle:
    """Put the cycle into the database and return it with its ids."""
    async with work.write() as unit:
        kept = await unit.cycles.add(cycle)
        await unit.commit()
    return kept
