"""How people are called."""

from civic.model.resident import Resident
from dialogs.kit.text import _


def shown_name(resident: Resident) -> str:
    """Return the chosen name, or «Resident 1234»."""
    return resident.display_name or default_name(resident.id)


def author_name(chosen: str, resident_id: int) -> str:
    """Return an author's name for others: the chosen one, or «Resident 1234»."""
    return chosen or default_name(resident_id)


def default_name(resident_id: int) -> str:
    """Return the name of somebody who chose none."""
    return _("Resident {number}").format(number=resident_id)
