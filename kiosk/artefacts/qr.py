"""What our QR codes say: a letter, a version, a colon, and base45 (RFC 9285).

`C1:` a terminal's challenge, `T1:` a proctor's answer to it, `R1:` a room token, `H1:` a hand-in slip,
`K1:` a proctor's card, `S1:` a candidate's admission slip, `F1:` one of a row of codes, `E1:` a certificate,
for an employer, `N1:` a device's request to be enrolled. Every character is in QR's alphanumeric
set, so that codes stay small and a keyboard-wedge scanner can type them on any keyboard layout.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import base45

from kiosk.errors import InputRefused
from kiosk.words import mark

MAX_TEXT = 4 * 1024
"""Characters looked at before decoding; a QR code holds no more."""


QUIET_MODULES = 4
"""Width of the quiet zone (ISO/IEC 18004)."""


class Prefix(StrEnum):
    CHALLENGE = "C1:"
    ANSWER = "T1:"
    ROOM = "R1:"
    SLIP = "H1:"
    CARD = "K1:"
    ADMISSION = "S1:"
    FRAME = "F1:"
    CERTIFICATE = "E1:"
    ENROLMENT = "N1:"


def to_text(prefix: Prefix, data: bytes) -> str:
    """The text of a QR code."""
    encoded: bytes = base45.b45encode(data)
    return prefix + encoded.decode("ascii")


def from_text(text: str) -> tuple[Prefix, bytes]:
    """Which code `text` is and its bytes; case is folded because a caps lock may be on.

    Raises:
        InputRefused: too long, not one of our codes, or not base45.
    """
    if len(text) > MAX_TEXT:
        raise InputRefused(mark("the scanned code is too long to be one of ours"))
    # A space is a base45 digit, so only what a scanner adds (line ends, tabs) is stripped.
    text = text.strip("\r\n\t").upper()
    prefix = next((prefix for prefix in Prefix if text.startswith(prefix)), None)
    if prefix is None:
        raise InputRefused(
            mark("this code belongs to another system"), remedy=mark("Scan the code again")
        )
    try:
        data: bytes = base45.b45decode(text[len(prefix) :])
    except ValueError:
        data = b""
    if not data:
        raise InputRefused(mark("the code was not read whole"), remedy=mark("Scan the code again"))
    return prefix, data


def matrix(text: str, correction: Literal["M", "Q"] = "M") -> list[list[bool]]:
    """The modules of the QR code for `text`, dark is True, without the quiet zone.

    Error correction M suits screens, Q paper.
    """
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

    level = ERROR_CORRECT_M if correction == "M" else ERROR_CORRECT_Q
    code = qrcode.QRCode(error_correction=level, border=0)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]
