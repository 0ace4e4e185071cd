"""A common start at this seat: the spoken code, how often it may be tried, and who is late by how much."""

from __future__ import annotations

from kiosk.artefacts.admission import plain_number
from kiosk.artefacts.chain import CommonStart
from kiosk.artefacts.common_start import StartCodes, late_ms
from kiosk.artefacts.session import Candidate
from kiosk.assessment.sitting import Started
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.release import CodeRefused
from kiosk.terminal.room_clock import RoomClock
from kiosk.words import mark

FREE_TRIES = 5
FIRST_WAIT_MS = 15_000
LONGEST_WAIT_MS = 4 * 60_000


class StartKeeper:
    """Takes the code of one session at one seat. Wrong ones cost time, whoever types them."""

    def __init__(
        self, codes: StartCodes, clock: RoomClock, time: TimeSource, late_loses: bool
    ) -> None:
        self._codes = codes
        self._clock = clock
        self._time = time
        self._late_loses = late_loses
        self._wrong = 0
        self._until_ms = 0

    def start(self, typed: str, candidate: Candidate) -> tuple[CommonStart, Started]:
        """The start of a candidate's sitting with the code that was typed.

        Raises:
            CodeRefused: not the code, or too many were tried.
        """
        now = self._time.now_ms()
        if now < self._until_ms:
            raise CodeRefused(
                mark("Too many wrong codes. Please wait {seconds} seconds"),
                seconds=-(-(self._until_ms - now) // 1000),
            )
        code = plain_number(typed)
        began_s = self._codes.began(code)
        if began_s is None:
            self._count_wrong(now)
            raise CodeRefused(mark("This is not the code of the start. Listen again, or ask"))
        self._wrong = 0
        counted_s = self._clock.now_s(self._time)
        late = late_ms(began_s, counted_s, candidate.terms.duration_ms) if self._late_loses else 0
        told = CommonStart(now, code, began_s, self._clock.earliest_s(self._time), counted_s)
        return told, Started(self._time.boot, now, late)

    def _count_wrong(self, now: int) -> None:
        self._wrong += 1
        over = self._wrong - FREE_TRIES
        if over >= 0:
            self._until_ms = now + min(FIRST_WAIT_MS << min(over, 8), LONGEST_WAIT_MS)
