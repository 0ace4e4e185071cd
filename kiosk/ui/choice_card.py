"""One choice as a card: all of it is the target, and what it is shows by more than colour.

A card never chooses itself: it says that it was pressed, and is drawn as chosen when the view says
so. Chosen is border, filled letter, tick and word; struck out is a dashed border and a line through
the text, by right click, long press or the X key, and may still be chosen.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.assessment.content import Block, plain_text
from kiosk.ui.controls import RING, height_follows_width, paint_ring, painted_later
from kiosk.ui.document import Document, Ink, Media
from kiosk.ui.icons import paint_icon
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Radius, Role, Type
from kiosk.words import text

LONG_PRESS_MS = 600
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class ChoiceCard(QAbstractButton):
    """A choice with its letter."""

    pressed_long = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        height_follows_width(self)
        self._look = Look()
        self._letter = ""
        self._many = False
        self._struck = False
        self._document: Document | None = None
        self._shown: object = None
        self._now: object = None
        self._heights: dict[int, int] = {}
        self._name = ""
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(LONG_PRESS_MS)
        self._hold.timeout.connect(self._held)

    def show_choice(
        self,
        blocks: tuple[Block, ...],
        letter: str,
        look: Look,
        *,
        chosen: bool,
        struck: bool,
        many: bool,
        media: Media | None = None,
    ) -> None:
        """Show a choice; `many` when several may be chosen (a square instead of a ring)."""
        now = (letter, many, chosen)
        shown = (blocks, look, struck)
        if (shown, now) == (self._shown, self._now) and self.isChecked() is chosen:
            return
        self._now = now
        if shown != self._shown:
            self._shown = shown
            ink = Ink(Type.STEM, "quiet" if struck else "text", struck=struck)
            self._document = Document(blocks, look, ink, media=media)
            self._heights.clear()
            self.updateGeometry()
        self._look, self._letter, self._many, self._struck = look, letter, many, struck
        self.setAutoExclusive(False)  # else Qt would not take a choice back
        self.setChecked(chosen)
        self.setAutoExclusive(not many)
        name = f"{letter}, {plain_text(blocks)}"
        if chosen:
            name += ", " + text("chosen", look.lang)
        if struck:
            name += ", " + text("struck out", look.lang)
        self._name = name
        self.setAccessibleName(name)
        self.update()

    @property
    def document(self) -> Document | None:
        """What it says, to be highlighted in."""
        return self._document

    def document_at(self) -> QPointF:
        """Where the document is painted."""
        assert self._document is not None
        height = self._document.height_for(max(1, self._words_width(self.width())))
        return QPointF(self._words_left(), self.rect().toRectF().center().y() - height / 2)

    def add_to_name(self, more: str) -> None:
        """Tell readers `more` behind what the choice is."""
        self.setAccessibleName(", ".join(filter(None, (self._name, more))))

    def give_up_press(self) -> None:
        """The press became something else: it neither chooses nor strikes out."""
        self._hold.stop()
        self.setDown(False)

    @property
    def struck(self) -> bool:
        return self._struck

    def nextCheckState(self) -> None:
        """The view alone says what is chosen."""

    # --- size -------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._document is None:
            return self._least_height()
        if width not in self._heights:
            words = self._document.height_for(max(1, self._words_width(width)))
            self._heights[width] = max(self._least_height(), int(words) + 2 * (Gap.SMALL + RING))
        return self._heights[width]

    def sizeHint(self) -> QSize:
        # Never by the present width: layouts keep it, and would keep a narrower one's height.
        return QSize(320, self._least_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self._least_height())

    def _least_height(self) -> int:
        return self._look.px(Height.OPTION) + 2 * RING

    def _words_left(self) -> int:
        return RING + Gap.MEDIUM + Gap.HAIR + self._look.px(Height.RING) + Gap.MEDIUM

    def _words_width(self, width: int) -> int:
        return width - self._words_left() - self._mark_width() - Gap.MEDIUM - RING

    def _mark_width(self) -> int:
        """Room for tick and word, kept free so that nothing moves when they come."""
        metrics = self._look.metrics(Type.BASE, strong=True)
        word = metrics.horizontalAdvance(text("Chosen", self._look.lang))
        return word + self._look.px(Type.NOTE) + Gap.HAIR + Gap.MEDIUM

    # --- pointer and keys ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            if self.hitButton(event.position().toPoint()):
                self.pressed_long.emit()
            return
        with painted_later(self):
            super().mousePressEvent(event)
        if self.isDown():
            self._hold.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hold.stop()
        with painted_later(self):
            super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self.isDown():
            self._hold.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            super().keyPressEvent(event)
        else:
            event.ignore()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().adjusted(RING, RING, -RING, -RING).contains(pos)

    def _held(self) -> None:
        if self.isDown():
            self.setDown(False)
            self.pressed_long.emit()

    # --- paint --------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect().adjusted(RING, RING, -RING, -RING))
        chosen = self.isChecked()
        edge_px = look.border_px + (1 if chosen or self.isDown() else 0)
        pen = QPen(look.colour("accent" if chosen else "border"), edge_px)
        if self._struck and not chosen:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(look.colour("accent_soft" if chosen else "surface"))
        half = edge_px / 2
        painter.drawRoundedRect(
            shape.adjusted(half, half, -half, -half), Radius.OPTION, Radius.OPTION
        )
        self._paint_letter(painter, shape, chosen)
        if self._document is not None:
            self._document.paint(painter, self.document_at())
        if chosen:
            self._paint_mark(painter, shape)
        if self.hasFocus():
            paint_ring(painter, shape, Radius.OPTION, look)

    def _paint_letter(self, painter: QPainter, shape: QRectF, chosen: bool) -> None:
        look = self._look
        side = look.px(Height.RING)
        ring = QRectF(
            shape.left() + Gap.MEDIUM + Gap.HAIR, shape.center().y() - side / 2, side, side
        )
        role: Role = "accent" if chosen else "quiet"
        painter.setPen(QPen(look.colour(role), 2))
        painter.setBrush(look.colour(role if chosen else "surface"))
        if self._many:
            painter.drawRoundedRect(ring.adjusted(1, 1, -1, -1), Radius.CONTROL, Radius.CONTROL)
        else:
            painter.drawEllipse(ring.adjusted(1, 1, -1, -1))
        painter.setFont(look.font(Type.BASE, strong=True))
        painter.setPen(look.colour("on_accent" if chosen else "text"))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, self._letter)
        if self._struck:  # a picture or a formula has no line through it
            middle = ring.center().y()
            painter.setPen(QPen(look.colour("text"), 2))
            painter.drawLine(
                QPointF(ring.left() - Gap.HAIR, middle), QPointF(ring.right() + Gap.HAIR, middle)
            )

    def _paint_mark(self, painter: QPainter, shape: QRectF) -> None:
        look = self._look
        font = look.font(Type.BASE, strong=True)
        word = text("Chosen", look.lang)
        metrics = look.metrics(Type.BASE, strong=True)
        right = shape.right() - Gap.MEDIUM - Gap.HAIR
        left = right - metrics.horizontalAdvance(word)
        colour = look.colour("accent_deep")
        painter.setFont(font)
        painter.setPen(colour)
        baseline = shape.center().y() + (metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(left, baseline), word)
        side = look.px(Type.NOTE)
        box = QRectF(left - side - Gap.HAIR, shape.center().y() - side / 2, side, side)
        paint_icon(painter, "tick", box, colour)
