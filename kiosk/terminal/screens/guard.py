"""What the program itself locks: no paste, no copy, no menu, no drag, no close, no more keys than a hand
has; lost focus is told.

The session's lockdown is the first wall and this the second: another program of the same user can
defeat it, a candidate's keyboard and mouse cannot.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimerEvent, Signal
from PySide6.QtGui import (
    QHoverEvent,
    QInputDevice,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QMoveEvent,
    QPaintEvent,
    QResizeEvent,
    QWindow,
)
from PySide6.QtWidgets import QWidget

_FREQUENT = frozenset({QPaintEvent, QTimerEvent, QMoveEvent, QResizeEvent, QHoverEvent})
"""What is none of ours. Each event of the program comes by here, and to ask its type costs more."""
_REFUSED = frozenset(
    {
        QEvent.Type.ContextMenu,
        QEvent.Type.DragEnter,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
    }
)
_KEYS = (
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Close,
    QKeySequence.StandardKey.Quit,
)
MOST_AT_ONCE = 100
MOST_A_SECOND = 50
"""Keys and buttons together. A hand makes 15 in a second and a key that is held 25; a keyboard that plays
5,000 in five seconds kept the window from its watchdog for 42 (2 cores, both busy)."""


class Pace:
    """How many keys may come: `MOST_AT_ONCE`, and again as many as time went by for."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._left = float(MOST_AT_ONCE)
        self._at_s = now_s()
        self.hurried = False
        """Whether too many came and it has not been quiet since."""

    def takes(self) -> bool:
        """Whether one more may come now."""
        now_s = self._now_s()
        self._left = min(MOST_AT_ONCE, self._left + (now_s - self._at_s) * MOST_A_SECOND)
        self._at_s = now_s
        if self._left == MOST_AT_ONCE:
            self.hurried = False
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Guard(QObject):
    """Install on the application. `lost_focus` is called each time the window loses the keyboard, `hurried`
    once when keys begin to come faster than a hand can press them; those beyond are dropped.

    `acted` is emitted when a key or a mouse button came up, `touched` with the part that a finger
    left. Only `release` lets the window close; the
    main loop calls it when a proctor signed the exit.
    """

    acted = Signal()
    touched = Signal(QWidget)

    def __init__(
        self,
        window: QWidget,
        lost_focus: Callable[[], None] | None = None,
        hurried: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._lost_focus = lost_focus
        self._hurried = hurried
        self._pace = Pace()
        self._dropped: set[object] = set()
        self._released = False

    def release(self) -> None:
        """Let the window close."""
        self._released = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if type(event) in _FREQUENT:
            return False
        kind = event.type()
        # A key or a button comes to the window once; below it, it may be offered to many widgets.
        if isinstance(watched, QWindow) and self._is_too_much(event):
            return True
        if kind in (QEvent.Type.KeyRelease, QEvent.Type.MouseButtonRelease):
            self.acted.emit()
            if isinstance(watched, QWidget) and _is_of_a_finger(event):
                self.touched.emit(watched)
        if kind in _REFUSED:
            return True
        if kind == QEvent.Type.Close:
            if watched is self._window and not self._released:
                event.ignore()
                return True
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if isinstance(event, QKeyEvent) and any(event.matches(key) for key in _KEYS):
                event.accept()
                return True
        elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            # The middle button pastes the selection under X11.
            if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.MiddleButton:
                return True
        elif kind == QEvent.Type.WindowDeactivate and watched is self._window:
            self._tell_lost_focus()
        return False

    def _is_too_much(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent | QMouseEvent):
            return False
        which = event.key() if isinstance(event, QKeyEvent) else event.button()
        match event.type():
            case QEvent.Type.KeyPress | QEvent.Type.MouseButtonPress:
                if self._pace.takes():
                    return False
                self._dropped.add(which)
                if not self._pace.hurried:
                    self._pace.hurried = True
                    if self._hurried is not None:
                        self._hurried()
                return True
            case QEvent.Type.KeyRelease | QEvent.Type.MouseButtonRelease:
                if which in self._dropped:
                    self._dropped.discard(which)
                    return True
        return False

    def _tell_lost_focus(self) -> None:
        if not self._released and self._lost_focus is not None:
            self._lost_focus()


def _is_of_a_finger(event: QEvent) -> bool:
    touch = QInputDevice.DeviceType.TouchScreen
    return isinstance(event, QMouseEvent) and event.device().type() == touch
