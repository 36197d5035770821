"""Ballots, kept apart from people."""

from dataclasses import dataclass
from typing import Final

CHOSEN_MARK: Final = "☑"
"""The sign by which windows show a chosen project.

A channel that keeps what it showed forgets whatever holds this sign when the links from voters to
ballots are destroyed.
"""


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
