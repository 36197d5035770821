"""What is wrong with a file, said so that the person who wrote it can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from typing_extensions import override

MAX_PROBLEMS: Final = 100
"""More problems of one file than this are not listed: it is then wrong as a whole."""

_SHOWN: Final = 60


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


class Complaints:
    """Collects what is wrong with one file, up to `MAX_PROBLEMS`."""

    def __init__(self, name: str) -> None:
        """Begin without any, about the file `name`."""
        self._name = name
        self._problems: list[Problem] = []
        self._more = 0

    def add(self, where: str, expected: str, found: str) -> None:
        """Note a problem; the arguments are those of `Problem`."""
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(Problem(self._name, where, expected, found))
        else:
            self._more += 1

    def settle(self) -> None:
        """Raise `InvalidFile` with what was collected, if anything."""
        if self._more:
            found = f"{self._more} more that do not"
            self._problems.append(Problem(self._name, "", "lines that fit", found))
        if self._problems:
            raise InvalidFile(self._problems)


def decoded(content: bytes, name: str) -> str:
    """Return the text of the file `name`, without a byte order mark.

    Raises `InvalidFile` with the first line that is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(name, f"line {line}", "UTF-8 (save as «CSV UTF-8»)", "other bytes")
        raise InvalidFile([problem]) from error


def on_one_line(text: str) -> str:
    """Return the text on one line, and harmless to a terminal.

    What cannot be seen, such as the beginning of a control sequence or a mark that turns the
    direction of writing, becomes �.
    """
    return "".join(one if one.isprintable() else "\ufffd" for one in " ".join(text.split()))


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
    text = on_one_line(str(value))
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"«{short}»" if isinstance(value, str) else short
