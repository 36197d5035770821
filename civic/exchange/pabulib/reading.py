"""From the text of a `.pb` file to its tables; whatever does not fit is named with its line."""

import codecs
import csv
from collections.abc import Iterator
from typing import Final

from typing_extensions import override

from civic.exchange.pabulib.file import (
    META,
    META_COLUMNS,
    PROJECTS,
    SECTIONS,
    VOTES,
    PabulibFile,
    Style,
    Table,
)
from civic.exchange.problems import Complaints, decoded, shown

_MARK: Final = codecs.BOM_UTF8
_KEYS: Final = ("num_projects", "num_votes", "budget", "vote_type", "rule")
"""Without these nothing can be counted or checked."""
_COLUMNS: Final = {
    META: META_COLUMNS,
    PROJECTS: ("project_id", "cost"),
    VOTES: ("voter_id", "vote"),
}
"""What has to be there; the first column identifies a row."""
_COUNTS: Final = {PROJECTS: "num_projects", VOTES: "num_votes"}
_CSV: Final = "a row whose quotes close and whose line ends in LF or CRLF"
_PIECE: Final = 1 << 20
"""Characters split at a time, so that what is thrown away stays small."""

Record = tuple[int, list[str]]
"""The line on which a row begins, and its fields."""


def read_pabulib(content: bytes, name: str) -> PabulibFile:
    """Return the tables in the `content` of the file `name`.

    A byte order mark, CRLF, blank lines and spaces around fields are fine. Raises `InvalidFile`
    with everything that is wrong with sections, columns, keys and numbers of rows, with a row that
    has too few or too many fields, and with an id that is used twice.
    """
    complaints = Complaints(name)
    text = decoded(content, name)
    records = _Records(text, complaints)
    sections = _sections(records, complaints)
    complaints.settle()
    for section, (identifying, _) in _COLUMNS.items():
        _check_unique(sections[section], identifying, complaints)
    keys, values = sections[META].values
    meta = dict(zip(keys, values, strict=True))
    lines = dict(zip(keys, sections[META].lines, strict=True))
    for key in _KEYS:
        if key not in meta:
            complaints.add(META, f"the key «{key}»", "none")
    for section, key in _COUNTS.items():
        rows = len(sections[section])
        if meta.get(key) not in {None, str(rows)}:
            expected = f"{rows}, as many as there are rows"
            complaints.add(f"line {lines[key]}, {key}", expected, shown(meta[key]))
    complaints.settle()
    style = Style(
        newline="\r\n" if "\r\n" in text[: text.find("\n") + 1] else "\n",
        has_byte_order_mark=content.startswith(_MARK),
        ends_with_newline=text.endswith("\n"),
    )
    return PabulibFile(name, meta, sections[PROJECTS], sections[VOTES], style, lines)


class _Lines(Iterator[str]):
    """Gives a text line by line, and what is left of it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @override
    def __next__(self) -> str:
        if self._at == len(self._text):
            raise StopIteration
        begin = self._at
        self._at = self._text.find("\n", begin) + 1 or len(self._text)
        return self._text[begin : self._at]

    def rest(self) -> str:
        """Return what was not given yet, without taking it."""
        return self._text[self._at :]

    def skip(self) -> None:
        """Take all that is left."""
        self._at = len(self._text)


class _Records(Iterator[Record]):
    """Gives the rows of a file one by one, or all that are left as columns."""

    def __init__(self, text: str, complaints: Complaints) -> None:
        self._lines = _Lines(text)
        self._reader = csv.reader(self._lines, delimiter=";", skipinitialspace=True, strict=True)
        self._complaints = complaints

    @override
    def __next__(self) -> Record:
        while True:
            line = self._reader.line_num + 1
            try:
                fields = [field.strip(" ") for field in next(self._reader)]
            except csv.Error as error:
                # What follows an open quote cannot be told apart any more.
                self._complaints.add(f"line {line}", _CSV, str(error))
                self._complaints.settle()
            if fields not in ([], [""]):
                return line, fields

    def plain_rest(self, width: int) -> tuple[tuple[list[str], ...], range] | None:
        """Return the columns that are left and their lines, or None where that needs care."""
        columns = _plain_columns(self._lines.rest(), width)
        if columns is None:
            return None
        first = self._reader.line_num + 1
        self._lines.skip()
        return columns, range(first, first + len(columns[0]))


def _plain_columns(text: str, width: int) -> tuple[list[str], ...] | None:
    """Split rows without quotes, blanks and spaces around fields; None where there are any."""
    text = text.replace("\r\n", "\n")
    if not text.endswith("\n"):
        text += "\n"
    if text.startswith(" ") or any(mark in text for mark in ('"', "\r", " ;", "; ", "\n ", " \n")):
        return None
    columns: tuple[list[str], ...] = tuple([] for _ in range(width))
    at = 0
    while at < len(text):
        end = text.rfind("\n", at, at + _PIECE) + 1 or text.find("\n", at) + 1
        piece = text[at:end]
        # With its line break as a field of its own, every row shows where it ends.
        fields = piece.replace("\n", ";\n;").split(";")
        ends = fields[width :: width + 1]
        rows = piece.count("\n")
        if ends.count("\n") != rows or len(fields) != rows * (width + 1) + 1:
            return None
        for index, column in enumerate(columns):
            column.extend(fields[index : -1 : width + 1])
        at = end
    return columns


def _sections(records: _Records, complaints: Complaints) -> dict[str, Table]:
    """Return the three sections; raises where one is missing, since then nothing is sure."""
    tables: dict[str, Table] = {}
    title = next(records, None)
    for section in SECTIONS:
        _check_title(title, section, complaints)
        columns = _header(records, section, complaints)
        plain = records.plain_rest(len(columns)) if section == VOTES else None
        if plain is not None:
            tables[section] = Table(columns, *plain)
            title = None
        else:
            tables[section], title = _table(records, columns, complaints)
    if title is not None:
        complaints.add(f"line {title[0]}", "no section after VOTES", shown(title[1][0]))
    return tables


def _check_title(title: Record | None, section: str, complaints: Complaints) -> None:
    if title is None:
        complaints.add("", f"the section {section}", "the end of the file")
    elif title[1] != [section]:
        complaints.add(f"line {title[0]}", f"the section {section}", shown(";".join(title[1])))
    complaints.settle()


def _header(records: _Records, section: str, complaints: Complaints) -> tuple[str, ...]:
    line, names = next(records, (0, [""]))
    where = f"line {line}, {section}" if line else section
    for index, name in enumerate(names):
        if not name or name in names[:index]:
            complaints.add(where, "a name of its own for each column", shown(name or None))
    for name in _COLUMNS[section]:
        if name not in names:
            complaints.add(where, f"a column «{name}»", "none")
    if section == META and len(names) > len(META_COLUMNS):
        complaints.add(
            where, f"only the columns «{';'.join(META_COLUMNS)}»", shown(";".join(names))
        )
    complaints.settle()
    return tuple(names)


def _table(
    records: _Records, columns: tuple[str, ...], complaints: Complaints
) -> tuple[Table, Record | None]:
    """Return the rows up to the title of a section, and that title."""
    rows: list[list[str]] = []
    lines: list[int] = []
    title = None
    for line, fields in records:
        if len(fields) == 1 and fields[0] in SECTIONS:
            title = (line, fields)
            break
        if len(fields) == len(columns):
            rows.append(fields)
            lines.append(line)
        else:
            complaints.add(f"line {line}", f"{len(columns)} fields", str(len(fields)))
    values = tuple([row[index] for row in rows] for index in range(len(columns)))
    return Table(columns, values, lines), title


def _check_unique(table: Table, column: str, complaints: Complaints) -> None:
    ids = table[column]
    if len(set(ids)) == len(ids) and "" not in ids:
        return
    seen: dict[str, int] = {}
    for row, id_ in enumerate(ids):
        if not id_ or id_ in seen:
            found = f"{shown(id_)} again, as on {table.line(seen[id_])}" if id_ else "nothing"
            complaints.add(f"{table.line(row)}, {column}", "one of its own", found)
        seen.setdefault(id_, row)
