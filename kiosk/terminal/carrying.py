"""What the flow does with a stick: a sitting given away goes onto it, one to take over is found on it.

The stick is looked at once a second while a screen waits for it, beside the exam.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from kiosk.artefacts.frames import Collector
from kiosk.errors import InputRefused
from kiosk.terminal.aside import Aside
from kiosk.terminal.mirror import SILENT_MS
from kiosk.terminal.moving import Arrival, Origin, arrival, origin
from kiosk.terminal.ports import Ports
from kiosk.terminal.release import CodeRefused
from kiosk.terminal.seat import Seat
from kiosk.terminal.stages import GivenAway
from kiosk.terminal.stick import Stick
from kiosk.terminal.views import Notice
from kiosk.words import mark

LOOK_MS = 1_000

Files = tuple[tuple[str, bytes], ...]
"""Name and bytes of each."""


class Judged(Struct, frozen=True):
    """A file as it was first seen, and what can go on of it here."""

    data: bytes
    seen_ms: int
    arrival: Arrival | None


class Carrier:
    """Looks at the stick for the flow, and collects scanned codes."""

    def __init__(self, ports: Ports, changed: Callable[[], None]) -> None:
        self.guests: tuple[Arrival, ...] = ()
        """The sittings on the stick that can go on here, the newest first."""
        self.chosen: Arrival | None = None
        self._ports = ports
        self._changed = changed
        self._aside = Aside(ports.deliver, "stick")
        self._looked_ms: int | None = None
        self._open = False
        """Whether a screen waits for guests."""
        self._known: dict[bytes, Judged] = {}
        self._collector = Collector()
        self._scanned: Files = ()

    @property
    def due(self) -> bool:
        """Whether it is time to look at the stick, and the last look is over."""
        now = self._now_ms
        if self._aside.busy or (self._looked_ms is not None and now - self._looked_ms < LOOK_MS):
            return False
        self._looked_ms, self._open = now, True
        return True

    def write(self, given: GivenAway) -> None:
        """Put a sitting that was given away onto the stick, when there is one."""
        stick = self._ports.stick

        def work() -> bool:
            if not stick.present:
                return False
            stick.put(given.name, given.data)
            return True

        def done(written: bool) -> None:
            given.mistake = None
            given.written = given.written or written
            self._changed()

        def failed(_fault: Exception) -> None:
            given.mistake = Notice(_NOT_WRITTEN, tone="warn")
            self._changed()

        self._aside.ask(work, done, failed)

    def look(self, seat: Seat) -> None:
        """Find the sittings on stick and mirror that can go on at this released seat.

        One on a mirror shows once its terminal has been silent for a while: until then it may live.
        """
        stick, mirror, opened = self._ports.stick, self._ports.mirror, seat.opened
        trust, taken, now_ms = self._ports.installed.trust(), set(seat.taken), self._now_ms
        if opened is None:
            return

        known, scanned = self._known, self._scanned

        def judged(files: Files) -> list[Judged]:
            return [
                known.get(data) or Judged(data, now_ms, arrival(name, data, opened, trust))
                for name, data in files
            ]

        def work() -> tuple[list[Judged], tuple[Arrival, ...]]:
            sticks = judged((*scanned, *_files_on(stick)))
            mirrors = judged(_files_on(mirror))
            found = [one.arrival for one in sticks if one.arrival]
            found += [
                one.arrival
                for one in mirrors
                if one.arrival and (one.arrival.given or now_ms - one.seen_ms >= SILENT_MS)
            ]
            first: dict[Origin, Arrival] = {}
            for one in found:
                first.setdefault(origin(one.statement), one)
            return sticks + mirrors, tuple(one for key, one in first.items() if key not in taken)

        def done(result: tuple[list[Judged], tuple[Arrival, ...]]) -> None:
            self._known = {one.data: one for one in result[0]}
            self._found(result[1])

        self._aside.ask(work, done, lambda _fault: self._found(()))

    def take(self, scanned: str) -> Notice:
        """Take one of a row of codes; how far it has come.

        Raises:
            CodeRefused: it was not read whole.
        """
        try:
            whole = self._collector.take(scanned)
        except InputRefused as fault:
            raise CodeRefused(mark("The code was not read whole. Scan again")) from fault
        if whole is None:
            read, count = self._collector.read, self._collector.count
            return Notice(mark("{read} of {count} codes read"), {"read": read, "count": count})
        self._scanned, self._looked_ms = (("", whole),), None
        return Notice(mark("All codes were read"))

    def choose(self, number: int) -> None:
        """Choose guest `number`, counting from 1."""
        if 1 <= number <= len(self.guests):
            self.chosen = self.guests[number - 1]

    def forget(self) -> None:
        """The screen that needs the stick is closed."""
        self._open = False
        self.guests, self.chosen, self._looked_ms = (), None, None
        self._collector, self._scanned = Collector(), ()

    def close(self) -> None:
        self._aside.close()

    @property
    def _now_ms(self) -> int:
        return self._ports.time.now_ms()

    def _found(self, guests: tuple[Arrival, ...]) -> None:
        if not self._open:
            return
        self.guests = guests
        if len(guests) == 1:
            (self.chosen,) = guests
        elif self.chosen not in guests:
            self.chosen = None
        self._changed()


def _files_on(medium: Stick | None) -> Files:
    return medium.transfers() if medium is not None and medium.present else ()


_NOT_WRITTEN = mark("The stick did not take it. Put in another one")
