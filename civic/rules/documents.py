"""Which documents may be handed out: of a known kind by name and content, and not too large."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from civic.model.refusal import Reason, Refused
from civic.rules.texts import one_line

DOCUMENT_LIMIT_MB: Final = 10
"""What the web chat takes; messengers take more, but people pay for every megabyte."""
NAME_LIMIT: Final = 100
"""Characters of a file name that are kept."""
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "csv": "text/csv",
}
"""Kinds that are accepted, by the ending of the name."""

_BYTES_IN_MB: Final = 1024 * 1024
_PATH: Final = re.compile(r'[/\\<>:"|?*\0]+')
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How documents of Word, Excel and PowerPoint before 2007 begin."""
_PDF_BEGINS_WITHIN: Final = 1024
"""Bytes; readers accept something in front of the mark."""


def name_safely(name: str | None, otherwise: str) -> str:
    """Return a file name without folders, control characters or needless length."""
    cleaned = one_line(_PATH.sub(" ", name or "")).strip(" .")
    if len(cleaned) > NAME_LIMIT:
        stem, dot, ending = cleaned.rpartition(".")
        cleaned = f"{stem[: NAME_LIMIT - len(ending) - 1]}{dot}{ending}"[:NAME_LIMIT]
    return cleaned or otherwise


def ending_of(name: str) -> str:
    """Return what stands after the last dot, in small letters; empty without a dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def checked_name(name: str | None, content: bytes) -> str:
    """Return the safe name of a document that may be handed out.

    Raises `Refused` with `DOCUMENT_TOO_LARGE` or `DOCUMENT_UNREADABLE`.
    """
    require_size(len(content))
    safe = name_safely(name, "")
    is_kind = _KINDS.get(ending_of(safe))
    if is_kind is None or not is_kind(content):
        raise Refused(Reason.DOCUMENT_UNREADABLE)
    return safe


def require_size(size: int) -> None:
    """Raise `Refused` with `DOCUMENT_TOO_LARGE` for more bytes than a document may have."""
    if size > DOCUMENT_LIMIT_MB * _BYTES_IN_MB:
        raise Refused(Reason.DOCUMENT_TOO_LARGE, limit_mb=DOCUMENT_LIMIT_MB)


def _is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:_PDF_BEGINS_WITHIN]


def _is_ole(content: bytes) -> bool:
    return content.startswith(_OLE)


def _is_rtf(content: bytes) -> bool:
    return content.startswith(b"{\\rtf")


def _is_text(content: bytes) -> bool:
    return bool(content) and b"\0" not in content


def _is_archive_with(part: str) -> Callable[[bytes], bool]:
    def check(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            return False
        # Under an innocent ending nobody expects a program.
        has_program = any(name.lower().endswith("vbaproject.bin") for name in names)
        return part in names and not has_program

    return check


_KINDS: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "pdf": _is_pdf,
    "doc": _is_ole,
    "docx": _is_archive_with("word/document.xml"),
    "xls": _is_ole,
    "xlsx": _is_archive_with("xl/workbook.xml"),
    "ppt": _is_ole,
    "pptx": _is_archive_with("ppt/presentation.xml"),
    "odt": _is_archive_with("content.xml"),
    "ods": _is_archive_with("content.xml"),
    "odp": _is_archive_with("content.xml"),
    "rtf": _is_rtf,
    "txt": _is_text,
    "csv": _is_text,
}
