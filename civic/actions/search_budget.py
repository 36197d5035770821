"""A resident looks for a line of the draft budget by words."""

from dataclasses import dataclass
from typing import Final

from civic.actions.consultations import find_discussion
from civic.model.budget import Section
from civic.model.resident import Resident
from civic.ports import Work
from civic.rules.likeness import SURE, Entry, search

MOST: Final = 40
"""More results than this nobody reads; better words are needed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A line that fits, and where it is."""

    section: Section
    path: tuple[Section, ...]
    """The lines above, from the group down."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, best first."""

    found: tuple[Found, ...]
    is_sure: bool
    """False when even the best rests on a guess: a typo, or some of the words only."""


@dataclass(frozen=True, slots=True)
class SearchBudget:
    """Look for lines of the draft budget in all languages at once."""

    work: Work

    async def __call__(self, resident: Resident, cycle_id: int, query: str) -> SearchResult:
        """Return up to `MOST` lines; raises `Refused` with `NOT_FOUND` or `NO_SUCH_STAGE`."""
        async with self.work.read() as work:
            await find_discussion(work, resident, cycle_id)
            sections = await work.sections.all(cycle_id)
        by_id = {section.id: section for section in sections}
        matches = search(
            query,
            [Entry(section.id, tuple(section.names.values())) for section in sections],
            MOST,
        )
        return SearchResult(
            tuple(Found(by_id[match.id], _above(by_id[match.id], by_id)) for match in matches),
            is_sure=bool(matches) and matches[0].score >= SURE,
        )


def _above(section: Section, by_id: dict[int, Section]) -> tuple[Section, ...]:
    path: list[Section] = []
    while section.parent_id is not None:
        section = by_id[section.parent_id]
        path.insert(0, section)
    return tuple(path)
