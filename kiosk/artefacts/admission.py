"""The admission slip's QR: which session, and which candidate number. It proves nothing.

Not signed: the roster inside the session says who may sit, and a proctor looks at the person.
"""

from __future__ import annotations

import unicodedata

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.qr import Prefix, from_text, to_text
from kiosk.errors import InputRefused
from kiosk.words import mark


class Admission(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    session: str
    number: str


def plain_number(typed: str) -> str:
    """A candidate or identity number however it was written: full width, spaced, in small letters. Two
    numbers that are the same here are the same at a seat."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(letter for letter in plain if not letter.isspace() and letter != "-").upper()


def admission_text(admission: Admission) -> str:
    """The text of an admission slip's QR code."""
    return to_text(Prefix.ADMISSION, encode(admission))


def read_admission(text: str) -> Admission:
    """The admission in a scanned text.

    Raises:
        InputRefused: another kind of code, or not read whole.
    """
    prefix, data = from_text(text)
    if prefix is not Prefix.ADMISSION:
        raise InputRefused(
            mark("this is not an admission slip"), remedy=mark("Scan the admission slip")
        )
    return decode(data, Admission, mark("admission slip"))
