"""What the flow does with a stick: a sitting given away goes onto it, one to take over is found on it.

The stick is looked at once a second while a screen waits for it, beside the exam.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.terminal.aside import Aside
from kiosk.terminal.moving import Arrival, arrivals
from kiosk.terminal.ports import Ports
from kiosk.terminal.seat import Seat
from kiosk.terminal.stages import GivenAway
from kiosk.terminal.views import Notice
from kiosk.words import mark

LOOK_MS = 1_000


class Carrier:
    """Looks at the stick for the flow."""

    def __init__(self, ports: Ports, changed: Callable[[], None]) -> None:
        self.guests: tuple[Arrival, ...] = ()
        """The sittings on the stick that can go on here, the newest first."""
        self.chosen: Arrival | None = None
        self._ports = ports
        self._changed = changed
        self._aside = Aside(ports.deliver, "stick")
        self._looked_ms: int | None = None

    @property
    def due(self) -> bool:
        """Whether it is time to look at the stick, and the last look is over."""
        now = self._ports.time.now_ms()
        if self._aside.busy or (self._looked_ms is not None and now - self._looked_ms < LOOK_MS):
            return False
        self._looked_ms = now
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
        """Find the sittings on the stick that can go on at this released seat."""
        stick, opened = self._ports.stick, seat.opened
        trust, taken = self._ports.installed.trust(), frozenset(seat.taken)
        if opened is None:
            return

        def work() -> tuple[Arrival, ...]:
            return arrivals(stick.transfers() if stick.present else (), opened, trust, taken)

        self._aside.ask(work, self._found, lambda _fault: self._found(()))

    def choose(self, number: int) -> None:
        """Choose guest `number`, counting from 1."""
        if 1 <= number <= len(self.guests):
            self.chosen = self.guests[number - 1]

    def forget(self) -> None:
        """The screen that needs the stick is closed."""
        self.guests, self.chosen, self._looked_ms = (), None, None

    def close(self) -> None:
        self._aside.close()

    def _found(self, guests: tuple[Arrival, ...]) -> None:
        if self._looked_ms is None:
            return  # closed meanwhile
        self.guests = guests
        if len(guests) == 1:
            (self.chosen,) = guests
        elif self.chosen not in guests:
            self.chosen = None
        self._changed()


_NOT_WRITTEN = mark("The stick did not take it. Put in another one")
