"""How amounts of a budget compare: from one year to the next, and the part with the whole."""

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What became of an amount."""

    BY_PERCENT = "by_percent"
    NEW = "new"
    """There was nothing before, so no percentage says anything."""
    DROPPED = "dropped"
    """Nothing is planned any more."""
    ABSENT = "absent"
    """Nothing is planned in either year."""


@dataclass(frozen=True, slots=True)
class Change:
    """From one year to the next."""

    kind: ChangeKind
    percent: float = 0.0
    """How much more (less) than before; only for `BY_PERCENT`."""


def change(before: int | None, after: int | None) -> Change:
    """Compare the amounts of two years; None means that the line is absent that year."""
    if after is None:
        return Change(ChangeKind.ABSENT if before is None else ChangeKind.DROPPED)
    if before is None or (before == 0 and after != 0):
        return Change(ChangeKind.NEW)
    if before == 0:
        return Change(ChangeKind.BY_PERCENT, 0.0)
    return Change(ChangeKind.BY_PERCENT, 100 * (after - before) / abs(before))


def share(part: int | None, whole: int | None) -> float | None:
    """Return the part in percent of the whole; None when there is nothing to compare with."""
    if part is None or whole is None or whole <= 0:
        return None
    return 100 * part / whole
