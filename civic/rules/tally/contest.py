"""What every counting rule is given."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from civic.model.cycle import VotingRules
from civic.model.results import ProjectResult


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project as a count sees it."""

    project_id: int
    cost: int
    """Whole tenge."""
    position: int
    """Order of submission."""


@dataclass(frozen=True, slots=True)
class Contest:
    """All that an outcome may depend on; the order of candidates and ballots is not part of it."""

    candidates: Sequence[Candidate]
    ballots: Sequence[frozenset[int]]
    """Ids of the candidates chosen on each ballot."""
    rules: VotingRules

    def votes(self) -> dict[int, int]:
        """Return for every candidate on how many ballots it was chosen."""
        marks = Counter(project_id for ballot in self.ballots for project_id in ballot)
        return {candidate.project_id: marks[candidate.project_id] for candidate in self.candidates}


CountingRule = Callable[[Contest], tuple[ProjectResult, ...]]
"""Returns one result per candidate, ranked from 1 in the order in which they were decided."""
