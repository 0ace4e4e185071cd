"""The periodic table: every element in its place, one of them said in words.

It scrolls in both directions, so that large text needs no smaller cells.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.terminal.elements import COLUMNS, ELEMENTS, ROWS, Element
from kiosk.ui.controls import RING, Words
from kiosk.ui.panels import Pane
from kiosk.ui.speech import announce
from kiosk.ui.theme import Look, dress_scroll, prepare_scroll
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text

_CELL = QSize(54, 62)
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_AT = {(element.row, element.column): element for element in ELEMENTS}


class PeriodicTable(QWidget):
    """The table. Arrows or a press choose the element that is said in words."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self.element: Element = ELEMENTS[0]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_look(self, look: Look) -> None:
        self._look = look
        self.setFixedSize(
            COLUMNS * look.px(_CELL.width()) + 2 * RING, ROWS * look.px(_CELL.height()) + 2 * RING
        )
        self._tell()
        self.update()

    def words(self) -> str:
        """The chosen element in words."""
        one, lang = self.element, self._look.lang
        return text(
            "{number} {symbol} {name}, standard atomic weight {weight}",
            lang,
            number=one.number,
            symbol=one.symbol,
            name=one.names[lang],
            weight=one.weight,
        )

    def choose(self, element: Element) -> None:
        self.element = element
        self._tell()
        self.update()
        self.chosen.emit()
        announce(self, self.words())

    def box(self, element: Element) -> QRectF:
        """Where an element stands."""
        wide, high = self._look.px(_CELL.width()), self._look.px(_CELL.height())
        return QRectF(RING + element.column * wide, RING + element.row * high, wide, high)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (step := _STEPS.get(Qt.Key(event.key()))) is None:
            event.ignore()
            return
        row, column = self.element.row + step[0], self.element.column + step[1]
        while 0 <= row < ROWS and 0 <= column < COLUMNS:
            if found := _AT.get((row, column)):
                self.choose(found)
                return
            row, column = row + step[0], column + step[1]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for element in ELEMENTS:
            if self.box(element).contains(event.position()):
                self.choose(element)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for element in ELEMENTS:
            box = self.box(element)
            if event.rect().intersects(box.toAlignedRect()):
                self._paint(painter, element, box)

    def _paint(self, painter: QPainter, element: Element, box: QRectF) -> None:
        look, chosen = self._look, element is self.element
        edge = 3 if chosen else 1
        inside = box.adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
        painter.setPen(QPen(look.colour("accent" if chosen else "border"), edge))
        painter.setBrush(look.colour("accent_soft" if chosen else "surface"))
        painter.drawRect(inside)
        if chosen and self.hasFocus():
            painter.setPen(QPen(look.colour("text"), 2, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(4, 4, -4, -4))
        third = box.height() / 3
        painter.setPen(look.colour("text"))
        lines = (
            (f"{element.number}", Type.SMALL, False),
            (f"{element.symbol} {element.names['zh-CN']}", Type.NOTE, True)
            if look.lang == "zh-CN"
            else (element.symbol, Type.BASE, True),
            (element.weight, Type.SMALL, False),
        )
        for at, (words, size, strong) in enumerate(lines):
            painter.setFont(look.font(size, strong=strong))
            place = QRectF(box.left(), box.top() + at * third, box.width(), third)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, words)

    def _tell(self) -> None:
        self.setAccessibleName(text("Periodic table", self._look.lang) + ": " + self.words())


class PeriodicPanel(QWidget):
    """The table as far as there is room, and the chosen element in words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(Gap.LARGE - RING, 0, Gap.LARGE - RING, Gap.HAIR)
        column.setSpacing(0)
        self.words = Words(self)
        self.words.setIndent(RING)
        self.area = Pane(self)
        self.field = PeriodicTable()
        self.area.setWidget(self.field)
        prepare_scroll(self.area)
        self.area.setWidgetResizable(False)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        column.addWidget(self.words)
        column.addWidget(self.area)
        self.field.chosen.connect(self._chosen)
        self._look = Look()
        self.hide()

    def show_look(self, look: Look) -> None:
        self._look = look
        dress_scroll(self.area, look)
        self.field.show_look(look)
        self.area.be(min(self.field.height() + 2 * Gap.TIGHT, self.window().height() // 4))
        self._say()

    def _chosen(self) -> None:
        self._say()
        box = self.field.box(self.field.element)
        centre = box.center().toPoint()
        self.area.ensureVisible(
            centre.x(), centre.y(), int(box.width() / 2) + Gap.TIGHT, int(box.height() / 2)
        )

    def _say(self) -> None:
        self.words.say(self.field.words(), self._look.chrome, Type.BASE, strong=True)
