"""The square of a question's number: drawn, as a button, in the grid of a section, in the legend."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from kiosk.terminal.views import Cell
from kiosk.ui.controls import RING, height_follows_width, paint_ring
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Radius, Role, Type
from kiosk.words import text

_PITCH_GAP = 6
_HERE_GAP = 2
_CORNER = 16
_CORNER_LEAST = 9


class Grid(QWidget):
    """The numbers of one section, as many in a line as there is room for."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._look = Look()
        self._cells: list[CellButton] = []
        self._count = 0

    def show_cells(self, cells: tuple[Cell, ...], look: Look) -> None:
        resized = look != self._look or len(cells) != self._count
        self._look, self._count = look, len(cells)
        while len(self._cells) < len(cells):
            button = CellButton(self)
            button.clicked.connect(lambda _=False, one=button: self.chosen.emit(one.number))
            self._cells.append(button)
        for at, button in enumerate(self._cells):
            if at < len(cells):
                button.show_cell(cells[at], look)
            if button.isHidden() == (at < len(cells)):
                button.setVisible(at < len(cells))
        if resized:
            self._place()
            self.updateGeometry()

    def shown_cells(self) -> list[CellButton]:
        return self._cells[: self._count]

    def columns(self) -> int:
        room = self.width() - 2 * RING + _PITCH_GAP
        return max(1, room // self._pitch())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        columns = max(1, (width - 2 * RING + _PITCH_GAP) // self._pitch())
        lines = -(-self._count // columns)
        return lines * self._pitch() - _PITCH_GAP + 2 * RING if lines else 0

    def sizeHint(self) -> QSize:
        width = 6 * self._pitch() - _PITCH_GAP + 2 * RING
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._pitch() + 2 * RING, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _pitch(self) -> int:
        return self._look.px(Height.CELL) + _PITCH_GAP

    def _place(self) -> None:
        side = self._look.px(Height.CELL) + 2 * RING
        columns = self.columns()
        for at, cell in enumerate(self.shown_cells()):
            line, column = divmod(at, columns)
            cell.setGeometry(column * self._pitch(), line * self._pitch(), side, side)


class CellButton(QAbstractButton):
    """One number."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.number = 0
        self._cell: Cell | None = None
        self._look = Look()
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_cell(self, cell: Cell, look: Look) -> None:
        if (cell, look) == (self._cell, self._look):
            return
        self._cell, self._look, self.number = cell, look, cell.number
        self.setFocusPolicy(
            Qt.FocusPolicy.StrongFocus if cell.current else Qt.FocusPolicy.ClickFocus
        )
        self.setText(str(cell.number))
        states = [text("answered" if cell.answered else "unanswered", look.lang)]
        if cell.flagged:
            states.append(text("flagged", look.lang))
        if cell.current:
            states.append(text("current", look.lang))
        if cell.shut:
            states.append(text("closed to you now", look.lang))
        self.setAccessibleName(", ".join([str(cell.number), *states]))
        self.update()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().adjusted(RING, RING, -RING, -RING).contains(pos)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._cell is None:
            return
        painter = QPainter(self)
        paint_cell(
            painter, QRectF(self.rect()).adjusted(RING, RING, -RING, -RING), self._cell, self._look
        )
        if self.hasFocus():
            shape = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
            paint_ring(painter, shape, Radius.CONTROL, self._look)


def paint_cell(
    painter: QPainter, shape: QRectF, cell: Cell, look: Look, *, number: bool = True
) -> None:
    """Draw a number's square as the overview and its legend show it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = Radius.CONTROL if shape.width() > Gap.LARGE else Gap.HAIR
    fill: Role = "accent" if cell.answered else "surface"
    edge: Role = "accent" if cell.answered else "border"
    ink: Role = "on_accent" if cell.answered else "text"
    if cell.shut:
        fill, edge, ink = (
            ("quiet", "quiet", "surface") if cell.answered else ("sunken", "border", "quiet")
        )
    pen = QPen(look.colour(edge), look.border_px - 0.5)
    if cell.shut and not cell.answered:
        pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    painter.setBrush(look.colour(fill))
    painter.drawRoundedRect(shape.adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)
    if cell.flagged:
        side = max(_CORNER_LEAST, shape.width() * _CORNER / Height.CELL)
        corner = QPolygonF(
            [
                QPointF(shape.right() - side, shape.top() + 1),
                QPointF(shape.right() - 1, shape.top() + 1),
                QPointF(shape.right() - 1, shape.top() + side),
            ]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("warn_soft" if cell.answered and not cell.shut else "warn"))
        painter.drawPolygon(corner)
    if number:
        painter.setPen(look.colour(ink))
        painter.setFont(look.font(Type.NOTE))
        painter.drawText(shape, Qt.AlignmentFlag.AlignCenter, str(cell.number))
    if cell.current:
        away = _HERE_GAP + 1
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.colour("text"), 2))
        painter.drawRoundedRect(
            shape.adjusted(-away, -away, away, away), radius + away, radius + away
        )


class Legend(QWidget):
    """What filled, corner and ring mean, in words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._shut = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_legend(self, look: Look, *, shut: bool) -> None:
        """`shut`: whether some numbers cannot be gone to."""
        if (look, shut) == (self._look, self._shut) and self.accessibleName():
            return
        self._look, self._shut = look, shut
        self.setAccessibleName(", ".join(word for _, word in self._entries()))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        lines = -(-len(self._entries()) // 2)
        return QSize(self._look.px(200), lines * self._look.line_height(Type.SMALL) + 2 * Gap.HAIR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = self._look
        line = look.line_height(Type.SMALL)
        side = look.px(Type.NOTE)
        for at, (cell, word) in enumerate(self._entries()):
            row, column = divmod(at, 2)
            left = RING + column * self.width() / 2
            middle = Gap.HAIR + row * line + line / 2
            shape = QRectF(left, middle - side / 2, side, side)
            paint_cell(painter, shape, cell, look, number=False)
            painter.setPen(look.colour("quiet"))
            painter.setFont(look.font(Type.SMALL))
            metrics = painter.fontMetrics()
            baseline = middle + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(left + side + Gap.TIGHT, baseline), word)

    def _entries(self) -> list[tuple[Cell, str]]:
        lang = self._look.lang
        entries = [
            (Cell(0, answered=True, flagged=False, current=False), text("answered", lang)),
            (Cell(0, answered=False, flagged=False, current=False), text("unanswered", lang)),
            (Cell(0, answered=False, flagged=True, current=False), text("flagged", lang)),
            (Cell(0, answered=False, flagged=False, current=True), text("current", lang)),
        ]
        shut = Cell(0, answered=False, flagged=False, current=False, shut=True)
        return [*entries, (shut, text("closed to you now", lang))] if self._shut else entries
