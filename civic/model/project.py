"""Ideas admitted to the ballot."""

from dataclasses import dataclass

from civic.model.text import LocalText


@dataclass(frozen=True, slots=True)
class Project:
    """A choice on the ballot; its id is the number people see."""

    id: int
    cycle_id: int
    code: str
    """The project's key in the cycle file."""
    titles: LocalText
    about: LocalText
    place: LocalText
    district: str | None
    topic: str | None
    cost: int | None
    """Whole tenge; None when the organiser never published it (only in finished rounds)."""
    cost_is_sample: bool
    photo: int | None
    position: int
    """Order of submission, used by the written tie rule."""
