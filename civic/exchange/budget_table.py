"""A draft budget as a CSV file: the budget classification in four levels, three years.

Columns are found by their header: `level`, `group_code`, `subgroup_code`, `administrator_code`,
`programme_code`, `name_kk`, `name_ru`, optionally `name_en`, and three columns `amount_<year>`.
Codes are text with leading zeros; amounts are whole thousand tenge, blank = absent that year.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from civic.exchange.problems import Complaints, InvalidFile, Problem, decoded, shown
from civic.model.budget import LEVELS, Level, SectionRow

MAX_BYTES: Final = 5_000_000
MAX_ROWS: Final = 20_000

Years = tuple[int, int, int]
Amounts = tuple[int | None, int | None, int | None]

_CODES: Final = tuple(f"{level}_code" for level in LEVELS)
_NAMES: Final = {"name_kk": "kk", "name_ru": "ru", "name_en": "en"}
_NEEDED: Final = ("level", *_CODES, "name_kk", "name_ru")
_AMOUNT_HEADER: Final = re.compile(r"amount_([0-9]{4})")
_CODE: Final = re.compile(r"[0-9]{1,8}")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,13}")
_MAX_NAME: Final = 1000
_THREE: Final = 3


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """The lines of a budget file in file order, parents before children, sums checked."""

    name: str
    years: Years
    rows: tuple[SectionRow, ...]
    lines: tuple[int, ...]
    """Line in the file of each row."""


def read_budget(content: bytes, name: str) -> BudgetTable:
    """Return the budget in the CSV `content` of the file `name`.

    A byte order mark, CRLF and semicolons or tabs instead of commas are fine. Raises `InvalidFile`
    with every line that does not fit; then nothing of the file may be used.
    """
    complaints = Complaints(name)
    text = _decoded(content, name)
    records = _records(text, complaints)
    complaints.settle()
    (_, header), *body = records
    years, columns = _columns(header, complaints)
    complaints.settle()
    if len(body) > MAX_ROWS:
        complaints.add("", f"at most {MAX_ROWS} lines", str(len(body)))
        complaints.settle()
    read = [
        (line, row)
        for line, fields in body
        if (row := _row(line, fields, columns, years, complaints)) is not None
    ]
    _check_tree(read, complaints)
    # A parent whose child could not be read has no sum to compare with.
    complaints.settle()
    _check_sums(read, years, complaints)
    complaints.settle()
    return BudgetTable(name, years, tuple(row for _, row in read), tuple(line for line, _ in read))


def _decoded(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        raise InvalidFile([Problem(name, "", f"at most {MAX_BYTES} bytes", str(len(content)))])
    return decoded(content, name)


def _records(text: str, complaints: Complaints) -> list[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                records.append((line, [" ".join(field.split()) for field in fields]))
            line = reader.line_num + 1
    except csv.Error as error:
        complaints.add(f"line {line}", "a readable line of CSV", str(error))
    if len(records) <= 1:
        complaints.add("", "a header and at least one line", f"{len(records)} lines")
    return records


def _columns(header: Sequence[str], complaints: Complaints) -> tuple[Years, Mapping[str, int]]:
    columns: dict[str, int] = {}
    for index, title in enumerate(header):
        if title in columns:
            complaints.add("header", "each column once", f"«{title}» a second time")
        columns[title] = index
    for title in _NEEDED:
        if title not in columns:
            complaints.add("header", f"a column «{title}»", "none")
    years = sorted(
        int(found[1]) for title in columns if (found := _AMOUNT_HEADER.fullmatch(title))
    )
    if len(years) != _THREE or years != list(range(years[0], years[0] + _THREE)):
        given = ", ".join(map(str, years)) or "none"
        complaints.add("header", "columns «amount_<year>» for three years in a row", given)
        complaints.settle()
    known = {*_NEEDED, *_NAMES, *(f"amount_{year}" for year in years)}
    for title in columns:
        if title not in known:
            complaints.add(
                "header", f"only known columns: {', '.join(sorted(known))}", f"«{title}»"
            )
    first, second, third = years
    return (first, second, third), columns


def _row(
    line: int,
    fields: Sequence[str],
    columns: Mapping[str, int],
    years: Years,
    complaints: Complaints,
) -> SectionRow | None:
    if len(fields) != len(columns):
        complaints.add(f"line {line}", f"{len(columns)} fields", str(len(fields)))
        return None
    value = {title: fields[index] for title, index in columns.items()}
    faults = [*_value_faults(value, years)]
    for column, expected in faults:
        complaints.add(f"line {line}, {column}", expected, shown(value[column] or None))
    if faults:
        return None
    level = Level(value["level"])
    first, second, third = (
        int(amount) if (amount := value[f"amount_{year}"]) else None for year in years
    )
    return SectionRow(
        level=level,
        code=tuple(value[column] for column in _CODES[: LEVELS.index(level) + 1]),
        names={
            language: value[column] for column, language in _NAMES.items() if value.get(column)
        },
        amounts=(first, second, third),
    )


def _value_faults(value: Mapping[str, str], years: Years) -> Iterator[tuple[str, str]]:
    levels = [str(level) for level in LEVELS]
    if value["level"] not in levels:
        yield "level", f"one of {', '.join(levels)}"
        return
    depth = levels.index(value["level"])
    for index, column in enumerate(_CODES):
        if index <= depth and not _CODE.fullmatch(value[column]):
            yield column, "a code of 1 to 8 digits"
        if index > depth and value[column]:
            yield column, f"nothing on the level {value['level']}"
    yield from _name_faults(value)
    for year in years:
        amount = value[f"amount_{year}"]
        if amount and not _AMOUNT.fullmatch(amount):
            yield f"amount_{year}", "whole thousand tenge in digits, or nothing"


def _name_faults(value: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for column in ("name_kk", "name_ru"):
        if not value[column]:
            yield column, "a name"
    for column in _NAMES:
        if len(value.get(column, "")) > _MAX_NAME:
            yield column, f"at most {_MAX_NAME} characters"


def _check_tree(read: Sequence[tuple[int, SectionRow]], complaints: Complaints) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for line, row in read:
        code = ".".join(row.code)
        if row.code in seen:
            found = f"{code} again, as on line {seen[row.code]}"
            complaints.add(f"line {line}", "a line of its own for each code", found)
        if len(row.code) > 1 and row.code[:-1] not in seen:
            parent = ".".join(row.code[:-1])
            complaints.add(f"line {line}", f"its parent {parent} on an earlier line", "none")
        seen.setdefault(row.code, line)


def _check_sums(
    read: Sequence[tuple[int, SectionRow]], years: Years, complaints: Complaints
) -> None:
    children: defaultdict[tuple[str, ...], list[Amounts]] = defaultdict(list)
    for _, row in read:
        children[row.code[:-1]].append(row.amounts)
    for line, row in read:
        if row.code not in children:
            continue
        parts = children[row.code]
        for index, year in enumerate(years):
            total = sum(part[index] or 0 for part in parts)
            if (row.amounts[index] or 0) != total:
                complaints.add(
                    f"line {line}, amount_{year}",
                    f"{total}, the sum of the {len(parts)} lines under it",
                    str(row.amounts[index] or 0),
                )
