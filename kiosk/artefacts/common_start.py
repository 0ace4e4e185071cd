"""The spoken code of a common start: six digits that say in which minute of the window it was given.

A room without a network has no other way to tell thirty seats at once. The code opens nothing: it
starts the clocks of seats that are released and signed in. Desk and seats make it from one key,
derived from the session key, and the minute by the desk's clock: HOTP (RFC 4226) with SHA-256. A seat
knows the codes of all minutes, so it takes a code and learns from it when the start was.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import context, derive_key

DIGITS = 6
MINUTE_S = 60
MOST_MINUTES = 12 * 60
"""Minutes of a window that have a code: with them all, one guess in 1,388 hits."""


def start_key(session_key: bytes, session: str) -> bytes:
    """The key of a session's codes, from K_s; the station gives it to the proctors' desks."""
    return derive_key(session_key, context(Kind.SESSION, session, "common start"))


class StartCodes:
    """The codes of one session, no two alike."""

    def __init__(self, key: bytes, opens_at: int, closes_at: int) -> None:
        """
        Args:
            key: `start_key`.
            opens_at, closes_at: the session's window.
        """
        self._opens_at = opens_at
        minutes = min((closes_at - opens_at) // MINUTE_S + 1, MOST_MINUTES)
        self._minutes: dict[str, int] = {}
        counter = 0
        while len(self._minutes) < minutes:
            # The rare minute whose code is taken gets the next one: both sides count alike.
            self._minutes.setdefault(_hotp(key, counter), len(self._minutes))
            counter += 1
        self._codes = tuple(self._minutes)

    def at(self, now_s: int) -> tuple[str, int]:
        """The code of a start given at `now_s`, and that minute's beginning, UTC epoch seconds; outside
        of the window those of its first or last minute."""
        minute = (now_s - self._opens_at) // MINUTE_S
        minute = min(max(minute, 0), len(self._codes) - 1)
        return self._codes[minute], self._opens_at + minute * MINUTE_S

    def began(self, code: str) -> int | None:
        """When the start was that `code` tells of, UTC epoch seconds; None where it is no code."""
        minute = self._minutes.get(code)
        return None if minute is None else self._opens_at + minute * MINUTE_S


GRACE_S = 3 * MINUTE_S
"""Who types the code within this time is not late: it takes a while to be said and typed, and the
clocks of a room differ."""


def late_ms(began_s: int, counted_s: int, duration_ms: int) -> int:
    """The time that somebody loses who begins at `counted_s`: the whole minutes gone, and never all."""
    gone_s = counted_s - began_s
    if gone_s < GRACE_S:
        return 0
    return max(0, min(gone_s // MINUTE_S, duration_ms // 60_000 - 1)) * 60_000


def _hotp(key: bytes, counter: int) -> str:
    """RFC 4226 section 5.3, with SHA-256."""
    digest = hmac.digest(key, counter.to_bytes(8, "big"), sha256)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
