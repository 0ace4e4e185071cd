"""Pictures are drawn again by us, or refused; a small file that is a huge picture is refused unopened."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from kiosk.errors import InputRefused
from kiosk.readers.images import MAX_SIDE_PX, MAX_SOURCE_BYTES, reencode


def picture(kind: str, size: tuple[int, int] = (8, 6), **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, kind, **options)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    crc = zlib.crc32(b"IHDR" + head)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", crc)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_every_usual_kind_becomes_a_png_of_the_same_size(kind: str) -> None:
    safe = reencode(picture(kind), f"a.{kind}")
    assert (safe.width_px, safe.height_px) == (8, 6)
    with Image.open(io.BytesIO(safe.png)) as read:
        assert read.format == "PNG"
        red, _, blue = read.convert("RGB").getpixel((3, 3))
        assert red > 150 > blue


def test_nothing_but_the_pixels_travels() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "the key is C")
    data = picture("PNG", pnginfo=info, icc_profile=b"not a profile") + b"<script>"
    safe = reencode(data, "a.png")
    assert b"the key is C" in data
    for hidden in (b"the key is C", b"tEXt", b"iCCP", b"script"):
        assert hidden not in safe.png


def test_transparency_stays() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (2, 2), (0, 0, 0, 0)).save(file, "PNG")
    with Image.open(io.BytesIO(reencode(file.getvalue(), "a.png").png)) as read:
        assert read.mode == "RGBA"


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (MAX_SIDE_PX + 1, 1), (4_000, 4_000)]
)
def test_a_bomb_is_refused_from_its_header(width: int, height: int) -> None:
    with pytest.raises(InputRefused, match=r"pixels|damaged"):
        reencode(png_header(width, height), "bomb.png")


def test_an_animation_is_refused() -> None:
    frames = [Image.new("RGB", (4, 4), (80 * n, 0, 0)) for n in range(3)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(InputRefused, match="animated"):
        reencode(file.getvalue(), "a.gif")


def test_a_file_of_another_kind_is_refused() -> None:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "TIFF")
    for data in (file.getvalue(), b"%!PS-Adobe-3.0 EPSF-3.0", b"", b"<svg/>"):
        with pytest.raises(InputRefused, match="not a picture"):
            reencode(data, "a.png")


def test_a_file_too_large_is_refused_unread() -> None:
    with pytest.raises(InputRefused, match="MiB"):
        reencode(b"\0" * (MAX_SOURCE_BYTES + 1), "a.png")


@given(st.integers(8, 80), st.binary(min_size=1, max_size=4))
def test_a_damaged_picture_is_read_or_refused_and_nothing_else(at: int, garbage: bytes) -> None:
    data = picture("PNG")
    try:
        reencode(data[:at] + garbage + data[at + len(garbage) :], "a.png")
    except InputRefused as refused:
        assert refused.where == "a.png"  # noqa: PT017 - either outcome is right
