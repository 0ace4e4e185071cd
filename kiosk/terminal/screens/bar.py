"""The bottom bar: what leads on is at its right end, on every screen."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from kiosk.ui.controls import RING, Button, side_by_side
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height


class Bar(QWidget):
    """Buttons from the left, a gap, and the main button. Narrow windows bring them closer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Gap.PAGE - RING, 0, Gap.PAGE - RING, 0)
        self._row.setSpacing(side_by_side(Gap.MEDIUM))
        self._row.addStretch(1)
        self._left = 0
        self._dressed = False

    def add_left(self, button: Button) -> None:
        self._row.insertWidget(self._left, button)
        self._left += 1

    def add_right(self, button: Button) -> None:
        self._row.addWidget(button)

    def dress(self, look: Look) -> None:
        if look == self._look and self._dressed:
            return
        self._look, self._dressed = look, True
        margin = Gap.PAGE if look.scale < 150 else Gap.LARGE
        self._row.setContentsMargins(margin - RING, 0, margin - RING, 0)
        self.setFixedHeight(look.px(Height.BUTTON) + Height.BAR - Height.BUTTON)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("hairline"))
