"""The terminal as people run it: the window, the flow, and the timers that bring them together.

The flow lives on the GUI thread. What the writer has to say comes to it as a queued signal, so no
answer is shown as saved before its commit, and no disk ever holds up the window.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.terminal.aside import Aside
from kiosk.terminal.clock import SystemTime, TimeSource
from kiosk.terminal.flow import Flow
from kiosk.terminal.lockdown.facts import Screens
from kiosk.terminal.lockdown.judging import judge_screen
from kiosk.terminal.lockdown.readers import read_keyboards
from kiosk.terminal.ports import Ports
from kiosk.terminal.program import NO_MEDIA, Media, open_ports
from kiosk.terminal.screens.window import TerminalWindow
from kiosk.terminal.surroundings import Surroundings
from kiosk.terminal.views import Clock, Intent, View
from kiosk.terminal.watchdog import notify
from kiosk.terminal.writer import Deliver
from kiosk.ui.battery import battery
from kiosk.ui.display import require_display
from kiosk.ui.garbage import collect_here

TICK_MS = 100
WATCHDOG_MS = 2_000
LOOK_AROUND_MS = 1_000
UNSEEN_LOOKS = 2
"""A window that was not there so many looks in a row is gone."""
CHECK_EACH = 3
"""Every so many looks around, the whole computer is looked at again, beside the exam."""


class _Mailbox(QObject):
    """Brings calls from any thread to the GUI thread, in order."""

    arrived = Signal(object)

    def __init__(self, run: Callable[[Callable[[], None]], None]) -> None:
        super().__init__()
        self.arrived.connect(run, Qt.ConnectionType.QueuedConnection)

    def put(self, call: Callable[[], None]) -> None:
        self.arrived.emit(call)


class TerminalApp(QObject):
    """One terminal with its window. `left` is emitted when a proctor had the program end."""

    left = Signal()

    def __init__(
        self,
        state: Path,
        *,
        time: TimeSource | None = None,
        ports_of: Callable[[Path, TimeSource, Deliver, Callable[[], None]], Ports] | None = None,
        media: Media = NO_MEDIA,
    ) -> None:
        """
        Args:
            state: the terminal's state folder.
            ports_of: makes the ports, where other ones are wanted than `program.open_ports`.
            media: what is plugged in.

        Raises:
            KioskError: the terminal has no key, or no Chinese font is installed.
        """
        super().__init__()
        self._mailbox = _Mailbox(self._guarded)
        self._second: tuple[int, bool] | None = None
        self._screens = Screens(platform=QGuiApplication.platformName())
        if ports_of is None:
            ports = open_ports(
                state,
                time or SystemTime(),
                self._mailbox.put,
                self.left.emit,
                lambda: self._screens,
                media,
            )
        else:
            ports = ports_of(state, time or SystemTime(), self._mailbox.put, self.left.emit)
        self.window: TerminalWindow | None = None
        self.flow = Flow(ports)
        self._check_again = ports.checks_again
        self._checking = Aside(self._mailbox.put, "self-check")
        self._looks = self._keyboards = 0
        self._fills = self._was_there = False
        self._unseen = 0
        self._size: QSize | None = None
        self.window = TerminalWindow(
            media=self.flow.media,
            lost_focus=lambda: self.flow.incident("focus-lost"),
            hurried=lambda: self.flow.incident("keys-too-fast"),
        )
        self.flow.listen(self._show)
        self.window.intent.connect(self._asked)
        self._ticking = QTimer(self)
        self._ticking.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticking.timeout.connect(lambda: self._guarded(self._tick))
        self._pinging = QTimer(self)
        self._pinging.timeout.connect(lambda: notify("WATCHDOG=1"))
        self._looking = QTimer(self)
        self._looking.timeout.connect(lambda: self._guarded(self._look_around))
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        # A second screen hides the paper at once, not at the next look.
        application.screenAdded.connect(self._screen_added)

    def start(self, *, windowed: bool = False) -> None:
        """Show the window and let time begin."""
        assert self.window is not None
        self._fills = not windowed
        self._found_screens(self._fills)
        self.window.show_view(self.flow.view)
        if windowed:
            self.window.resize(1366, 768)
            self.window.show()
        else:
            self.window.fill_screen()
        self._ticking.start(TICK_MS)
        self._pinging.start(WATCHDOG_MS)
        self._looking.start(LOOK_AROUND_MS)
        notify("READY=1")

    def close(self) -> None:
        """Write what waits, and end."""
        self._ticking.stop()
        self._pinging.stop()
        self._looking.stop()
        self._checking.close()
        self.flow.close()
        self.release_window()
        assert self.window is not None
        self.window.close()

    def release_window(self) -> None:
        """Let the window close."""
        assert self.window is not None
        self.window.guard.release()

    def _asked(self, intent: Intent) -> None:
        self._guarded(lambda: self.flow.handle(intent))

    def _tick(self) -> None:
        self.flow.tick()
        clock = self.flow.clock
        if clock is not None:
            self._show_clock(clock)

    def _screen_added(self, _screen: object) -> None:
        if self._looking.isActive():
            self._guarded(self._look_around)

    def _look_around(self) -> None:
        window = self.window
        assert window is not None
        now = Surroundings(keyboards=len(read_keyboards() or ()), battery=battery())
        self._found_screens(window.isFullScreen())
        screens = self._screens.count
        if self._fills:
            self._keep_the_screen(window)
            size = window.screen().size()
            now = replace(now, screens=screens, width=size.width(), height=size.height())
        self.flow.surroundings(now)
        self._check(now)

    def _keep_the_screen(self, window: TerminalWindow) -> None:
        """Take back the screen and the keyboard, whoever has them; lost focus was told when it went."""
        there = window.is_on_screen()
        self._was_there |= there  # before that it is on its way
        # Wayland calls a window hidden for a moment when a busy computer is late to draw it.
        self._unseen = 0 if there else self._unseen + self._was_there
        gone = self._unseen >= UNSEEN_LOOKS
        if self._unseen == UNSEEN_LOOKS:
            self.flow.incident("window-gone")
        size, before = window.screen().size(), self._size
        self._size = size
        if gone:
            window.come_back()
        elif not (window.isFullScreen() and window.size() == size == (before or size)):
            window.fill_screen()
            self.flow.incident("screen-changed")
        elif not window.isActiveWindow():
            window.come_forward()

    def _found_screens(self, full: bool) -> None:
        screens = len(QGuiApplication.screens())
        now = replace(self._screens, full=full, count=screens)
        if now != self._screens:
            self._screens = now
            self.flow.found((judge_screen(now),))

    def _check(self, now: Surroundings) -> None:
        """Look at the whole computer now and then, at once when the keyboards are not what they were."""
        self._looks += 1
        due = self._looks % CHECK_EACH == 1 or now.keyboards != self._keyboards
        self._keyboards = now.keyboards
        if due and not self._checking.busy:
            self._checking.ask(self._check_again, self.flow.found, _tell)

    def _show_clock(self, clock: Clock) -> None:
        second = (clock.remaining_ms // 1000, clock.running)
        if second != self._second and self.window is not None:
            self._second = second
            self.window.tick(clock)

    def _show(self, view: View) -> None:
        if self.window is not None:
            self.window.have_display(self.flow.display)
            self.window.show_view(view)

    def _guarded(self, call: Callable[[], None]) -> None:
        """A fault of ours must be seen: Qt would print it and go on as if nothing were."""
        try:
            call()
        except Exception as fault:  # noqa: BLE001 - the last edge before a candidate
            _tell(fault)
            self.flow.fail(fault)


def _tell(fault: Exception) -> None:
    """Where it happened, to the system's log. Not its words: they may quote what somebody answered."""
    if os.environ.get("KIOSK_DEBUG"):
        traceback.print_exception(fault, file=sys.stderr)
    else:
        places = "".join(traceback.format_tb(fault.__traceback__))
        sys.stderr.write(f"{type(fault).__name__} at\n{places}")


def run_terminal(state: Path, *, windowed: bool = False, media: Media = NO_MEDIA) -> int:
    """Run the terminal until a proctor ends it; the exit code.

    Raises:
        KioskError: no screen, no font for Chinese, or no key in `state`.
    """
    require_display()
    application = QApplication.instance() or QApplication(["kiosk"])
    assert isinstance(application, QApplication)
    collect_here(application)
    terminal = TerminalApp(state, media=media)

    def leave() -> None:
        # Quitting asks each window, and the guard lets none close until it is released.
        terminal.release_window()
        application.quit()

    terminal.left.connect(leave)
    # The tick gives Python the moment it needs to see a signal; the timer keeps one that comes before
    # the loop, where quitting would be forgotten.
    signal.signal(signal.SIGTERM, lambda *_: QTimer.singleShot(0, leave))
    terminal.start(windowed=windowed)
    code = application.exec()
    terminal.close()
    return code
