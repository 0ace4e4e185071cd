"""Raster pictures: opened within limits, and always encoded again as PNG.

What comes out was drawn by us from the pixels: no metadata, no colour profile, no trailing bytes, one
frame. The size is checked from the header, before a pixel is decoded.
"""

from __future__ import annotations

import io
import warnings
from typing import Final

from msgspec import Struct
from PIL import Image, ImageOps, UnidentifiedImageError

from kiosk.errors import InputRefused
from kiosk.words import mark

MAX_SOURCE_BYTES: Final = 10 * 1024 * 1024
MAX_SIDE_PX: Final = 4096
MAX_PIXELS: Final = 8_000_000
MAX_SCANS: Final = 100
"""Of a progressive JPEG, which takes a pass over all pixels for each; encoders write about ten."""
MAX_EXIF_BYTES: Final = 64 * 1024
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")


class SafeImage(Struct, frozen=True):
    png: bytes
    width_px: int
    height_px: int


def reencode(data: bytes, name: str) -> SafeImage:
    """The picture `data` (PNG, JPEG, GIF, WebP or BMP) as a PNG of our own.

    Raises:
        InputRefused: not a picture, damaged, animated, too large in bytes or pixels.
    """
    if len(data) > MAX_SOURCE_BYTES:
        raise InputRefused(
            mark("a picture larger than {n} MiB"),
            where=name,
            remedy=_SMALLER,
            n=MAX_SOURCE_BYTES // 1024 // 1024,
        )
    if data.startswith(b"\xff\xd8") and (
        data.count(b"\xff\xda") > MAX_SCANS or data.count(b"Exif\0\0") > 1
    ):
        raise _overloaded(name)
    try:
        with warnings.catch_warnings():
            # Our own limits are below Pillow's, whose checks only warn.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                return _drawn(picture, name)
    except InputRefused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as fault:
        raise _damaged(name) from fault
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        MemoryError,
        OverflowError,
    ) as fault:
        # Pillow's decoders raise these too on damaged files.
        raise _damaged(name) from fault


def _drawn(picture: Image.Image, name: str) -> SafeImage:
    width, height = picture.size
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS or min(width, height) < 1:
        raise InputRefused(
            mark("a picture of {width} x {height} pixels"),
            where=name,
            remedy=_SMALLER,
            width=width,
            height=height,
        )
    if getattr(picture, "is_animated", False):
        raise InputRefused(
            mark("an animated picture"),
            where=name,
            remedy=mark("Use one frame of it as a still picture"),
        )
    if any(len(picture.info.get(key, b"")) > MAX_EXIF_BYTES for key in _EXIF):
        raise _overloaded(name)
    upright = ImageOps.exif_transpose(picture)
    see_through = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "RGB")
    # A new image takes the pixels alone: no text chunks, no profile.
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    png = io.BytesIO()
    clean.save(png, "PNG", optimize=True)
    return SafeImage(png.getvalue(), clean.width, clean.height)


def _overloaded(name: str) -> InputRefused:
    return InputRefused(
        mark("a picture with more beside its pixels than a picture needs"),
        where=name,
        remedy=mark("Save it again from a picture editor, without metadata and not progressive"),
    )


def _damaged(name: str) -> InputRefused:
    return InputRefused(
        mark("not a picture, or a damaged one"),
        where=name,
        remedy=mark("Use PNG, JPEG, GIF, WebP, BMP or SVG; save it again from a picture editor"),
    )


_EXIF: Final = ("exif", "Raw profile type exif")
_SMALLER: Final = mark("Make it smaller: at most 4096 pixels a side")
