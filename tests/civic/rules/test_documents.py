"""Which files may be handed out, and under which names."""

import io
import zipfile

import pytest

from civic.model.refusal import Reason, Refused
from civic.rules.documents import (
    DOCUMENT_LIMIT_MB,
    MEDIA_TYPES,
    checked_name,
    ending_of,
    name_safely,
)


def _archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


PDF = b"%PDF-1.7\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"
GOOD = {
    "pdf": PDF,
    "doc": OLE,
    "docx": _archive("[Content_Types].xml", "word/document.xml"),
    "xls": OLE,
    "xlsx": _archive("xl/workbook.xml"),
    "ppt": OLE,
    "pptx": _archive("ppt/presentation.xml"),
    "odt": _archive("mimetype", "content.xml"),
    "ods": _archive("content.xml"),
    "odp": _archive("content.xml"),
    "rtf": b"{\\rtf1 x}",
    "txt": "Су болмайды".encode(),
    "csv": "а;б".encode("cp1251"),
}


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_usual_documents_are_accepted_whatever_the_case_of_their_ending(kind: str) -> None:
    assert checked_name(f"Есеп.{kind.upper()}", GOOD[kind]) == f"Есеп.{kind.upper()}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.html", b"<script>"),
        ("a.svg", b"<svg/>"),
        ("a.zip", _archive("a")),
        ("a.docm", GOOD["docx"]),
        ("pdf", PDF),
        (None, PDF),
        ("", PDF),
        (".pdf", PDF),
        ("a.pdf", b"MZ"),
        ("a.pdf", b" " * 1100 + PDF),
        ("a.doc", PDF),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docx", GOOD["xlsx"]),
        ("a.docx", _archive("word/document.xml", "word/vbaProject.bin")),
        ("a.rtf", b"x"),
        ("a.txt", b""),
        ("a.csv", b"MZ\0\0"),
        ("a\u202efdp.exe", PDF),
    ],
)
def test_anything_else_is_refused(name: str | None, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        checked_name(name, content)
    assert refused.value.reason is Reason.DOCUMENT_UNREADABLE


def test_a_document_may_be_large_but_not_larger() -> None:
    most = PDF.ljust(DOCUMENT_LIMIT_MB * 1024 * 1024)
    assert checked_name("a.pdf", most) == "a.pdf"
    with pytest.raises(Refused) as refused:
        checked_name("a.pdf", most + b" ")
    assert refused.value.reason is Reason.DOCUMENT_TOO_LARGE
    assert refused.value.facts == {"limit_mb": DOCUMENT_LIMIT_MB}


def test_what_stands_after_the_last_dot_is_the_ending() -> None:
    assert [ending_of(name) for name in ("a.tar.GZ", "a", "")] == ["gz", "", ""]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("C:\\photos\\me.jpg", "C photos me.jpg"),
        ('a"b\r\nSet-Cookie: x.png', "a b Set-Cookie x.png"),
        ("", "photo"),
        (None, "photo"),
        ("a" * 200 + ".png", "a" * 96 + ".png"),
        ("\u202egnp.exe", "gnp.exe"),
    ],
)
def test_names_of_files_are_made_safe(name: str | None, safe: str) -> None:
    assert name_safely(name, "photo") == safe
