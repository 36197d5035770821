"""Text as Telegram reads it: HTML in, plain text and entities out, with Telegram's complaints."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

_KINDS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PIECE: Final = re.compile(r"[^<&]+|&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));|[<&]")
_TAG: Final = re.compile(r"<(/?)([^\s>/]*)([^>]*)>")
_ATTRIBUTE: Final = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


class UnreadableHtmlError(Exception):
    """The text is no HTML that Telegram accepts; the message is how Telegram says so."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """What a person sees, and how it is marked."""

    plain: str
    entities: tuple[dict[str, Any], ...] = ()
    """As the Bot API gives them; offsets and lengths in UTF-16 units."""


@dataclass(slots=True)
class _Open:
    tag: str
    entity: dict[str, Any]


@dataclass(slots=True)
class _Reading:
    text: str
    plain: list[str] = field(default_factory=list)
    width: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def add(self, piece: str) -> None:
        self.plain.append(piece)
        self.width += utf16_length(piece)

    def at(self, place: int) -> int:
        return len(self.text[:place].encode())


def utf16_length(text: str) -> int:
    """Return the length as Telegram counts it: characters beyond the basic plane count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=1024)
def read_html(text: str) -> Formatted:
    """Return the text without its tags, and its entities.

    Raises:
        UnreadableHtmlError: a tag is unknown, not closed or not opened.
    """
    if "<" not in text and "&" not in text:
        return _trimmed(text, [])
    reading = _Reading(text)
    place = 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None:  # pragma: no cover - the pattern takes any character
            break
        if piece[0] == "<":
            place = _read_tag(reading, place)
            continue
        reading.add(_character(piece) if piece[0].startswith("&") else piece[0])
        place = piece.end()
    if reading.stack:
        message = f'Can\'t find end tag corresponding to start tag "{reading.stack[-1].tag}"'
        raise UnreadableHtmlError(message)
    return _trimmed("".join(reading.plain), reading.entities)


def read_plain(text: str) -> Formatted:
    """Return text that was sent without formatting."""
    return _trimmed(text, [])


def _character(piece: re.Match[str]) -> str:
    decimal, hexadecimal, name = piece.groups()
    if decimal or hexadecimal:
        return chr(int(decimal) if decimal else int(hexadecimal, 16))
    return _NAMED.get(name, piece[0]) if name else piece[0]


def _read_tag(reading: _Reading, place: int) -> int:
    found = _TAG.match(reading.text, place)
    if found is None:
        message = f"Unclosed start tag at byte offset {reading.at(place)}"
        raise UnreadableHtmlError(message)
    closing, name, rest = found[1], found[2].lower(), found[3]
    if closing:
        _close(reading, name, place)
    else:
        _open(reading, name, rest, place)
    return found.end()


def _open(reading: _Reading, name: str, rest: str, place: int) -> None:
    if name not in _KINDS:
        message = f'Unsupported start tag "{name}" at byte offset {reading.at(place)}'
        raise UnreadableHtmlError(message)
    attributes = {
        key.lower(): one or two or three for key, one, two, three in _ATTRIBUTE.findall(rest)
    }
    if name == "span" and attributes.get("class") != "tg-spoiler":
        message = f'Tag "span" must have class "tg-spoiler" at byte offset {reading.at(place)}'
        raise UnreadableHtmlError(message)
    entity: dict[str, Any] = {"type": _KINDS[name], "offset": reading.width}
    if name == "a":
        entity["url"] = attributes.get("href", "")
    elif name == "tg-emoji":
        entity["custom_emoji_id"] = attributes.get("emoji-id", "")
    elif name == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    reading.stack.append(_Open(name, entity))


def _close(reading: _Reading, name: str, place: int) -> None:
    if not reading.stack:
        message = f"Unexpected end tag at byte offset {reading.at(place)}"
        raise UnreadableHtmlError(message)
    opened = reading.stack.pop()
    if name != opened.tag:
        message = (
            f"Unmatched end tag at byte offset {reading.at(place)},"
            f' expected "</{opened.tag}>", found "</{name}>"'
        )
        raise UnreadableHtmlError(message)
    length = reading.width - opened.entity["offset"]
    # Telegram leaves out empty marks and links that lead nowhere.
    if length and opened.entity.get("url") != "":
        reading.entities.append({**opened.entity, "length": length})


def _trimmed(text: str, entities: list[dict[str, Any]]) -> Formatted:
    plain = text.strip()
    start = utf16_length(text[: len(text) - len(text.lstrip())])
    end = start + utf16_length(plain)
    kept = []
    for entity in sorted(entities, key=lambda e: (e["offset"], -e["length"])):
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], end)
        if first < last:
            kept.append({**entity, "offset": first - start, "length": last - first})
    return Formatted(plain, tuple(kept))
