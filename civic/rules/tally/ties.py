"""The written order between projects with equal votes."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from civic.model.cycle import TieBreak, VotingRules
from civic.rules.tally.contest import Candidate

Place = tuple[int | str, ...]
"""Sorts candidates by the written rules, the first rule first."""


def lot(seed: str, project_id: int) -> str:
    """Return the lot of a project: hex SHA-256 of the seed and the project's number in UTF-8.

    Anyone can draw it again: `printf '%s' "<seed><number>" | sha256sum`. The least comes first.
    """
    return sha256(f"{seed}{project_id}".encode()).hexdigest()


def ranked(
    candidates: Sequence[Candidate], votes: Mapping[int, int], rules: VotingRules
) -> list[Candidate]:
    """Return the candidates by votes, most first; equal votes in the written order."""
    return sorted(
        candidates,
        key=lambda candidate: (-votes[candidate.project_id], *_place(candidate, rules)),
    )


def equals(
    candidate: Candidate, order: Sequence[Candidate], votes: Mapping[int, int]
) -> tuple[int, ...]:
    """Return ids of the others with as many votes, in `order`."""
    own = votes[candidate.project_id]
    return tuple(
        other.project_id
        for other in order
        if other.project_id != candidate.project_id and votes[other.project_id] == own
    )


def _place(candidate: Candidate, rules: VotingRules) -> Place:
    keys: dict[TieBreak, int | str] = {
        TieBreak.LOWER_COST: candidate.cost,
        TieBreak.EARLIER_SUBMISSION: candidate.position,
        TieBreak.LOT: lot(rules.seed, candidate.project_id),
    }
    # The number comes last, so that rules which leave a tie undecided still give one answer.
    return (*(keys[rule] for rule in rules.ties), candidate.project_id)
