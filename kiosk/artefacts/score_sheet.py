"""`.scoresheet`: marks of practice, simulator or review, in the file they were written in, signed by the
assessor who answers for them.

The file itself lies inside, byte for byte: what was signed can be opened and read again years later, and
cannot be parted from its signature on a stick.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.artefacts.kinds import Kind
from kiosk.words import mark

Format = Literal["xlsx", "xapi"]
"""A table as spreadsheet programs write it, or xAPI statements, one JSON object a line."""

MAX_BYTES = 16 * 1024 * 1024


class ScoreSheet(Struct, frozen=True, forbid_unknown_fields=True):
    """`name` is the file's as it was signed, and nothing relies on it; `signed_at` UTC epoch seconds by
    the assessor's clock."""

    format: Format
    name: str
    content: bytes
    signed_at: int


def write_score_sheet(sheet: ScoreSheet, assessor: Signer) -> bytes:
    """The bytes of a `.scoresheet`."""
    return sign(encode(sheet), Kind.SCORE_SHEET, assessor)


def read_score_sheet(data: bytes) -> Frame:
    """The frame of a `.scoresheet`; its `kid` hints at the assessor."""
    return read_frame(data, mark("score sheet"))


def score_sheet(frame: Frame, assessor: KeyRecord) -> ScoreSheet:
    """The sheet, once the assessor's signature holds."""
    payload = verified(frame, Kind.SCORE_SHEET, assessor, mark("score sheet"))
    return decode(payload, ScoreSheet, mark("score sheet"))
