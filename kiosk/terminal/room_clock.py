"""What time it is in the room, for a common start: the wall clock, held within what proctors signed.

Whoever releases a seat signs the time of the desk's clock with it, and CLOCK_BOOTTIME counts on from
there. An answer to a challenge is at most two minutes old when it is taken; a room code may have been
carried round for half an hour. So a wall clock that is hours wrong moves nobody's start by more.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.artefacts.tokens import ANSWER_LIFETIME_S
from kiosk.terminal.clock import TimeSource

CARRIED_S = 30 * 60
"""How old a room code may be: so long the desk shows it."""


class RoomClock(Struct, frozen=True):
    """`signed_s` was signed (UTC epoch seconds) before `at_ms` of this boot, by `slack_s` at most."""

    signed_s: int
    at_ms: int
    slack_s: int = ANSWER_LIFETIME_S

    def earliest_s(self, time: TimeSource) -> int:
        """The earliest it can be now."""
        return self.signed_s + (time.now_ms() - self.at_ms) // 1000

    def now_s(self, time: TimeSource) -> int:
        """The time to count by."""
        earliest = self.earliest_s(time)
        return min(max(time.wall_s(), earliest), earliest + self.slack_s)
