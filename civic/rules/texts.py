"""What a person's words must be like before they are kept."""

import unicodedata

from civic.model.refusal import Reason, Refused

_KEPT_CONTROLS = "\n"
_BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNSEEN = "\u00ad\u200b\u2060\u2800\u3164\ufeff"


def clean(text: str) -> str:
    """Return `text` in NFC without control characters, direction marks and needless blanks.

    Direction marks are dropped because with them a text can be made to read differently from what
    is stored, and unseen characters because a text made of them is empty to its readers.
    """
    normal = unicodedata.normalize(
        "NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    )
    kept = "".join(
        character
        for character in normal
        if character in _KEPT_CONTROLS
        or (
            character not in _BIDI + _UNSEEN
            and unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"}
        )
    )
    lines = [" ".join(line.split()) for line in kept.split("\n")]
    squeezed: list[str] = []
    for line in lines:
        if line or (squeezed and squeezed[-1]):
            squeezed.append(line)
    return "\n".join(squeezed).strip()


def one_line(text: str) -> str:
    """Return `clean(text)` on a single line, blanks squeezed."""
    return " ".join(clean(text).split())


def within(text: str, *, least: int, limit: int) -> str:
    """Return `text` when its length fits.

    Otherwise raise `Refused` with `TEXT_EMPTY`, `TEXT_TOO_SHORT` or `TEXT_TOO_LONG`.
    """
    if not text:
        raise Refused(Reason.TEXT_EMPTY)
    if len(text) < least:
        raise Refused(Reason.TEXT_TOO_SHORT, length=len(text), least=least)
    if len(text) > limit:
        raise Refused(Reason.TEXT_TOO_LONG, length=len(text), limit=limit)
    return text
