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
from civic.rules.documents import MEDIA_TYPES, ending_of, name_safely
from storage.repositories.webchat import NewFile

_PICTURES: Final = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
_DOCUMENTS: Final = {
    **MEDIA_TYPES,
    "json": "application/json",
    "yaml": "application/yaml",
    "zip": "application/zip",
}
_ANY: Final = "application/octet-stream"
_APPLE_PICTURE: Final = re.compile(rb".{4}ftyp(?:hei|hev|mif|msf|avi)", re.DOTALL)
"""How HEIC and AVIF begin, which phones make and browsers may send under any name."""


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


def document(randomness: Randomness, name: str | None, content: bytes) -> NewFile:
    """Return a file to be downloaded; its type follows from its name alone."""
    safe = name_safely(name, "file")
    return NewFile(
        token=_token(randomness, safe, content),
        name=safe,
        media_type=_DOCUMENTS.get(ending_of(safe), _ANY),
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
