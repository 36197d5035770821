"""A small draft budget under discussion, for tests."""

from collections.abc import Sequence
from datetime import timedelta

from civic.model.budget import LEVELS, SectionRow
from civic.model.community import Community
from civic.model.cycle import (
    ConsultationRules,
    Cycle,
    CycleKind,
    Rules,
    Stage,
    StageKind,
    StageState,
)
from civic.ports import Clock, Work

YEARS = (2026, 2027, 2028)
Amounts = tuple[int | None, int | None, int | None]


def row(code: str, ru: str, kk: str, amounts: Amounts) -> SectionRow:
    """Return a line of the budget; its level follows from its code."""
    parts = tuple(code.split("."))
    return SectionRow(LEVELS[len(parts) - 1], parts, {"ru": ru, "kk": kk}, amounts)


ROWS = (
    row("01", "Оборона", "Қорғаныс", (400_000, 300_000, 300_000)),
    row("01.1", "Чрезвычайные ситуации", "Төтенше жағдайлар", (400_000, 300_000, 300_000)),
    row("04", "Образование", "Бiлiм беру", (600_000_000, 660_000_000, 700_000_000)),
    row("04.2", "Школы", "Мектептер", (599_000_000, 659_000_000, 700_000_000)),
    row(
        "04.2.261",
        "Управление образования",
        "Білім басқармасы",
        (599_000_000, 659_000_000, 700_000_000),
    ),
    row("04.2.261.003", "Обучение", "Оқыту", (500_000_000, 559_000_000, 700_000_000)),
    row("04.2.261.055", "Олимпиады", "Олимпиадалар", (99_000_000, None, None)),
    row("04.2.261.099", "Новая программа", "Жаңа бағдарлама", (None, 100_000_000, None)),
    row("04.9", "Прочие услуги", "Өзге қызметтер", (1_000_000, 1_000_000, None)),
)
TOTALS = (600_400_000, 660_300_000, 700_300_000)


async def discuss(
    work: Work,
    town: Community,
    clock: Clock,
    rows: Sequence[SectionRow] = ROWS,
    slug: str = "budget",
) -> Cycle:
    """Add a consultation in its ninth day of 28, with answers after it."""
    opens_at = clock.now() - timedelta(days=8)
    closes_at = opens_at + timedelta(days=28)
    answers_at = closes_at + timedelta(days=30)
    async with work.write() as unit:
        cycle = await unit.cycles.add(
            Cycle(
                id=0,
                community_id=town.id,
                slug=slug,
                kind=CycleKind.CONSULTATION,
                titles={"kk": "Бюджет жобасы", "ru": "Проект бюджета", "en": "Draft budget"},
                about={"ru": "О чём", "kk": "Не туралы", "en": "About"},
                rules=Rules(
                    consultation=ConsultationRules(
                        years=YEARS,
                        source={"kk": "Мәслихат шешімі", "ru": "Решение маслихата"},
                        edit_minutes=15,
                    )
                ),
                rules_hash="",
                stages=(
                    Stage(0, 0, StageKind.CONSULTATION, opens_at, closes_at, StageState.OPEN),
                    Stage(0, 0, StageKind.ANSWERS, closes_at, answers_at, StageState.PLANNED),
                ),
            )
        )
        await unit.sections.replace(cycle.id, rows)
        await unit.commit()
    return cycle


async def ids_of(work: Work, cycle: Cycle) -> dict[str, int]:
    """Return the id of every line by its code."""
    async with work.read() as unit:
        return {section.code: section.id for section in await unit.sections.all(cycle.id)}
