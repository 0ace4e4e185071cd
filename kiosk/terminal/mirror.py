"""The journal once more on a second medium: a stick, or a folder of a room computer.

Optional. After each commit the whole `.transfer` of the open session is written anew, beside the exam
(`aside`): a medium that is slow skips what was overtaken, one that is full, pulled out or replaced by
another is tried again, and nobody at the seat waits or notices. While somebody sits it is also written
every `ALIVE_MS`, so that a mirror that no longer changes is one whose terminal is silent.
"""

from __future__ import annotations

from kiosk.artefacts.keys import file_name
from kiosk.artefacts.self_check import MIRROR, Finding
from kiosk.terminal.aside import Aside
from kiosk.terminal.moving import outgoing
from kiosk.terminal.ports import Ports
from kiosk.terminal.seat import Seat
from kiosk.terminal.stick import Stick
from kiosk.words import mark

ALIVE_MS = 15_000
SILENT_MS = 40_000
"""A mirror unchanged for so long is of a terminal that no longer writes."""

RETRY_MS = 2_000
LATE_MS = 3_000
"""A write under way for less than this is not called a lag."""


class Mirror:
    """Follows the journal of the session that is open. `check` is for the proctor's screens."""

    def __init__(self, ports: Ports, medium: Stick) -> None:
        self._ports = ports
        self._medium = medium
        self._aside = Aside(ports.deliver, "mirror")
        self._there: bool | None = None
        self._wanted = 0
        """Entries of the journal when it was last asked to be written."""
        self._written = 0
        self._asked_ms = self._behind_since_ms = self._now_ms

    @property
    def check(self) -> Finding:
        """Whether the medium is there and holds all that is saved, else for how many seconds not."""
        if not self._there:
            if self._there is None:
                return Finding(MIRROR, "unknown")
            return Finding(MIRROR, "weak", mark("not there"))
        late_ms = self._now_ms - self._behind_since_ms
        if self._written < self._wanted and late_ms >= LATE_MS:
            return Finding(MIRROR, "weak", f"{late_ms // 1000} s")
        return Finding(MIRROR, "ok")

    @property
    def lag_s(self) -> int:
        """For how many seconds something saved has not been on the medium; 0 in step with it."""
        if self._written >= self._wanted:
            return 0
        return (self._now_ms - self._behind_since_ms) // 1000

    def follow(self, seat: Seat, *, sitting: bool) -> None:
        """Something was committed at a released seat, or time has passed.

        Args:
            sitting: whether somebody sits here.
        """
        count = seat.journal.tip.count
        waited_ms = self._now_ms - self._asked_ms
        if count > self._wanted:
            if self._written == self._wanted:
                self._behind_since_ms = self._now_ms
            self._wanted = count
            self._ask(seat)
        elif self._aside.busy:
            return
        elif self._written < self._wanted or not self._there:
            if waited_ms >= RETRY_MS:
                self._ask(seat)
        elif sitting and waited_ms >= ALIVE_MS:
            self._ask(seat)

    def look(self) -> None:
        """Before the release there is nothing to write: look whether the medium is there."""
        if not self._aside.busy and (
            self._there is None or self._now_ms - self._asked_ms >= RETRY_MS
        ):
            self._asked_ms = self._now_ms
            self._aside.ask(lambda: self._medium.present, self._seen, lambda _: self._seen(False))

    def begin(self) -> None:
        """Another journal is open, or none."""
        self._wanted = self._written = 0

    def close(self) -> None:
        self._aside.close()

    # --- parts --------------------------------------------------------------------------------------

    @property
    def _now_ms(self) -> int:
        return self._ports.time.now_ms()

    def _ask(self, seat: Seat) -> None:
        asked_ms = self._asked_ms = self._now_ms
        journal, session, keys = seat.journal, seat.plan.id, self._ports.keys
        name = f"{file_name(keys.record)}-{journal.path.stem}.transfer"

        def work() -> int | None:
            rows, head = journal.sealed()
            pulse = journal.pulse
            if pulse is None or not self._medium.present:
                return None
            self._medium.put(name, outgoing(rows, head, session, pulse, keys))
            return len(rows)

        def done(count: int | None) -> None:
            self._seen(count is not None)
            if count is not None:
                self._written = count
                self._behind_since_ms = asked_ms

        self._aside.ask(work, done, lambda _fault: self._seen(self._there is not False))

    def _seen(self, there: bool) -> None:
        self._there = there
