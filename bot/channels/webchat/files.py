"""Files: what their bytes say they are, and the tokens under which they are kept."""

import hashlib
import io
import mimetypes
import re
import warnings
from dataclasses import dataclass
from typing import Final

from aiogram import Bot
from aiogram.types import InputFile
from PIL import Image

from civic.ports import Randomness
from civic.rules.texts import one_line
from storage.repositories.webchat import NewFile

NAME_LIMIT: Final = 100
"""Characters of a file name that are kept."""
_PICTURES: Final = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
_DOCUMENTS: Final = {
    "csv": "text/csv",
    "json": "application/json",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml",
    "zip": "application/zip",
}
_ANY: Final = "application/octet-stream"
_APPLE_PICTURE: Final = re.compile(rb".{4}ftyp(?:hei|hev|mif|msf|avi)", re.DOTALL)
"""How HEIC and AVIF begin, which phones make and browsers may send under any name."""
_PATH: Final = re.compile(r'[/\\<>:"|?*\0]+')


@dataclass(frozen=True, slots=True)
class Picture:
    """What the header of a picture says."""

    media_type: str
    width: int
    height: int


def look(content: bytes) -> Picture | None:
    """Return what kind of picture the bytes begin; None when browsers would not show it."""
    try:
        with warnings.catch_warnings():
            # Only the header is read, so a picture that would be huge unpacked does no harm.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_PICTURES)) as image:
                return Picture(_PICTURES[image.format or ""], *image.size)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def is_picture(name: str | None, content: bytes) -> bool:
    """Tell whether a file is a picture by its bytes or its name, of whatever kind."""
    guessed, _encoding = mimetypes.guess_type(name or "")
    return (
        look(content) is not None
        or (guessed or "").startswith("image/")
        or _APPLE_PICTURE.match(content) is not None
    )


def name_safely(name: str | None, otherwise: str) -> str:
    """Return a file name without folders, control characters or needless length."""
    cleaned = one_line(_PATH.sub(" ", name or "")).strip(" .")
    if len(cleaned) > NAME_LIMIT:
        stem, dot, ending = cleaned.rpartition(".")
        cleaned = f"{stem[: NAME_LIMIT - len(ending) - 1]}{dot}{ending}"[:NAME_LIMIT]
    return cleaned or otherwise


def document(randomness: Randomness, name: str | None, content: bytes) -> NewFile:
    """Return a file to be downloaded; its type follows from its name alone."""
    safe = name_safely(name, "file")
    return NewFile(
        token=_token(randomness, safe, content),
        name=safe,
        media_type=_DOCUMENTS.get(safe.rpartition(".")[2].lower(), _ANY),
        content=content,
    )


def photo(randomness: Randomness, name: str | None, content: bytes) -> NewFile | None:
    """Return a picture to be shown; None when the bytes are none."""
    picture = look(content)
    if picture is None:
        return None
    safe = name_safely(name, "photo")
    return NewFile(
        token=_token(randomness, safe, content),
        name=safe,
        media_type=picture.media_type,
        content=content,
        width=picture.width,
        height=picture.height,
    )


async def read(bot: Bot, file: InputFile) -> bytes:
    """Return the bytes of a file that is to be sent."""
    return b"".join([chunk async for chunk in file.read(bot)])


def _token(randomness: Randomness, name: str, content: bytes) -> str:
    # The same file has the same token, so that a picture sent to a thousand people is kept once;
    # only who holds the service's key can compute it.
    return randomness.keyed_hash("webchat-file", name, hashlib.sha256(content).hexdigest())
