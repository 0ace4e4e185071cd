"""A list to choose one from, drawn inside the window over a shield that takes the next press.

It is a child of the window, never a window: it works where nothing else may open.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from kiosk.assessment.content import Block, plain_text
from kiosk.ui.document import Document, Ink, Media
from kiosk.ui.icons import paint_icon
from kiosk.ui.panels import Scroll
from kiosk.ui.theme import Look, dress_scroll, prepare_scroll, qt_palette
from kiosk.ui.tokens import Gap, Height, Radius, Type


class OptionList(QWidget):
    """Opens below (or above) `field`; closed by a choice, Escape, or a press elsewhere."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(
        self,
        field: QWidget,
        options: tuple[tuple[str, tuple[Block, ...]], ...],
        current: str,
        look: Look,
        media: Media | None,
    ) -> None:
        super().__init__(field.window())
        self._field = field
        self._at = 0
        self._look = look
        self._area = Scroll(self)
        inside = QWidget()
        inside.setPalette(qt_palette(look))
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._rows = [
            _Row(identifier, blocks, identifier == current, look, media)
            for identifier, blocks in options
        ]
        for row in self._rows:
            row.clicked.connect(lambda _=False, row=row: self._choose(row))
            column.addWidget(row)
        self._area.setWidget(inside)
        prepare_scroll(self._area)
        dress_scroll(self._area, look)

    @property
    def rows(self) -> list[QAbstractButton]:
        return list(self._rows)

    def open(self) -> None:
        """Show the list and give it the keyboard."""
        window = self._field.window()
        self.setGeometry(window.rect())
        corner = self._field.mapTo(window, QPoint(0, 0))
        edge = 2
        wanted = sum(row.sizeHint().height() for row in self._rows) + 2 * edge
        width = max([self._field.width(), *(row.sizeHint().width() + 24 for row in self._rows)])
        below = window.height() - corner.y() - self._field.height() - Gap.TIGHT
        above = corner.y() - Gap.TIGHT
        height = min(wanted, max(below, above))
        if wanted <= below or below >= above:
            top = corner.y() + self._field.height()
        else:
            top = corner.y() - height
        left = max(Gap.TIGHT, min(corner.x(), window.width() - width - Gap.TIGHT))
        self._area.setGeometry(left, top, min(width, window.width() - 2 * Gap.TIGHT), height)
        self.show()
        self.raise_()
        self._focus(next((at for at, row in enumerate(self._rows) if row.isChecked()), 0))

    def close_list(self) -> None:
        """Take the list away; `closed` is sent once."""
        self.hide()
        self.deleteLater()
        self.closed.emit()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.close_list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape | Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                self.close_list()
            case Qt.Key.Key_Down:
                self._focus(self._at + 1)
            case Qt.Key.Key_Up:
                self._focus(self._at - 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self._rows[self._at])
            case _:
                pass  # the list has the keyboard while it is open

    def focusNextPrevChild(self, _forward: bool) -> bool:
        self.close_list()
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self._area.geometry()).adjusted(-1, -1, 1, 1)
        painter.setPen(QPen(self._look.colour("text"), 2))
        painter.setBrush(self._look.colour("surface"))
        painter.drawRoundedRect(box, Radius.CONTROL, Radius.CONTROL)

    def _focus(self, at: int) -> None:
        self._at = at % len(self._rows)
        row = self._rows[self._at]
        row.setFocus(Qt.FocusReason.PopupFocusReason)
        self._area.ensureWidgetVisible(row)

    def _choose(self, row: _Row) -> None:
        self.close_list()
        self.chosen.emit(row.identifier)


class _Row(QAbstractButton):
    def __init__(
        self,
        identifier: str,
        blocks: tuple[Block, ...],
        current: bool,
        look: Look,
        media: Media | None,
    ) -> None:
        super().__init__()
        self.identifier = identifier
        self._look = look
        self._document = Document(blocks, look, Ink(strong=current), media=media)
        self._width = round(self._document.natural_width()) + 2
        self.setCheckable(True)
        self.setChecked(current)
        self.setAutoExclusive(True)
        self.setAccessibleName(plain_text(blocks))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def nextCheckState(self) -> None:
        """The view alone says what is chosen."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        look = self._look
        width = self._width + look.px(Type.NOTE) + 4 * Gap.SMALL
        height = round(self._document.height_for(self._width)) + 2 * Gap.TIGHT
        return QSize(width, max(look.px(Height.BUTTON), height))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.colour("accent_soft" if self.isChecked() else "surface"))
        side = look.px(Type.NOTE)
        if self.isChecked():
            box = QRectF(Gap.SMALL, (self.height() - side) / 2, side, side)
            paint_icon(painter, "tick", box, look.colour("accent_deep"))
        height = self._document.height_for(self._width)
        left = Gap.SMALL + side + Gap.TIGHT
        self._document.paint(painter, QPointF(left, (self.height() - height) / 2))
        if self.hasFocus():
            painter.setPen(QPen(look.colour("text"), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(3, 3, -3, -3), Radius.CONTROL, Radius.CONTROL
            )
