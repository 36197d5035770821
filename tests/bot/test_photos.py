"""Photos that people send are made safe to keep and to show."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from bot.photos import MAX_PIXELS, MAX_SIDE, PillowPhotoReader
from civic.model.refusal import Reason, Refused
from civic.rules.ideas import PHOTO_LIMIT_MB

ORIENTATION = 0x0112
GPS = 0x8825
ROTATED_RIGHT = 6


def _packed(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def _opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


async def _refusal(content: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        await PillowPhotoReader().clean(content)
    return caught.value


async def test_where_a_photo_was_taken_is_removed() -> None:
    image = Image.new("RGB", (60, 40), "red")
    exif = image.getexif()
    exif.get_ifd(GPS)[2] = (IFDRational(50), IFDRational(15), IFDRational(3))
    exif[0x0110] = "PHONE-MODEL"
    sent = _packed(image, exif=exif.tobytes(), comment=b"SECRET-COMMENT")
    assert _opened(sent).getexif().get_ifd(GPS)
    assert b"PHONE-MODEL" in sent
    assert b"SECRET-COMMENT" in sent
    cleaned = await PillowPhotoReader().clean(sent)
    assert not dict(_opened(cleaned).getexif())
    assert b"PHONE-MODEL" not in cleaned
    assert b"SECRET-COMMENT" not in cleaned
    assert b"Exif" not in cleaned


async def test_a_photo_held_sideways_is_turned_upright() -> None:
    image = Image.new("RGB", (60, 40), "red")
    exif = image.getexif()
    exif[ORIENTATION] = ROTATED_RIGHT
    cleaned = await PillowPhotoReader().clean(_packed(image, exif=exif.tobytes()))
    assert _opened(cleaned).size == (40, 60)


@pytest.mark.parametrize("size", [(4000, 3000), (1000, 5000), (MAX_SIDE + 1, 100)])
async def test_a_large_photo_is_made_smaller(size: tuple[int, int]) -> None:
    cleaned = _opened(await PillowPhotoReader().clean(_packed(Image.new("RGB", size, "red"))))
    assert max(cleaned.size) == MAX_SIDE
    assert cleaned.width / cleaned.height == pytest.approx(size[0] / size[1], rel=0.02)


async def test_a_small_photo_keeps_its_size() -> None:
    cleaned = await PillowPhotoReader().clean(_packed(Image.new("RGB", (60, 40), "red")))
    assert _opened(cleaned).size == (60, 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_what_phones_send_becomes_a_jpeg(kind: str) -> None:
    cleaned = _opened(
        await PillowPhotoReader().clean(_packed(Image.new("RGB", (60, 40), "red"), kind))
    )
    assert cleaned.format == "JPEG"
    red, green, blue = cleaned.convert("RGB").getpixel((30, 20))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "1", "I;16"])
async def test_every_way_to_keep_colours_is_read(mode: str) -> None:
    cleaned = await PillowPhotoReader().clean(_packed(Image.new(mode, (60, 40)), "PNG"))
    assert _opened(cleaned).mode == "RGB"


async def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    cleaned = _opened(await PillowPhotoReader().clean(_packed(clear, "PNG")))
    assert cleaned.getpixel((30, 20)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"%PDF-1.7 \n",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64,
        b"\xff\xd8\xff\xe0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["empty", "text", "pdf", "heic", "broken", "svg"],
)
async def test_what_is_no_photo_is_refused_kindly(content: bytes) -> None:
    assert (await _refusal(content)).reason is Reason.PHOTO_UNREADABLE


async def test_half_a_photo_is_refused() -> None:
    whole = _packed(Image.effect_noise((300, 300), 90).convert("RGB"))
    assert (await _refusal(whole[: len(whole) // 2])).reason is Reason.PHOTO_UNREADABLE


async def test_a_strip_that_no_messenger_shows_is_refused() -> None:
    strip = _packed(Image.new("RGB", (2100, 100), "red"))
    assert (await _refusal(strip)).reason is Reason.PHOTO_UNREADABLE


async def test_a_file_beyond_the_limit_is_refused_before_it_is_opened() -> None:
    refusal = await _refusal(b"\x00" * (PHOTO_LIMIT_MB * 1024 * 1024 + 1))
    assert refusal.reason is Reason.PHOTO_TOO_LARGE
    assert refusal.facts == {"limit_mb": PHOTO_LIMIT_MB}


def _png_bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [int(MAX_PIXELS**0.5) + 10, 10_000, 60_000])
async def test_a_small_file_with_a_huge_picture_is_refused_unopened(side: int) -> None:
    assert (await _refusal(_png_bomb(side, side))).reason is Reason.PHOTO_TOO_LARGE


async def test_cleaning_a_photo_again_keeps_it_a_photo() -> None:
    once = await PillowPhotoReader().clean(_packed(Image.new("RGB", (60, 40), "red")))
    assert _opened(await PillowPhotoReader().clean(once)).size == (60, 40)


PHOTO = _packed(Image.new("RGB", (40, 30), "red"))


@settings(max_examples=50, deadline=None)
@given(place=st.integers(0, len(PHOTO) - 1), change=st.integers(1, 255))
async def test_a_damaged_file_is_a_photo_or_a_refusal_and_nothing_else(
    place: int, change: int
) -> None:
    damaged = bytearray(PHOTO)
    damaged[place] ^= change
    answer: Reason | str | None
    try:
        answer = _opened(await PillowPhotoReader().clean(bytes(damaged))).format
    except Refused as refused:
        answer = refused.reason
    assert answer in {"JPEG", Reason.PHOTO_UNREADABLE, Reason.PHOTO_TOO_LARGE}
