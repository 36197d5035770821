"""What is wrong with a file, said so that the person who wrote it can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that does not fit."""

    file: str
    where: str
    """Path inside the file ("stages[1].closes") or its line ("line 12, amount_2026").

    Empty means the whole file.
    """
    expected: str
    found: str

    @override
    def __str__(self) -> str:
        place = f"{self.file}: {self.where}" if self.where else self.file
        return f"{place}: expected {self.expected}, found {self.found}"


class InvalidFile(Exception):  # noqa: N818 - it is an answer to a person, not an error of the program
    """A file cannot be taken as it is; carries everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep `problems`, in the order of the file."""
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def shown(value: object) -> str:
    """Return `value` as a problem quotes it: on one line and not too long."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    text = " ".join(str(value).split())
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"«{short}»" if isinstance(value, str) else short
