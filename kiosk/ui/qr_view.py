"""A QR code on white with its quiet zone; every module is the same whole number of device pixels."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.artefacts.qr import QUIET_MODULES


class QrView(QWidget):
    """Draws the code of a text, as large as it may and never blurred."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._text = ""
        self._side = 0
        self._matrix: list[list[bool]] = []

    def show_code(self, text: str, side_px: int, name: str) -> None:
        """Show the code of `text`, at least `side_px` wide with its quiet zone."""
        if text != self._text:
            self._text = text
            self._matrix = _matrix(text) if text else []
        self._side = side_px
        self.setAccessibleName(name)
        self.setFixedSize(self.sizeHint())
        self.update()

    def module_px(self) -> int:
        """Width of a module in device pixels."""
        modules = len(self._matrix) + 2 * QUIET_MODULES
        return -(-round(self._side * self.devicePixelRatio()) // modules)

    def sizeHint(self) -> QSize:
        if not self._matrix:
            return QSize(self._side, self._side)
        modules = len(self._matrix) + 2 * QUIET_MODULES
        side = round(modules * self.module_px() / self.devicePixelRatio())
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        # Black on white in every theme: scanners expect it.
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        ratio = self.devicePixelRatio()
        painter.scale(1 / ratio, 1 / ratio)
        _paint(painter, self._matrix, self.module_px())


def code_image(text: str, module_px: int) -> QImage:
    """The code of `text` with its quiet zone, for paper."""
    modules = _matrix(text)
    side = (len(modules) + 2 * QUIET_MODULES) * module_px
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    _paint(painter, modules, module_px)
    painter.end()
    return image


def _paint(painter: QPainter, modules: list[list[bool]], module: int) -> None:
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                left = (column + QUIET_MODULES) * module
                top = (row + QUIET_MODULES) * module
                painter.fillRect(QRect(left, top, module, module), Qt.GlobalColor.black)


def _matrix(text: str) -> list[list[bool]]:
    # The encoder is only loaded when a code is shown: an exam that is going on needs none.
    from kiosk.artefacts.qr import matrix

    return matrix(text)
