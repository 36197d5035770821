"""Whom an announcement is for, as a frozen description that storage turns into one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Self

Value = str | int


class Trait(StrEnum):
    """Something by which people are chosen; the kind of value each takes is named beside it."""

    TOOK_PART = "took_part"
    """Ids of cycles in which the person finished something."""
    UNFINISHED_CYCLE = "unfinished_cycle"
    """Ids of cycles in which the person began something that is not finished."""
    UNFINISHED = "unfinished"
    """Ids of stages in which the person began and did not finish."""
    NOT_BEGUN = "not_begun"
    """Ids of stages in which the person has not begun."""
    NOT_FINISHED = "not_finished"
    """Ids of stages in which the person has not finished, begun or not."""
    DISTRICT = "district"
    """Codes of districts that the person has chosen."""
    TOPIC = "topic"
    """Codes of topics that the person follows."""
    LANGUAGE = "language"
    """Languages that the person reads."""
    ROLE = "role"
    """Roles that the person holds."""
    CHANNEL = "channel"
    """Channels on which the person can be reached, and is then told."""
    RECIPIENT = "recipient"
    """Ids of announcements that reached the person, or may have."""
    PERSON = "person"
    """Ids of residents."""


PERSONAL = frozenset(
    {
        Trait.TOOK_PART,
        Trait.UNFINISHED_CYCLE,
        Trait.UNFINISHED,
        Trait.TOPIC,
        Trait.RECIPIENT,
        Trait.PERSON,
    }
)
"""Whoever is chosen by one of these is told also if they want only what concerns themselves."""


_CHATS: Final = "chats"
_TOPICS: Final = "about"
_OWED: Final = "owed"


@dataclass(frozen=True, slots=True)
class Audience:
    """People of one town for whom every condition holds.

    A condition holds for whoever has one of its values; without conditions it is everyone.
    """

    conditions: Mapping[Trait, tuple[Value, ...]] = field(default_factory=dict)
    chats: tuple[int, ...] = ()
    """Ids of the groups and channels that are told besides."""
    topics: tuple[str, ...] = ()
    """Codes of what the news is about. Who follows one of them is told also if they want only
    what concerns themselves; who muted all of them is not told."""
    owed: int | None = None
    """Id of a stage: who has finished what it asked for is told even if they muted its topic."""

    def those(self, trait: Trait, *values: Value) -> Self:
        """Return the part of this audience for whom one of `values` holds as well."""
        had = self.conditions.get(trait)
        kept = values if had is None else tuple(value for value in values if value in had)
        return replace(self, conditions={**self.conditions, trait: kept})

    def also_to(self, *chats: int) -> Self:
        """Return the same people, and these groups and channels alone besides."""
        return replace(self, chats=chats)

    def about(self, *topics: str, owed: int | None = None) -> Self:
        """Return the same people, but for what they chose about these topics."""
        return replace(self, topics=topics, owed=owed)

    @property
    def is_personal(self) -> bool:
        """Tell whether people are chosen by what they themselves did or follow."""
        return not PERSONAL.isdisjoint(self.conditions)

    def stored(self) -> dict[str, list[Value]]:
        """Return the description as JSON values."""
        stored = {trait.value: list(values) for trait, values in self.conditions.items()}
        if self.chats:
            stored[_CHATS] = list(self.chats)
        if self.topics:
            stored[_TOPICS] = list(self.topics)
        if self.owed is not None:
            stored[_OWED] = [self.owed]
        return stored

    @classmethod
    def read(cls, stored: Mapping[str, Sequence[Value]]) -> Self:
        """Return the audience that was stored; raises `ValueError` for an unknown trait."""
        people = {
            Trait(name): tuple(values)
            for name, values in stored.items()
            if name not in {_CHATS, _TOPICS, _OWED}
        }
        chats = tuple(int(chat) for chat in stored.get(_CHATS, ()))
        topics = tuple(str(topic) for topic in stored.get(_TOPICS, ()))
        owed = next((int(stage) for stage in stored.get(_OWED, ())), None)
        return cls(people, chats, topics, owed)


EVERYONE = Audience()
"""All who want news and can be reached."""
