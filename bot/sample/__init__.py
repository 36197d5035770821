"""The sample town: what a newcomer sees first, and templates for an organiser's own files."""

from pathlib import Path
from typing import Final

from bot.sample.voices import have_spoken, read_voices, speak
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
        if await have_spoken(reading):
            # That was the last step of the first start.
            return True
    await ApplyCommunity(work)(town)
    for name in CYCLES:
        await ApplyCycle(work, clock, photos)(cycle(name))
    async with work.read() as reading:
        consultation = await _cycle(reading, _CONSULTATION)
        ideas = await _cycle(reading, _IDEAS)
    await ImportBudget(work)(consultation.id, budget())
    async with work.write() as writing:
        spoken = read_voices(VOICES.read_text(encoding="utf-8"), VOICES.name)
        await speak(writing, spoken, ideas, consultation, clock.now())
        await writing.commit()
    return True


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
