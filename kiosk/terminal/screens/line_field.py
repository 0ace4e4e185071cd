"""One line to type into at sign-in and in the proctor's menu: no menu, no paste, no drag."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.ui.controls import RING, paint_field
from kiosk.ui.theme import Look, qt_palette
from kiosk.ui.tokens import Gap, Height, Type


class LineField(QLineEdit):
    """A field with the look of the others; `most` is how many characters it takes."""

    def __init__(self, parent: QWidget, most: int, size: Type = Type.TITLE) -> None:
        super().__init__(parent)
        self._look = Look()
        self._size = size
        self.setFrame(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(False)
        self.setDragEnabled(False)
        self.setMaxLength(most)
        self.setTextMargins(RING + Gap.MEDIUM, RING, RING + Gap.MEDIUM, RING)

    def dress(self, look: Look, name: str) -> None:
        if look != self._look:
            self.updateGeometry()
        self._look = look
        self.setFont(look.font(self._size))
        palette = qt_palette(look)
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        height = Height.OPTION if self._size is Type.TITLE else Height.CONTROL
        return QSize(400, self._look.px(height) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect().adjusted(RING, RING, -RING, -RING))
        paint_field(painter, shape, self._look, focused=self.hasFocus())
        painter.end()
        super().paintEvent(event)
