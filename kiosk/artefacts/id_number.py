"""A resident identity number (GB 11643), and the keyed digest by which a session knows it.

The session never holds the number: eighteen digits with a birthday in them are soon guessed, so only a
digest under a key derived from the session key goes into the roster.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import context, derive_key

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = tuple(2**place % 11 for place in range(17, 0, -1))
_CHECKS = "10X98765432"
"""By the weighted sum modulo 11: GB 11643, ISO 7064 MOD 11-2."""


def looks_like_id_number(number: str) -> bool:
    """Whether it has the shape of one: 17 digits, then a digit or X."""
    return _SHAPE.fullmatch(number) is not None


def id_number_holds(number: str) -> bool:
    """Whether a number of that shape has the last character its digits ask for."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[total % 11] == number[17]


def id_digest(session_key: bytes, session: str, number: str) -> bytes:
    """What the roster holds of an identity number.

    Args:
        session_key: K_s.
        number: in its plain form: 18 characters, a capital X.
    """
    key = derive_key(session_key, context(Kind.SESSION, session, "id-number"))
    return hmac.digest(key, number.encode("ascii"), hashlib.sha256)
