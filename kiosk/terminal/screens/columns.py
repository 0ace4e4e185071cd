"""Two parts beside each other where there is room, under each other where there is not."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from kiosk.ui.tokens import Gap


class Columns(QWidget):
    """`first` and `second` side by side from `wide_from` px on."""

    def __init__(self, parent: QWidget, first: QWidget, second: QWidget) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.wide_from = 0
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(Gap.WIDE)
        self._box.addWidget(first)
        self._box.addWidget(second)

    def share(self, first: int, second: int) -> None:
        """How the width is divided."""
        self._box.setStretch(0, first)
        self._box.setStretch(1, second)

    def fit(self, wide_from: int) -> None:
        self.wide_from = wide_from
        self._turn(self.width())

    def is_wide(self) -> bool:
        return self._box.direction() == QBoxLayout.Direction.LeftToRight

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        items = [self._box.itemAt(at).widget() for at in range(2)]
        if width >= self.wide_from:
            return self._box.heightForWidth(width) if self.is_wide() else 0
        heights = [
            part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
            for part in items
        ]
        return sum(heights) + Gap.WIDE

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn(event.size().width())

    def _turn(self, width: int) -> None:
        direction = (
            QBoxLayout.Direction.LeftToRight
            if width >= self.wide_from
            else QBoxLayout.Direction.TopToBottom
        )
        if direction != self._box.direction():
            self._box.setDirection(direction)
            self.updateGeometry()
