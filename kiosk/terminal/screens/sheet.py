"""The bank's formula sheet: it scrolls by itself, and the arrows scroll it while it is in focus."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.assessment.content import Block
from kiosk.ui.content_view import ContentView
from kiosk.ui.controls import RING, paint_ring
from kiosk.ui.document import Media
from kiosk.ui.panels import Pane
from kiosk.ui.theme import Look, dress_scroll, prepare_scroll
from kiosk.ui.tokens import Gap, Radius, Type


class _Sheet(ContentView):
    """The text. It takes the keyboard, to be scrolled and read."""

    def __init__(self, parent: QWidget, area: Pane) -> None:
        super().__init__(parent, inset_px=2 * RING)
        self._area = area
        self.line_px = 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def document_at(self) -> QPointF:
        return QPointF(2 * RING, RING)  # the ring stands around it

    def heightForWidth(self, width: int) -> int:
        return super().heightForWidth(width) + 2 * RING

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.document is not None:
            shape = QRectF(self.rect().adjusted(RING, RING, -RING, -RING))
            paint_ring(QPainter(self), shape, Radius.CONTROL, self.document.look)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step:
            bar = self._area.verticalScrollBar()
            bar.setValue(bar.value() + step * 2 * self.line_px)
        else:
            event.ignore()


class SheetPanel(QWidget):
    """Shows the sheet as far as there is room."""

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent)
        self._media = media
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(Gap.LARGE - RING, Gap.HAIR, Gap.LARGE - RING, Gap.HAIR)
        self.area = Pane(self)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(Gap.LARGE, Gap.TIGHT, Gap.LARGE, Gap.TIGHT)
        self.field = _Sheet(inside, self.area)
        rows.addWidget(self.field)
        rows.addStretch(1)
        self.area.setWidget(inside)
        prepare_scroll(self.area)
        column.addWidget(self.area)
        self.hide()

    def show_sheet(self, sheet: Mapping[str, tuple[Block, ...]], look: Look) -> None:
        dress_scroll(self.area, look)
        self.field.line_px = look.line_height(Type.STEM)
        blocks = sheet.get(look.lang) or next(iter(sheet.values()), ())
        self.field.show_content(blocks, look, media=self._media)
        self.area.be(self.window().height() // 4)
