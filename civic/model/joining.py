"""Two chats of one person, on their way to become one."""

from dataclasses import dataclass
from datetime import datetime

from civic.model.resident import Contact, Resident, Role
from civic.model.text import LocalText


@dataclass(frozen=True, slots=True)
class JoinCode:
    """What is kept of a code that joins another chat; the code itself is not."""

    resident_id: int
    """Who got it, and is the one who stays."""
    salt: str
    """From which, with the secret, the code can be made again to be shown."""
    code_hash: str
    expires_at: datetime
    spent: bool = False


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code as the person who got it sees it."""

    code: str
    """Nine digits."""
    expires_at: datetime
    spent: bool
    """True once another chat was joined by it."""


@dataclass(frozen=True, slots=True)
class JoinOffer:
    """What joining would do, as the chat sees it in which a code was written."""

    giver: Resident
    """Who got the code: both chats would be theirs."""
    channels: tuple[str, ...]
    """Where they can be reached now."""
    expires_at: datetime
    withdrawn: tuple[LocalText, ...]
    """Open votes in which both have a ballot, and the one of this chat would be withdrawn."""
    carried: tuple[LocalText, ...]
    """Open votes in which this chat alone has a ballot, which would go over."""
    roles: frozenset[Role]
    """What the giver may do only since this chat joins."""
    idea_drafts: int
    """Unfinished ideas for which both have a draft: one of the two would go."""
    comment_drafts: int
    """The same for unfinished comments."""


@dataclass(frozen=True, slots=True)
class JoinAlert:
    """What a chat is still to be told: that another one was joined to it."""

    id: int
    channel: str
    """Where the chat is that is to be told."""
    chat_id: int
    """By what aiogram knows it."""
    language: str
    joined: str
    """The channel of the chat that was joined."""


@dataclass(frozen=True, slots=True)
class Chat:
    """One of the chats in which a person is reached."""

    contact: Contact
    is_here: bool
    """True for the chat that is looked at."""
    is_told: bool
    """True for the one to which news goes."""
