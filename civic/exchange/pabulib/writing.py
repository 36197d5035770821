"""From the tables of a `.pb` file to its text."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from civic.exchange.pabulib.file import (
    META,
    META_COLUMNS,
    PROJECTS,
    VOTES,
    PabulibFile,
)

_SPECIAL: Final = (";", '"', "\n", "\r")


def write_pabulib(file: PabulibFile) -> bytes:
    """Return the content of a file in its own style; quoted is only what has to be."""
    newline = file.style.newline
    lines = [META, _line(META_COLUMNS), *_lines([file.meta.keys(), file.meta.values()])]
    for title, table in ((PROJECTS, file.projects), (VOTES, file.votes)):
        lines += [title, _line(table.columns), *_lines(table.values)]
    text = newline.join(lines) + (newline if file.style.ends_with_newline else "")
    return (codecs.BOM_UTF8 if file.style.has_byte_order_mark else b"") + text.encode()


def _lines(columns: Sequence[Iterable[str]]) -> Iterator[str]:
    return map(_line, zip(*columns, strict=True))


def _line(fields: Sequence[str]) -> str:
    line = ";".join(fields)
    plain = line.count(";") == len(fields) - 1 and not any(mark in line for mark in _SPECIAL[1:])
    return line if plain else ";".join(map(_quoted, fields))


def _quoted(field: str) -> str:
    if not any(mark in field for mark in _SPECIAL):
        return field
    escaped = field.replace('"', '""')
    return f'"{escaped}"'
