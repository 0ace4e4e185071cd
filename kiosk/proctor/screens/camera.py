"""What the camera sees, in a strip below the header, until a code was read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kiosk.errors import KioskError
from kiosk.ui.camera import CameraSource
from kiosk.ui.controls import Words
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import explain, text

_SIZE = QSize(240, 135)


class CameraStrip(QWidget):
    """Hidden and its camera off until `toggle`; `scanned` gives one code and closes it.

    Args:
        make: makes the source, when the camera is first asked for.
    """

    scanned = Signal(str)

    def __init__(
        self, parent: QWidget, make: Callable[[QWidget], CameraSource] = CameraSource
    ) -> None:
        super().__init__(parent)
        self._make = make
        self._look = Look()
        self._fault: KioskError | None = None
        self.source: CameraSource | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(Gap.LARGE, Gap.TIGHT, Gap.LARGE, Gap.TIGHT)
        row.setSpacing(Gap.MEDIUM)
        self.picture = _Picture(self)
        self.words = Words(self)
        row.addWidget(self.picture)
        row.addWidget(self.words, 1)
        self.hide()

    def toggle(self) -> None:
        """Switches on, or off again; without a camera it says so in words."""
        if not self.isHidden():
            self.shut()
            return
        self._fault = None
        try:
            if self.source is None:
                self.source = self._make(self)
                self.source.scanned.connect(self._read)
                self.source.seen.connect(self.picture.show_picture)
            self.source.open()
        except KioskError as fault:
            self._fault = fault
        self.show()
        self.dress(self._look)

    def shut(self) -> None:
        """Off: the lens is not left open, and no picture stays."""
        if self.source is not None:
            self.source.close()
        self.picture.show_picture(QImage())
        self.hide()

    def dress(self, look: Look) -> None:
        self._look = look
        self.picture.setVisible(self._fault is None)
        if self._fault is not None:
            self.words.say(explain(self._fault, look.lang), look, Type.BASE, "bad", strong=True)
        else:
            hold = text("Hold the code before the camera; it closes once it was read", look.lang)
            self.words.say(hold, look, Type.BASE)
        self.picture.setAccessibleName(text("What the camera sees", look.lang))

    def _read(self, code: str) -> None:
        self.shut()
        self.scanned.emit(code)


class _Picture(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self.setFixedSize(_SIZE)

    def show_picture(self, picture: QImage) -> None:
        self._picture = picture
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if not self._picture.isNull():
            size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawImage(QRectF(left, top, size.width(), size.height()), self._picture)
