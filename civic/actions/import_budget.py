"""Take a draft budget over from its file."""

from collections.abc import Sequence
from dataclasses import dataclass

from civic.exchange.budget_table import BudgetTable
from civic.exchange.problems import InvalidFile, Problem
from civic.model.budget import Section
from civic.model.cycle import ConsultationRules
from civic.model.refusal import Reason, Refused
from civic.ports import Work


@dataclass(frozen=True, slots=True)
class ImportBudget:
    """Bring the lines of a consultation to what the budget file says, all of them or none."""

    work: Work

    async def __call__(self, cycle_id: int, table: BudgetTable) -> int:
        """Store the lines and return their number.

        Raises `Refused` with `NOT_FOUND` when there is no such cycle and `NO_SUCH_STAGE` when it
        is no consultation, and `InvalidFile` when the file does not go with the consultation.
        """
        async with self.work.write() as work:
            cycle = await work.cycles.get(cycle_id, lock=True)
            if cycle is None:
                raise Refused(Reason.NOT_FOUND)
            if cycle.rules.consultation is None:
                raise Refused(Reason.NO_SUCH_STAGE)
            problems = [
                *_other_years(table, cycle.rules.consultation),
                *_lost_comments(table, await work.sections.all(cycle_id)),
            ]
            if problems:
                raise InvalidFile(problems)
            stored = await work.sections.replace(cycle_id, table.rows)
            await work.commit()
        return stored


def _other_years(table: BudgetTable, rules: ConsultationRules) -> list[Problem]:
    if table.years == rules.years:
        return []
    expected = f"the years of the consultation, {_listed(rules.years)}"
    return [Problem(table.name, "header", expected, _listed(table.years))]


def _lost_comments(table: BudgetTable, stored: Sequence[Section]) -> list[Problem]:
    """Find lines with comments that the file no longer has: people's words would go with them."""
    kept = {".".join(row.code) for row in table.rows}
    return [
        Problem(
            table.name,
            "",
            f"a line {section.code}, which has comments ({section.comments})",
            "none",
        )
        for section in stored
        if section.comments and section.code not in kept
    ]


def _listed(years: Sequence[int]) -> str:
    return ", ".join(str(year) for year in years)
