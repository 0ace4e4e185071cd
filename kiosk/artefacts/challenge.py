"""The challenge a locked terminal shows as QR: who asks, for which session, and how far it has come.

It is not signed: what it says is checked when the answer comes back, sealed to the terminal's own
key. The journal's count and head let the desk see a terminal whose journal went backwards.
"""

from __future__ import annotations

import os
from enum import IntEnum

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.qr import Prefix, from_text, to_text
from kiosk.errors import InputRefused
from kiosk.words import mark

NONCE_BYTES = 12
HEAD_BYTES = 16


class Phase(IntEnum):
    """What the terminal is waiting for."""

    LOCKED = 0
    """Never released in this session."""
    INTERRUPTED = 1
    """Came back after a crash or power cut; a sitting is open."""
    RUNNING = 2
    PAUSED = 3
    IDLE = 4
    """Released, nobody is sitting."""


class Challenge(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """`head` is the first 16 bytes of the journal's head; `remaining_s` of the open sitting or 0;
    `granted_min` the extra time proctors granted it so far."""

    terminal: bytes
    session: str
    nonce: bytes
    count: int
    head: bytes
    phase: Phase
    remaining_s: int = 0
    granted_min: int = 0


def new_nonce() -> bytes:
    return os.urandom(NONCE_BYTES)


def challenge_text(challenge: Challenge) -> str:
    """The text of the challenge's QR code."""
    return to_text(Prefix.CHALLENGE, encode(challenge))


def read_challenge(text: str) -> Challenge:
    """The challenge in a scanned text.

    Raises:
        InputRefused: another kind of code, or not read whole.
    """
    prefix, data = from_text(text)
    if prefix is not Prefix.CHALLENGE:
        raise InputRefused(
            mark("this is not a terminal's code"), remedy=mark("Scan the code on the terminal")
        )
    return decode(data, Challenge, mark("terminal's code"))
