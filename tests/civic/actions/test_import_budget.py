"""Taking a draft budget over."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from civic.actions.import_budget import ImportBudget
from civic.actions.publish_comment import PublishComment
from civic.actions.write_comment import BeginComment, WriteComment
from civic.exchange.budget_table import BudgetTable, read_budget
from civic.exchange.problems import InvalidFile
from civic.model.comment import CommentKind
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
from civic.model.refusal import Reason, Refused
from civic.ports import Work
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import FrozenClock
from tests.interleaving import Interruption


def _table(*codes: str, year: int = 2026) -> BudgetTable:
    """Return a budget of groups with these codes."""
    lines = [
        (
            "level;group_code;subgroup_code;administrator_code;programme_code;name_ru;name_kk;"
            f"amount_{year};amount_{year + 1};amount_{year + 2}"
        ),
        *(f"group;{code};;;;Услуги;Қызметтер;{code};;" for code in codes),
    ]
    return read_budget("\n".join(lines).encode(), "budget.csv")


@pytest.fixture
async def consultation(work: Work, town: Community, clock: FrozenClock) -> Cycle:
    """A consultation on the years 2026 to 2028, without lines yet."""
    stage = Stage(
        0,
        0,
        StageKind.CONSULTATION,
        clock.now(),
        clock.now() + timedelta(days=28),
        StageState.OPEN,
    )
    rules = Rules(consultation=ConsultationRules((2026, 2027, 2028), {"ru": "Источник"}, 15))
    async with work.write() as unit:
        cycle = await unit.cycles.add(
            Cycle(0, town.id, "budget", CycleKind.CONSULTATION, {}, {}, rules, "", (stage,))
        )
        await unit.commit()
    return cycle


async def _codes(work: Work, cycle: Cycle) -> list[str]:
    async with work.read() as unit:
        return [section.code for section in await unit.sections.all(cycle.id)]


async def test_all_lines_are_stored(work: Work, consultation: Cycle) -> None:
    assert await ImportBudget(work)(consultation.id, _table("01", "02")) == 2
    assert await _codes(work, consultation) == ["01", "02"]


async def test_importing_again_brings_the_lines_to_the_file(
    work: Work, consultation: Cycle
) -> None:
    run = ImportBudget(work)
    await run(consultation.id, _table("01", "02"))
    await run(consultation.id, _table("02", "03"))
    assert await _codes(work, consultation) == ["02", "03"]


async def test_other_years_are_a_fault_and_nothing_is_stored(
    work: Work, consultation: Cycle
) -> None:
    with pytest.raises(InvalidFile) as caught:
        await ImportBudget(work)(consultation.id, _table("01", year=2027))
    assert str(caught.value) == (
        "budget.csv: header: expected the years of the consultation, 2026, 2027, 2028, "
        "found 2027, 2028, 2029"
    )
    assert await _codes(work, consultation) == []


async def test_a_line_with_comments_cannot_go(
    work: Work, consultation: Cycle, resident: Meet, clock: FrozenClock
) -> None:
    run = ImportBudget(work)
    await run(consultation.id, _table("01", "02"))
    author = await resident()
    async with work.write() as unit:
        section = (await unit.sections.all(consultation.id))[0]
        draft = await unit.comments.add_draft(author.id, consultation.id, section.id, None)
        await unit.comments.publish(
            replace(draft, kind=CommentKind.QUESTION, text="Почему?"),
            clock.now(),
        )
        await unit.commit()
    with pytest.raises(InvalidFile) as caught:
        await run(consultation.id, _table("02"))
    assert str(caught.value) == (
        "budget.csv: expected a line 01, which has comments (1), found none"
    )
    assert await _codes(work, consultation) == ["01", "02"]


async def test_only_a_consultation_has_a_budget(work: Work, town: Community) -> None:
    async with work.write() as unit:
        cycle = await unit.cycles.add(
            Cycle(0, town.id, "pb", CycleKind.PARTICIPATORY_BUDGET, {}, {}, Rules(), "", ())
        )
        await unit.commit()
    with pytest.raises(Refused) as caught:
        await ImportBudget(work)(cycle.id, _table("01"))
    assert caught.value.reason is Reason.NO_SUCH_STAGE


async def test_a_cycle_that_does_not_exist_is_refused(work: Work) -> None:
    with pytest.raises(Refused) as caught:
        await ImportBudget(work)(404, _table("01"))
    assert caught.value.reason is Reason.NOT_FOUND


@ON_POSTGRES
async def test_no_remark_that_was_published_meanwhile_goes_with_its_line(
    interruptions: AsyncIterator[Interruption],
    work: Work,
    consultation: Cycle,
    clock: FrozenClock,
    resident: Meet,
) -> None:
    run, author = ImportBudget(work), await resident()

    async def say_on(section_id: int) -> int | None:
        # Who is too late is told so, or asked to press again.
        with suppress(Refused, IntegrityError):
            view = await BeginComment(work, clock)(author, consultation.id, section_id)
            await WriteComment(work, clock)(
                author, view.draft.id, kind=CommentKind.COMMENT, text="Мектепке"
            )
            return (await PublishComment(work, clock)(author, view.draft.id)).comment.id
        return None

    async def bring_to(*codes: str) -> None:
        with suppress(InvalidFile):
            await run(consultation.id, _table(*codes))

    kept = ["99"]
    async for moment in interruptions:
        code = str(10 + len(kept))
        await run(consultation.id, _table(*kept, code))
        async with work.read() as unit:
            (line,) = [one for one in await unit.sections.all(consultation.id) if one.code == code]
        _, comment_id = await moment.meet(bring_to(*kept), say_on(line.id))
        if comment_id is not None:
            kept.append(code)
            async with work.read() as unit:
                assert await unit.comments.get(comment_id) is not None
