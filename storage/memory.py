"""What rarely changes is read once and kept for as long as the database says it is the same.

A town and a cycle carry a version that every change of them, of a cycle's stages and of its
projects raises in the same transaction. Whoever needs them asks the database for the version, a
single number, and takes the rest from here. So nothing here is ever older than the database, with
any number of processes.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

Key = tuple[str, int]
"""A kind of thing and the id of the row that carries its version."""
Found = TypeVar("Found")


class Memory:
    """What the units of work of one process have read."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept: dict[Key, tuple[int, object]] = {}

    def at(self, key: Key, version: int) -> object | None:
        """Return what was kept for `key` at `version`."""
        kept = self._kept.get(key)
        return kept[1] if kept is not None and kept[0] == version else None

    def keep(self, key: Key, version: int, found: object) -> None:
        """Keep what was read after `version` was."""
        self._kept[key] = (version, found)


class Recall:
    """One unit of work's use of the memory.

    A version that the unit has asked for holds until its end: within one unit everything is seen
    as of one moment. What the unit has changed itself it neither finds nor keeps here: it may be
    rolled back, and another unit would then give the same version to something else.
    """

    def __init__(self, memory: Memory) -> None:
        """Use `memory`, shared with the other units."""
        self._memory = memory
        self._versions: dict[int, int] = {}
        self._changed: set[int] = set()

    def knows(self, row_id: int) -> bool:
        """Tell whether the unit has asked for the version of a row already."""
        return row_id in self._versions

    def seen(self, row_id: int) -> int:
        """Return the version of a row that the unit has asked for."""
        return self._versions[row_id]

    def saw(self, row_id: int, version: int) -> None:
        """Note the version of a row."""
        self._versions[row_id] = version

    def changed(self, row_id: int) -> None:
        """Note that this unit has raised the version of a row."""
        self._changed.add(row_id)

    async def find(self, kind: str, row_id: int, read: Callable[[int], Awaitable[Found]]) -> Found:
        """Return what belongs to a row whose version is known; `read` it where it is new."""
        if row_id in self._changed:
            return await read(row_id)
        version = self._versions[row_id]
        known: Found | None = self._memory.at((kind, row_id), version)  # type: ignore[assignment]
        if known is None:
            known = await read(row_id)
            self._memory.keep((kind, row_id), version, known)
        return known
