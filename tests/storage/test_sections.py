"""Lines of draft budgets are kept in order, with their ids."""

from civic.model.budget import Level
from civic.model.comment import CommentKind
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.ports import Clock, Work
from tests.conftest import Meet
from tests.consultation import ROWS, TOTALS, discuss, ids_of, row


async def remark(
    work: Work, cycle: Cycle, section_id: int | None, author_id: int, clock: Clock
) -> int:
    """Publish a remark on a line; return its id."""
    async with work.write() as unit:
        draft = await unit.comments.add_draft(author_id, cycle.id, section_id, None)
        draft = type(draft)(
            draft.id, author_id, cycle.id, section_id, None, CommentKind.COMMENT, "Жақсы"
        )
        comment = await unit.comments.publish(draft, clock.now())
        await unit.comments.remove_draft(draft.id)
        await unit.commit()
    return comment.id


async def test_children_come_largest_first_and_absent_amounts_last(
    work: Work, town: Community, clock: Clock
) -> None:
    cycle = await discuss(work, town, clock)
    ids = await ids_of(work, cycle)
    async with work.read() as unit:
        groups = await unit.sections.children(cycle.id, None)
        programmes = await unit.sections.children(cycle.id, ids["04.2.261"])
    assert [section.code for section in groups] == ["04", "01"]
    assert [section.code for section in programmes] == [
        "04.2.261.003",
        "04.2.261.055",
        "04.2.261.099",
    ]
    assert programmes[2].amounts == (None, 100_000_000, None)


async def test_a_line_knows_what_is_under_it_and_what_was_said_on_it(
    work: Work, town: Community, clock: Clock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    ids = await ids_of(work, cycle)
    author = await resident()
    await remark(work, cycle, ids["04"], author.id, clock)
    removed = await remark(work, cycle, ids["04"], author.id, clock)
    await remark(work, cycle, ids["04.2"], author.id, clock)
    async with work.write() as unit:
        await unit.comments.delete(removed)
        await unit.commit()
    async with work.read() as unit:
        education = await unit.sections.get(ids["04"])
        programme = await unit.sections.get(ids["04.2.261.003"])
    assert education is not None
    assert programme is not None
    assert (education.children, education.comments) == (2, 1)
    assert (programme.children, programme.comments) == (0, 0)
    assert programme.level is Level.PROGRAMME
    assert programme.parent_id == ids["04.2.261"]
    assert programme.names == {"ru": "Обучение", "kk": "Оқыту"}


async def test_the_lines_above_go_from_the_group_down(
    work: Work, town: Community, clock: Clock
) -> None:
    cycle = await discuss(work, town, clock)
    await discuss(work, town, clock, slug="other")
    ids = await ids_of(work, cycle)
    async with work.read() as unit:
        above = await unit.sections.ancestors(ids["04.2.261.003"])
        assert [section.id for section in above] == [ids["04"], ids["04.2"], ids["04.2.261"]]
        assert await unit.sections.ancestors(ids["04"]) == []
        assert await unit.sections.ancestors(10**9) == []
        assert await unit.sections.get(10**9) is None


async def test_totals_are_sums_of_the_groups(work: Work, town: Community, clock: Clock) -> None:
    cycle = await discuss(work, town, clock)
    empty = await discuss(work, town, clock, rows=(), slug="empty")
    async with work.read() as unit:
        assert await unit.sections.totals(cycle.id) == TOTALS
        assert await unit.sections.totals(empty.id) == (0, 0, 0)


async def test_a_new_version_of_the_budget_keeps_the_ids_of_its_lines(
    work: Work, town: Community, clock: Clock
) -> None:
    cycle = await discuss(work, town, clock)
    before = await ids_of(work, cycle)
    changed = (
        row("04", "Образование и наука", "Білім", (1, 2, 3)),
        row("04.2", "Школы", "Мектептер", (1, 2, 3)),
        row("05", "Здравоохранение", "Денсаулық", (5, 5, 5)),
    )
    async with work.write() as unit:
        assert await unit.sections.replace(cycle.id, changed) == 3
        await unit.commit()
    after = await ids_of(work, cycle)
    assert list(after) == ["04", "04.2", "05"]
    assert after["04"] == before["04"]
    assert after["04.2"] == before["04.2"]
    assert after["05"] not in before.values()
    async with work.read() as unit:
        education = await unit.sections.get(after["04"])
    assert education is not None
    assert education.amounts == (1, 2, 3)
    assert education.names["ru"] == "Образование и наука"


async def test_replacing_with_the_same_lines_changes_nothing(
    work: Work, town: Community, clock: Clock
) -> None:
    cycle = await discuss(work, town, clock)
    before = await ids_of(work, cycle)
    async with work.write() as unit:
        await unit.sections.replace(cycle.id, ROWS)
        await unit.commit()
    assert await ids_of(work, cycle) == before


async def test_a_dropped_line_with_remarks_stays_without_amounts(
    work: Work, town: Community, clock: Clock, resident: Meet
) -> None:
    cycle = await discuss(work, town, clock)
    ids = await ids_of(work, cycle)
    author = await resident()
    comment_id = await remark(work, cycle, ids["04.2.261.003"], author.id, clock)
    async with work.write() as unit:
        await unit.sections.replace(cycle.id, ROWS[:2])
        await unit.commit()
    staying = await ids_of(work, cycle)
    assert set(staying) == {"01", "01.1", "04", "04.2", "04.2.261", "04.2.261.003"}
    async with work.read() as unit:
        line = await unit.sections.get(staying["04.2.261.003"])
        comment = await unit.comments.get(comment_id)
    assert line is not None
    assert line.amounts == (None, None, None)
    assert comment is not None
    assert comment.section_id == line.id


async def test_a_large_budget_is_stored_in_parts(
    work: Work, town: Community, clock: Clock
) -> None:
    rows = [row("01", "Всё", "Бәрі", (1100, 0, 0))]
    rows += [row(f"01.{number}", f"Строка {number}", "Жол", (1, 0, 0)) for number in range(1100)]
    cycle = await discuss(work, town, clock, rows=rows)
    async with work.read() as unit:
        stored = await unit.sections.all(cycle.id)
    assert [section.code for section in stored] == [".".join(line.code) for line in rows]
    assert stored[0].children == 1100
