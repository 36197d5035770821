"""Remarks on the draft budget."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from civic.model.moderation import Why

MAX_LENGTH: Final = 1000
"""Characters in a comment."""


class CommentKind(StrEnum):
    """What the author wants the remark to be."""

    COMMENT = "comment"
    PROPOSAL = "proposal"
    QUESTION = "question"


class CommentOrder(StrEnum):
    """How a list of comments is sorted."""

    NEWEST = "newest"
    SUPPORTED = "supported"


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A remark being written; one per resident and cycle."""

    id: int
    resident_id: int
    cycle_id: int
    section_id: int | None
    comment_id: int | None
    """The published comment that this draft changes; None for a new one."""
    kind: CommentKind | None
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A published remark; its id is the number people see."""

    id: int
    cycle_id: int
    section_id: int | None
    """None = on the draft budget as a whole."""
    author_id: int
    author_name: str
    kind: CommentKind
    text: str
    supports: int
    published_at: datetime
    edited_at: datetime | None
    hidden: Why | None
    """Why a moderator has hidden it; None for a remark that everyone can read."""
