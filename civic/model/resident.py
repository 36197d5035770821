"""People, and the addresses at which they can be reached."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self


class Role(StrEnum):
    """What somebody may do beyond what every resident may."""

    ORGANISER = "organiser"
    MODERATOR = "moderator"


class NewsChoice(StrEnum):
    """Which announcements a person wants."""

    ALL = "all"
    MINE = "mine"
    """About cycles in which the person took part or wrote, and about topics they follow."""
    NONE = "none"


class TopicChoice(StrEnum):
    """What a person wants of news about one topic."""

    FOLLOW = "follow"
    """Also when they want only their own news."""
    USUAL = "usual"
    MUTE = "mute"
    """Nothing but results of what they took part in and answers to their own things."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Whole hours of the town's clock within which a person is told news."""

    opens: int = 9
    """0 to 23."""
    closes: int = 21
    """1 to 24; where it is not after `opens`, the hours end on the following day."""
    sundays: bool = False
    """False when nothing is told in hours that begin on a Sunday."""

    @property
    def is_over_midnight(self) -> bool:
        """Tell whether the hours end on the day after they began."""
        return self.closes <= self.opens


BY_DAY: Final = Hours()
"""Who chose nothing else; within these Kazakh operators let short messages be sent."""
ANY_HOUR: Final = Hours(0, 24, sundays=True)


@dataclass(frozen=True, slots=True)
class Resident:
    """A person who talks to the service; not an account of any messenger."""

    id: int
    community_id: int
    language: str
    display_name: str
    """Chosen by the person; «Resident 1234» in their language until then (empty = not chosen)."""
    district: str | None
    news: NewsChoice
    greeted: bool
    """True once the first conversation has been finished."""
    declared_at: datetime | None
    """Day on which the person declared to be old enough and to live in the town.

    None = not yet.
    """
    roles: frozenset[Role]
    created_at: datetime
    declared_age: int | None = None
    """The least age the declaration was about; a vote that asks for more asks again."""
    hours: Hours = BY_DAY
    """When the person wants to be told news."""
    came_back: bool = False
    """True from when somebody who blocked the service wrote again until asked about the news."""

    @property
    def wants_news(self) -> bool:
        """Tell whether any announcement may reach the person."""
        return self.news is not NewsChoice.NONE

    def has(self, role: Role) -> bool:
        """Tell whether the person holds `role`."""
        return role in self.roles

    def with_role(self, role: Role) -> Self:
        """Return the person holding `role` as well."""
        return replace(self, roles=self.roles | {role})


@dataclass(frozen=True, slots=True)
class Contact:
    """An address of a resident on one channel."""

    id: int
    resident_id: int
    channel: str
    address: str
    """As the channel writes it; a string on every channel."""
    chat_id: int
    """The integer aiogram knows this address by."""
    reachable: bool
    """False after the person blocked the service there; true again when they write."""
    latest: bool = True
    """True for the address from which the person wrote last: news goes there."""
    chosen: bool = False
    """True for the address to which the person wants news, wherever they write from."""
    wrote_at: datetime | None = None
    """About when the person wrote from there last; noted only where a messenger counts it."""
    moved: bool = False
    """True when it was somebody else's before it was joined to this person's."""
