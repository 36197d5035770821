"""A town and its settings."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from civic.model.text import LocalText


@dataclass(frozen=True, slots=True)
class District:
    """A part of the town, chosen by residents and used to filter ideas."""

    code: str
    names: LocalText


@dataclass(frozen=True, slots=True)
class Topic:
    """What an idea is about; the list is the town's own."""

    code: str
    names: LocalText


@dataclass(frozen=True, slots=True)
class Community:
    """A town: everything else belongs to one."""

    id: int
    slug: str
    names: LocalText
    timezone: str
    currency: str
    districts: tuple[District, ...]
    topics: tuple[Topic, ...]
    contact: LocalText
    """Whom to call or visit with a question, in one line."""
    broadcasts_need_second_organiser: bool = False
    """Whether what one organiser announces goes out only after another has approved it."""

    @property
    def zone(self) -> ZoneInfo:
        """Time zone in which the town's stages open and close."""
        return ZoneInfo(self.timezone)

    def district(self, code: str | None) -> District | None:
        """Return the district with `code`, or None when there is no such district any more."""
        return next((found for found in self.districts if found.code == code), None)

    def topic(self, code: str | None) -> Topic | None:
        """Return the topic with `code`, or None when there is no such topic any more."""
        return next((found for found in self.topics if found.code == code), None)
