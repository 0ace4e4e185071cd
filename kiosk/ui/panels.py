"""Grounds that parts of a screen stand on: a column that scrolls, and a card with a thin edge."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from kiosk.ui.controls import height_follows_width
from kiosk.ui.theme import Look, dress_scroll, prepare_scroll
from kiosk.ui.tokens import Gap, Radius, Role

_NESTING = 12
"""More levels than any screen nests."""


class Scroll(QScrollArea):
    """Scrolls by wheel, touch and bar; keys are left to the screen, where they go by question."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # While it was hidden nothing told it what it was filled with.
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))


class Pane(Scroll):
    """As high as it is told to be, or less where there is less room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._high = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def be(self, high: int) -> None:
        """Ask for `high` px."""
        self._high = high
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._high)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), min(self._high, Gap.PAGE))


class _Inside(QWidget):
    """What a page scrolls: as high as it is at its width. A box layout's least height is the one that its
    texts would have in a narrower column, and the page would scroll with nothing below."""

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return QSize(least.width(), 0) if self.hasHeightForWidth() else least


class Page(Scroll):
    """A column of at most `width` px in the middle of the screen; it scrolls when it must."""

    def __init__(self, parent: QWidget, width: int) -> None:
        super().__init__(parent)
        inside = _Inside()
        row = QHBoxLayout(inside)
        row.setContentsMargins(Gap.WIDE, Gap.LARGE, Gap.WIDE, Gap.LARGE)
        self.column = QWidget(inside)
        self.column.setMaximumWidth(width)
        height_follows_width(
            self.column, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred
        )
        row.addStretch(1)
        row.addWidget(self.column, 1000)
        row.addStretch(1)
        self.rows = QVBoxLayout(self.column)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(Gap.MEDIUM)
        self.setWidget(inside)
        prepare_scroll(self)

    def dress(self, look: Look) -> None:
        """Take the look on; what is in the column is filled by the screen."""
        dress_scroll(self, look)


class Card(QWidget):
    """A surface with a thin edge; the tone says what it holds, its words say it too."""

    def __init__(self, parent: QWidget | None = None, *, padding: int = Gap.LARGE) -> None:
        super().__init__(parent)
        self._look = Look()
        self._fill: Role = "surface"
        self._edge: Role = "hairline"
        height_follows_width(self)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(padding, padding, padding, padding)
        self.rows.setSpacing(Gap.SMALL)

    def dress(self, look: Look, fill: Role = "surface", edge: Role = "hairline") -> None:
        if (look, fill, edge) != (self._look, self._fill, self._edge):
            self._look, self._fill, self._edge = look, fill, edge
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour(self._edge), self._look.border_px - 1))
        painter.setBrush(self._look.colour(self._fill))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), Radius.CARD, Radius.CARD
        )


def keep_in_sight(part: QWidget) -> None:
    """Scroll what `part` stands in until it is seen; Qt does so for Tab alone."""
    if (area := _scrolled_by(part)) is not None:
        area.ensureWidgetVisible(part, 0, Gap.LARGE)


def keep_cursor_in_sight(field: QWidget) -> None:
    """Scroll what `field` stands in until its cursor is seen, however high the field is."""
    area = _scrolled_by(field)
    cursor = field.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    if isinstance(cursor, QRectF):
        cursor = cursor.toAlignedRect()
    inside = area.widget() if area is not None else None
    if area is not None and inside is not None and isinstance(cursor, QRect):
        place = field.mapTo(inside, cursor.center())
        area.ensureVisible(place.x(), place.y(), 0, round(cursor.height() / 2) + Gap.TIGHT)


def _scrolled_by(part: QWidget) -> QScrollArea | None:
    around = part.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    return around


def settle_layouts() -> None:
    """Give every part of the screen its place now.

    Left to itself Qt tells a new height one nesting level a turn of the event loop, and a person
    would see the texts squeezed for a moment.
    """
    for _ in range(_NESTING):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
