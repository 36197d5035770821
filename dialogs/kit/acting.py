"""Who is talking."""

from dataclasses import dataclass
from typing import Final

from civic.model.community import Community
from civic.model.resident import Resident

ACTING_KEY: Final = "who_acts"
"""Where aiogram's data hold it; handlers, getters and clicks name `FromDishka[Acting]` instead."""


@dataclass(slots=True)
class Acting:
    """The person whose update is being handled.

    A click that changes the person puts the new one here.
    """

    resident: Resident
    community: Community
    channel: str

    @property
    def language(self) -> str:
        """Language of everything shown to the person."""
        return self.resident.language
