"""Something too large for one QR code, as a row of them that a screen shows in turn.

Each frame says which whole it is of (8 bytes of its SHA-256), its number and how many there are; they
may be read in any order and as often as one likes. The digest only tells frames of one whole from
others': what makes the whole genuine is its own signature.
"""

from __future__ import annotations

import hashlib

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.qr import Prefix, from_text, to_text
from kiosk.errors import InputRefused
from kiosk.words import mark

CHUNK_BYTES = 370
"""Of the whole in one frame: a QR code of version 15, which old scanners read from old screens."""

MOST_FRAMES = 400
"""150 KB, three times a long sitting; more would take a hand too long."""

_DIGEST_BYTES = 8


class Frame(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """`number` counts from 1."""

    whole: bytes
    number: int
    count: int
    chunk: bytes


def frames_of(data: bytes) -> tuple[str, ...]:
    """The texts of the QR codes that carry `data`; none if it is too large for a row of codes."""
    chunks = [data[at : at + CHUNK_BYTES] for at in range(0, len(data), CHUNK_BYTES)]
    if len(chunks) > MOST_FRAMES:
        return ()
    whole = _digest(data)
    return tuple(
        to_text(Prefix.FRAME, encode(Frame(whole, number, len(chunks), chunk)))
        for number, chunk in enumerate(chunks, start=1)
    )


class Collector:
    """Frames as they are read. A frame of another whole begins anew."""

    def __init__(self) -> None:
        self._whole = b""
        self._count = 0
        self._chunks: dict[int, bytes] = {}

    @property
    def read(self) -> int:
        """How many different frames were read."""
        return len(self._chunks)

    @property
    def count(self) -> int:
        """How many there are; 0 before the first."""
        return self._count

    def take(self, text: str) -> bytes | None:
        """Read a frame; the whole once none is missing.

        Raises:
            InputRefused: another kind of code, damaged, or the whole is not what its frames say.
        """
        prefix, data = from_text(text)
        if prefix is not Prefix.FRAME:
            raise InputRefused(mark("this code is none of a row of codes"))
        frame = decode(data, Frame, mark("code of a row"))
        if not (0 < frame.number <= frame.count <= MOST_FRAMES and frame.chunk):
            raise InputRefused(mark("this code is none of a row of codes"))
        if (frame.whole, frame.count) != (self._whole, self._count):
            self._whole, self._count, self._chunks = frame.whole, frame.count, {}
        self._chunks[frame.number] = frame.chunk
        if len(self._chunks) < self._count:
            return None
        whole = b"".join(self._chunks[number] for number in sorted(self._chunks))
        if _digest(whole) != self._whole:
            self._chunks = {}
            raise InputRefused(mark("the row of codes was not read whole"))
        return whole


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_DIGEST_BYTES]
