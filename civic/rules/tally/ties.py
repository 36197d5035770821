"""The written order between projects with equal votes."""

from collections.abc import Sequence
from hashlib import sha256

from civic.model.cycle import TieBreak
from civic.rules.tally.contest import Candidate, Terms

Place = tuple[int | str, ...]
"""Sorts candidates by the written rules, the first rule first."""


def lot(seed: str, project: str) -> str:
    """Return the lot of a project: hex SHA-256 of the seed and the project's number in UTF-8.

    Anyone can draw it again: `printf '%s' "<seed><number>" | sha256sum`. The least comes first.
    """
    return sha256(f"{seed}{project}".encode()).hexdigest()


def in_written_order(candidates: Sequence[Candidate], terms: Terms) -> list[Candidate]:
    """Return the candidates as the tie rule orders equals."""
    return sorted(candidates, key=lambda candidate: _place(candidate, terms))


def _place(candidate: Candidate, terms: Terms) -> Place:
    keys: dict[TieBreak, int | str] = {
        TieBreak.LOWER_COST: candidate.cost,
        TieBreak.EARLIER_SUBMISSION: candidate.position,
        TieBreak.LOT: lot(terms.seed, candidate.id),
    }
    # The number comes last, so that rules which leave a tie undecided still give one answer;
    # shorter first puts numbers in their order.
    return (*(keys[rule] for rule in terms.ties), len(candidate.id), candidate.id)
