"""The sample town: what a newcomer sees first, and templates for an organiser's own files."""

from pathlib import Path
from typing import Final

from bot.sample.voices import read_voices, speak
from civic.actions.apply_community import ApplyCommunity
from civic.actions.apply_cycle import ApplyCycle
from civic.actions.import_budget import ImportBudget
from civic.exchange.budget_table import BudgetTable, read_budget
from civic.exchange.community_file import read_community
from civic.exchange.cycle_file import CycleToApply, read_cycle
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.ports import Clock, PhotoReader, UnitOfWork, Work

FOLDER: Final = Path(__file__).parent / "khromtau"
CYCLES: Final = ("round-2020.yaml", "budget-2026.yaml", "ideas.yaml", "vote.yaml")
BUDGET: Final = "budget-2026.csv"
VOICES: Final = Path(__file__).parent / "voices.yaml"
_IDEAS: Final = "new-ideas"
_CONSULTATION: Final = "budget-2026"


def community() -> Community:
    """Return the sample town as its file has it."""
    name = "community.yaml"
    return read_community((FOLDER / name).read_text(encoding="utf-8"), name)


def cycle(name: str) -> CycleToApply:
    """Return the sample cycle in the file `name`."""
    return read_cycle((FOLDER / name).read_text(encoding="utf-8"), name, _beside)


def budget() -> BudgetTable:
    """Return the sample draft budget."""
    return read_budget((FOLDER / BUDGET).read_bytes(), BUDGET)


async def load(work: Work, clock: Clock, photos: PhotoReader) -> bool:
    """Set the sample town up in an empty database; return False when another town is there.

    Safe to repeat: goes on where an interrupted load stopped and changes nothing that is there.
    """
    town = community()
    async with work.read() as reading:
        first = await reading.communities.first()
        if first is not None and first.slug != town.slug:
            return False
        known = () if first is None else await reading.cycles.all(first.id)
    if first is None:
        await ApplyCommunity(work)(town)
    slugs = {found.slug for found in known}
    for name in CYCLES:
        file = cycle(name)
        if file.content.slug not in slugs:
            await ApplyCycle(work, clock, photos)(file)
    await _import_budget(work)
    await _speak(work, clock)
    return True


async def _import_budget(work: Work) -> None:
    async with work.read() as reading:
        found = await _cycle(reading, _CONSULTATION)
        if await reading.sections.children(found.id, None):
            return
    await ImportBudget(work)(found.id, budget())


async def _speak(work: Work, clock: Clock) -> None:
    spoken = read_voices(VOICES.read_text(encoding="utf-8"), VOICES.name)
    async with work.write() as writing:
        ideas = await _cycle(writing, _IDEAS)
        consultation = await _cycle(writing, _CONSULTATION)
        now = clock.now()
        await speak(writing, spoken, ideas.community_id, ideas.id, consultation.id, now)
        await writing.commit()


async def _cycle(work: UnitOfWork, slug: str) -> Cycle:
    town = await work.communities.by_slug(community().slug)
    found = None if town is None else await work.cycles.by_slug(town.id, slug)
    if found is None:
        message = f"the sample cycle {slug} was not loaded"
        raise LookupError(message)
    return found


def _beside(name: str) -> bytes | None:
    path = FOLDER / name
    return path.read_bytes() if path.is_file() else None
