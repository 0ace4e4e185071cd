"""A keyboard-wedge scanner told from a person typing: it types one of our prefixes fast, then Enter.

The first characters that might begin a code are held back for `HOLD_MS`. If the next one does not
come in time they are given to the field they were meant for; once a whole prefix came, nothing of the
scan reaches any field. Case is folded, because a caps lock may be on.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow

from kiosk.artefacts.qr import MAX_TEXT, Prefix

HOLD_MS: Final = 45
"""Longer than a scanner needs from key to key (1 to 20 ms), shorter than a person (60 ms and more)."""
END_MS: Final = 1_000
"""A scan that stops this long without Enter is over; what came is given on as it is. A computer under load
may hand the keys on with pauses that the scanner did not make."""
_PREFIXES: Final = tuple(prefix.value for prefix in Prefix)
_MODIFIERS: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    }
)
_ENDS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})


class ScanSource(QObject):
    """Install on the application. `scanned` carries the text, in capitals, without the line end."""

    scanned = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.presses = 0
        """Keys that came, modifiers apart, with those of scans."""
        self._text = ""
        self._held: list[tuple[QWindow, QKeyEvent]] = []
        self._swallowed: set[int] = set()
        self._giving_back = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setTimerType(Qt.TimerType.PreciseTimer)
        self._pause.timeout.connect(self._paused)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A key comes to the window once; below it, it may be offered to many widgets.
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWindow):
            return False
        if self._giving_back:
            return False
        if event.type() == QEvent.Type.KeyPress:
            return self._press(watched, event)
        if event.type() == QEvent.Type.KeyRelease:
            return self._release(watched, event)
        return False

    @property
    def scanning(self) -> bool:
        """Whether a whole prefix came and its code is on its way."""
        return self._text.startswith(_PREFIXES)

    def _press(self, window: QWindow, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _MODIFIERS:
            # A scanner presses Shift for each capital; what comes of it is in the texts.
            if self.scanning:
                self._swallowed.add(key)
            return self.scanning
        self.presses += 1
        if self.scanning:
            self._swallowed.add(key)
            if key in _ENDS:
                self._finish()
            else:
                self._text = (self._text + event.text().upper())[: MAX_TEXT + 1]
                self._pause.start(END_MS)
            return True
        grown = self._text + event.text().upper()
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if plain and event.text() and any(prefix.startswith(grown) for prefix in _PREFIXES):
            self._text = grown
            self._held.append((window, _copy(event)))
            self._swallowed.add(key)
            if self.scanning:
                self._held.clear()
                self._pause.start(END_MS)
            else:
                self._pause.start(HOLD_MS)
            return True
        if self._held:
            self._give_back()
            return self._press(window, event)
        return False

    def _release(self, window: QWindow, event: QKeyEvent) -> bool:
        if event.key() not in self._swallowed:
            return False
        if self._held and not self.scanning:
            self._held.append((window, _copy(event)))
        self._swallowed.discard(event.key())
        return True

    def _paused(self) -> None:
        if self.scanning:
            self._finish()
        else:
            self._give_back()

    def _finish(self) -> None:
        self._pause.stop()
        text, self._text = self._text, ""
        self.scanned.emit(text)

    def _give_back(self) -> None:
        """It was a person: the keys go where they were meant to."""
        self._pause.stop()
        self._text = ""
        held, self._held = self._held, []
        self._giving_back = True
        try:
            for window, event in held:
                self._swallowed.discard(event.key())
                QCoreApplication.sendEvent(window, event)
        finally:
            self._giving_back = False


def _copy(event: QKeyEvent) -> QKeyEvent:
    return QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
