"""Ballots, kept apart from people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ballot:
    """All choices of one person in one vote.

    The number is random and says nothing about the person.
    """

    number: str
    choices: frozenset[int]
    """Ids of the chosen projects."""


@dataclass(frozen=True, slots=True)
class OwnBallot:
    """What a voter sees of their own ballot while it can be changed."""

    choices: frozenset[int]
    receipt: str
    """Proof that a ballot is in; empty until the first choice. Never reveals the choices."""
