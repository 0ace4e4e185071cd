"""A notice below the header: its own strip, never over an answer, gone after 20 s, read out once.

The strip keeps its place while it is empty: an answer that moved as a notice came or went would be
missed by a hand already on its way.
"""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kiosk.terminal.screens.screen import notice_text
from kiosk.terminal.views import Notice
from kiosk.ui.controls import Words
from kiosk.ui.speech import announce
from kiosk.ui.theme import Look
from kiosk.ui.tokens import NOTICE_MS, Gap, Role, Type


class NoticeStrip(QWidget):
    """Shows a notice once, by its serial."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._notice: Notice | None = None
        self._last_serial: int | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(Gap.PAGE, Gap.HAIR, Gap.PAGE, Gap.HAIR)
        self.words = Words(self)
        row.addWidget(self.words)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_MS)
        self._timer.timeout.connect(self._gone)
        self.hide()

    def show_notice(self, notice: Notice | None, look: Look) -> None:
        """Show `notice` unless it was shown before; None changes nothing: a notice ends by time."""
        new = notice is not None and notice.serial != self._last_serial
        if look == self._look and not new and not self.isHidden():
            return
        self._look = look
        self.setMinimumHeight(look.line_height(Type.NOTE) + Gap.TIGHT)
        self.show()
        if notice is not None and new:
            self._last_serial = notice.serial
            self._notice = notice
            self._timer.start()
            self._say()
            announce(self, notice_text(notice, look), urgent=notice.tone == "warn")
        elif self._notice is not None:
            self._say()

    def clear(self) -> None:
        """Another kind of screen came, which says what counts now."""
        self._timer.stop()
        self._gone()
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown now."""
        return self._notice

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._notice is None:
            return
        painter = QPainter(self)
        warn = self._notice.tone == "warn"
        painter.fillRect(self.rect(), self._look.colour("warn_soft" if warn else "accent_soft"))
        edge = self._look.colour("warn" if warn else "accent")
        painter.fillRect(0, self.height() - 1, self.width(), 1, edge)

    def _say(self) -> None:
        if self._notice is not None:
            role: Role = "warn" if self._notice.tone == "warn" else "accent_deep"
            words = notice_text(self._notice, self._look)
            self.words.say(words, self._look, Type.NOTE, role, strong=True)
            self.update()

    def _gone(self) -> None:
        self._notice = None
        self.words.setText("")
        self.update()
