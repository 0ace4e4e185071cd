"""The hand-in slip: what a candidate takes away, SHA-256(0x00 || package), in words, digits and QR.

It proves later that the station scored the package that was handed in. It never permits deletion:
only the station's receipt does.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.artefacts.fingerprint import words
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.qr import Prefix, from_text, to_text
from kiosk.errors import InputRefused
from kiosk.words import mark

_DIGITS = 12


class HandInSlip(Struct, frozen=True, forbid_unknown_fields=True):
    """`leaf` is the package's leaf hash in the transparency log, 32 bytes."""

    leaf: bytes

    def words(self, lang: str) -> tuple[str, ...]:
        """Four words for the sign-out sheet."""
        return words(self.leaf, 4, lang)

    @property
    def digits(self) -> str:
        """Twelve digits in groups of four, from the last 8 bytes of the leaf."""
        number = int.from_bytes(self.leaf[-8:], "big") % 10**_DIGITS
        text = f"{number:0{_DIGITS}d}"
        return " ".join(text[at : at + 4] for at in range(0, _DIGITS, 4))


def slip_for(package: bytes) -> HandInSlip:
    return HandInSlip(leaf_hash(package))


def slip_text(slip: HandInSlip) -> str:
    """The text of the slip's QR code."""
    return to_text(Prefix.SLIP, slip.leaf)


def read_slip(text: str) -> HandInSlip:
    """The slip in a scanned text.

    Raises:
        InputRefused: another kind of code, or not read whole.
    """
    prefix, leaf = from_text(text)
    if prefix is not Prefix.SLIP or len(leaf) != 32:
        raise InputRefused(mark("this is not a hand-in slip"))
    return HandInSlip(leaf)
