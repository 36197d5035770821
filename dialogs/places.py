"""Places that a link, an announcement or the menu can lead to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from aiogram.fsm.state import State

from dialogs.announcements.states import AnnouncementsState
from dialogs.approval.states import ApprovalState
from dialogs.broadcast.states import BroadcastState
from dialogs.budget.states import BudgetState
from dialogs.comments.states import CommentsState
from dialogs.cycle.states import CycleState
from dialogs.ideas.states import IdeasState
from dialogs.results.states import ResultsState
from dialogs.voting.states import BallotState


class PlaceKind(StrEnum):
    """What the place shows; the value is the letter in the link."""

    CYCLE = "c"
    IDEA = "i"
    PROJECT = "p"
    SECTION = "s"
    COMMENT = "k"
    RESULTS = "r"
    BALLOT = "v"
    IDEAS = "l"
    """All ideas of the cycle with that id."""
    ANNOUNCEMENT = "n"
    """The announcement with that number in the town."""
    BUDGET = "b"
    """The draft budget of the cycle with that id."""
    APPROVAL = "a"
    """The announcement with that draft's id, which waits for approval."""
    DRAFT = "d"
    """The draft of an announcement with that id."""


GO: Final = "go:"
"""What begins the callback data of a button outside conversations that leads to a place."""
_LINK: Final = re.compile(r"([a-z])_(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Place:
    """Something with a number that can be opened: `p_12` is project 12."""

    kind: PlaceKind
    id: int

    @classmethod
    def parse(cls, link: str) -> Self | None:
        """Read the payload of a link; None when it is not a place."""
        found = _LINK.fullmatch(link)
        if found is None or found[1] not in set(PlaceKind):
            return None
        return cls(PlaceKind(found[1]), int(found[2]))

    def link(self) -> str:
        """Return the payload of a link to this place."""
        return f"{self.kind.value}_{self.id}"


OPENS: Final[Mapping[PlaceKind, tuple[State, str]]] = {
    PlaceKind.PROJECT: (BallotState.card, "project"),
    PlaceKind.BALLOT: (BallotState.projects, "cycle"),
    PlaceKind.RESULTS: (ResultsState.table, "cycle"),
    PlaceKind.CYCLE: (CycleState.about, "cycle"),
    PlaceKind.IDEA: (IdeasState.card, "idea"),
    PlaceKind.IDEAS: (IdeasState.list, "cycle"),
    PlaceKind.BUDGET: (BudgetState.section, "cycle"),
    PlaceKind.SECTION: (BudgetState.section, "section"),
    PlaceKind.ANNOUNCEMENT: (AnnouncementsState.card, "number"),
    PlaceKind.COMMENT: (CommentsState.card, "comment"),
    PlaceKind.APPROVAL: (ApprovalState.read, "draft"),
    PlaceKind.DRAFT: (BroadcastState.main, "draft"),
}
"""For each kind of place its window and the key under which the start data hold its id."""
