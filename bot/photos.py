"""Makes what people send as photos safe to keep and to show."""

import asyncio
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from civic.model.refusal import Reason, Refused
from civic.rules.ideas import PHOTO_LIMIT_MB

MAX_SIDE: Final = 1280
"""Pixels; enough for a phone, small enough for a slow link."""
MAX_PIXELS: Final = 24_000_000
"""What may be unpacked at once: about 100 MB of memory."""
MAX_RATIO: Final = 20
"""Messengers refuse pictures that are narrower than this."""
QUALITY: Final = 82
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_BYTES_IN_MB: Final = 1024 * 1024


class PillowPhotoReader:
    """Implements `civic.ports.PhotoReader`."""

    def __init__(self) -> None:
        """Unpack one photo at a time, whoever sends how many: each may need a lot of memory."""
        self._unpacking = asyncio.Lock()

    async def clean(self, content: bytes) -> bytes:
        """Return an upright JPEG of at most `MAX_SIDE` px a side, made of pixels alone.

        Raises `Refused` with `PHOTO_TOO_LARGE` or `PHOTO_UNREADABLE`.
        """
        if len(content) > PHOTO_LIMIT_MB * _BYTES_IN_MB:
            raise _too_large()
        async with self._unpacking:
            return await asyncio.to_thread(_clean, content)


def _clean(content: bytes) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            # A JPEG is unpacked at about the wanted size at once, however large it is.
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            _require_fit(image)
            return _as_jpeg(image)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:  # broken or hostile files make decoders raise anything
        raise Refused(Reason.PHOTO_UNREADABLE) from error


def _require_fit(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_large()
    if max(image.size) > MAX_RATIO * min(image.size):
        raise Refused(Reason.PHOTO_UNREADABLE)


def _as_jpeg(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    # A new image has nothing but pixels: no place, no phone model, no author, no comment.
    bare = Image.new("RGB", upright.size, "white")
    bare.paste(upright, mask=upright)
    packed = BytesIO()
    bare.save(packed, "JPEG", quality=QUALITY, optimize=True)
    return packed.getvalue()


def _too_large() -> Refused:
    return Refused(Reason.PHOTO_TOO_LARGE, limit_mb=PHOTO_LIMIT_MB)
