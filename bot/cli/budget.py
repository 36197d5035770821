"""`dauys budget`: take a draft budget over from its file."""

import asyncio
from pathlib import Path

import click

from bot.cli.cycle import FILE, answering
from bot.cli.opening import chosen_town, load_settings, opened
from bot.settings import Settings
from civic.actions.import_budget import ImportBudget
from civic.exchange.budget_table import BudgetTable, read_budget


@click.group()
def budget() -> None:
    """Take draft budgets over from their files."""


@budget.command("import")
@click.argument("file", type=FILE)
@click.option("--cycle", "slug", required=True, help="Slug of the consultation.")
@click.option("--community", "town", help="Slug of the town; the first one if left out.")
def import_(file: Path, slug: str, town: str | None) -> None:
    """Bring the lines of a consultation to what the CSV FILE says, all of them or none."""
    settings = load_settings()
    with answering():
        table = read_budget(file.read_bytes(), str(file))
        asyncio.run(_import(settings, table, slug, town))


async def _import(settings: Settings, table: BudgetTable, slug: str, town: str | None) -> None:
    async with opened(settings) as service:
        async with service.work.read() as work:
            community = await chosen_town(work, town)
            cycles = await work.cycles.all(community.id)
        found = next((cycle for cycle in cycles if cycle.slug == slug), None)
        if found is None:
            known = ", ".join(f"«{cycle.slug}»" for cycle in cycles) or "none"
            message = f"the town «{community.slug}» has no cycle «{slug}»; it has {known}"
            raise click.ClickException(message)
        stored = await (await service.container.get(ImportBudget))(found.id, table)
        click.echo(f"{table.name}: {stored} lines are in «{slug}»")


command = budget
