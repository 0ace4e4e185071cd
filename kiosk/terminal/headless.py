"""The terminal without a window: the same flow, journal and outbox, driven by a program.

For rehearsals, simulated candidates and tests:

    with HeadlessTerminal(Path("state")) as terminal:
        terminal.send(Scanned(code))            # what a scanner would read
        terminal.wait_saved()                   # now it is on disk
        terminal.view                           # what a screen would show: kiosk.terminal.views

With a `SimulatedTime` an exam of two hours passes in a second: `pass_ms` lets time go by and ticks.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

from kiosk.artefacts.self_check import Finding
from kiosk.errors import StorageFault
from kiosk.terminal.clock import SimulatedTime, SystemTime, TimeSource
from kiosk.terminal.flow import Flow
from kiosk.terminal.ports import Ports
from kiosk.terminal.program import PortsOf, open_ports
from kiosk.terminal.surroundings import Surroundings
from kiosk.terminal.views import Clock, Intent, Trouble, View

WAIT_S = 30.0
STEP_MS = 1_000
"""How often time that is let pass ticks: as a screen would, only coarser."""


class HeadlessTerminal:
    """One terminal of a rehearsal."""

    def __init__(
        self, state: Path, clock: TimeSource | None = None, ports_of: PortsOf = open_ports
    ) -> None:
        """
        Args:
            state: the terminal's state folder, enrolled and installed.
            clock: the machine's own unless given.
            ports_of: makes the ports; tests put other ones in.
        """
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.time = clock or SystemTime()
        self.left = False
        """Whether a proctor had the program end."""
        self.ports: Ports = ports_of(state, self.time, self._calls.put, self._leave)
        self._flow = Flow(self.ports)

    @property
    def view(self) -> View:
        """What a screen would show now."""
        self._run_calls()
        return self._flow.view

    @property
    def clock(self) -> Clock | None:
        """Time left of the open sitting."""
        return self._flow.clock

    def send(self, intent: Intent) -> View:
        """Do what a person would at a screen; the view after it, which may still be saving."""
        self._run_calls()
        self._flow.handle(intent)
        return self.view

    def wait_saved(self) -> View:
        """Wait until everything is on disk; the view then.

        Raises:
            StorageFault: the disk refused; the trouble screen is shown.
        """
        while True:
            if not self._flow.wait_written(WAIT_S) and not isinstance(self.view, Trouble):
                raise StorageFault(f"nothing was written for {WAIT_S:.0f} s")
            view = self.view
            if isinstance(view, Trouble) and self._flow.busy:
                raise StorageFault(view.what.text, remedy=view.todo.text)
            if not self._flow.busy:
                return view

    def do(self, intent: Intent) -> View:
        """`send` and `wait_saved`."""
        self.send(intent)
        return self.wait_saved()

    def tick(self) -> View:
        """Let time do its work."""
        self._run_calls()
        self._flow.tick()
        return self.view

    def look_around(self, now: Surroundings) -> View:
        """Have the terminal see what is plugged in."""
        self._run_calls()
        self._flow.surroundings(now)
        return self.view

    def find(self, *found: Finding) -> View:
        """Have the terminal find something about its computer."""
        self._run_calls()
        self._flow.found(found)
        return self.view

    def pass_ms(self, duration_ms: int) -> View:
        """Let simulated time go by, in steps of a second, saving as it goes."""
        if not isinstance(self.time, SimulatedTime):
            raise TypeError("only simulated time can be let pass")
        while duration_ms > 0:
            step = min(duration_ms, STEP_MS)
            self.time.pass_ms(step)
            duration_ms -= step
            self.tick()
            self._flow.wait_written(WAIT_S)
        return self.view

    def close(self) -> None:
        """End the program as a person would; an open sitting is then interrupted."""
        self._run_calls()
        self._flow.close()

    def __enter__(self) -> HeadlessTerminal:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def _leave(self) -> None:
        self.left = True

    def _run_calls(self) -> None:
        while True:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                return
            call()
