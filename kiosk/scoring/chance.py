"""Draws that a seed alone decides, so that a result can be derived again.

Bytes of draw n = SHAKE-256("kiosk/chance/1" || seed || n as 8 bytes, big-endian). A whole number below
m takes as many of them as m needs and 8 more, modulo m: the bias is under 2**-64.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Final

_DOMAIN: Final = b"kiosk/chance/1"
_STEPS: Final = 2**53


class Chance:
    """One evaluation's draws, in the order they are asked for."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        self._drawn += 1
        stream = hashlib.shake_256(_DOMAIN + self._seed + self._drawn.to_bytes(8, "big"))
        size = (limit.bit_length() + 7) // 8 + 8
        return int.from_bytes(stream.digest(size), "big") % limit

    def share(self) -> Fraction:
        """A number from 0 to 1, both possible."""
        return Fraction(self.below(_STEPS + 1), _STEPS)
