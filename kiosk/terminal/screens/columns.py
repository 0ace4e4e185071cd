"""Two parts beside each other where there is room, under each other where there is not.

It sets places itself: a box layout whose direction turns would tell its height one turn too late.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.controls import height_follows_width
from kiosk.ui.tokens import Gap


class Columns(QWidget):
    """`first` and `second` side by side from `fit(wide_from)` px on.

    `shares` divide the width; a part with share 0 takes what it asks for.
    """

    def __init__(
        self, parent: QWidget, first: QWidget, second: QWidget, shares: tuple[int, int]
    ) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._parts = (first, second)
        self._shares = shares
        self._wide_from = 0
        for part in self._parts:
            part.setParent(self)

    def fit(self, wide_from: int) -> None:
        """Stand side by side from this width on."""
        self._wide_from = wide_from
        self.updateGeometry()
        self._place()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(place.bottom() + 1 for place in self._places(width))

    def sizeHint(self) -> QSize:
        width = max(self._wide_from, *(part.sizeHint().width() for part in self._parts))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a part wants another height
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _place(self) -> None:
        for part, place in zip(self._parts, self._places(self.width()), strict=True):
            part.setGeometry(place)

    def _places(self, width: int) -> tuple[QRect, QRect]:
        first, second = self._parts
        if width < self._wide_from:
            below = _height(first, width)
            return (
                QRect(0, 0, _width(first, width), below),
                QRect(0, below + Gap.WIDE, _width(second, width), _height(second, width)),
            )
        room = width - Gap.WIDE
        if self._shares[0] == 0:
            left = first.sizeHint().width()
        elif self._shares[1] == 0:
            left = room - second.sizeHint().width()
        else:
            left = room * self._shares[0] // sum(self._shares)
        heights = _height(first, left), _height(second, room - left)
        high = max(heights)
        # Fixed parts (a code) stand in the middle, others take the height.
        return (
            _across(first, QRect(0, 0, left, heights[0]), high),
            _across(second, QRect(left + Gap.WIDE, 0, room - left, heights[1]), high),
        )


def _fixed(part: QWidget) -> bool:
    return part.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed


def _width(part: QWidget, width: int) -> int:
    return min(part.sizeHint().width(), width) if _fixed(part) else width


def _height(part: QWidget, width: int) -> int:
    if _fixed(part) or not part.hasHeightForWidth():
        return part.sizeHint().height()
    return part.heightForWidth(width)


def _across(part: QWidget, place: QRect, high: int) -> QRect:
    if _fixed(part):
        return place.translated(0, (high - place.height()) // 2)
    return QRect(place.left(), place.top(), place.width(), high)
