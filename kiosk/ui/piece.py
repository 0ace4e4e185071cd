"""Something to press that holds content: a card of a list, a chip of a bank, words of a text.

A piece never changes by itself: it says that it was pressed, and the view says what it then is. What
it is shows by border, sign and word, and its name tells all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from kiosk.assessment.content import Block
from kiosk.ui.controls import RING, height_follows_width, paint_ring, side_by_side
from kiosk.ui.document import Document, Ink, Media
from kiosk.ui.icons import Icon, paint_icon
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Radius, Role, Type

_LEAST_WIDTH = 160


class Face(Struct, frozen=True):
    """How a piece looks.

    `sign` is its letter or number, in a ring or (`square`) a square; `chosen` gives it the strong
    border; `word` with `icon` stands at its right end, where room for the longest word that may come
    (`room`) and the icon (`keep_icon`) is kept free so that nothing moves; `dashed` is a place that
    waits, `compact` a chip as wide as its words.
    """

    sign: str = ""
    square: bool = False
    chosen: bool = False
    word: str = ""
    icon: Icon | None = None
    room: str = ""
    dashed: bool = False
    quiet: bool = False
    compact: bool = False
    keep_icon: bool = False
    check: Literal["", "one", "many"] = ""


class Piece(QAbstractButton):
    """A press is `clicked`; Space presses it, Enter is left to the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Not Minimum: that takes the height of the hint, at a width it will not have, for the least.
        height_follows_width(self, down=QSizePolicy.Policy.Preferred)
        self._look = Look()
        self._face = Face()
        self._document: Document | None = None
        self._shown: object = None
        self._heights: dict[int, int] = {}

    def show_piece(
        self,
        blocks: tuple[Block, ...],
        look: Look,
        face: Face,
        name: str,
        media: Media | None = None,
    ) -> None:
        """Show `blocks`; `name` says to a reader what it is and in what state."""
        quiet = face.quiet or face.dashed
        spare = (face.sign != "", face.room, face.compact, face.icon is None, face.keep_icon)
        shown = (blocks, look, quiet, spare)
        if shown != self._shown:
            self._shown = shown
            ink = Ink(Type.STEM, "quiet" if quiet else "text")
            self._document = Document(blocks, look, ink, media=media)
            self._heights.clear()
            self.updateGeometry()
        self._look, self._face = look, face
        self.setCheckable(face.check != "")
        self.setAutoExclusive(False)  # else Qt would not take a choice back
        if face.check:
            self.setChecked(face.chosen)
            self.setAutoExclusive(face.check == "one")
        if face.check != "one":
            # Of an exclusive group Qt leaves Tab the chosen one alone, in the next question too.
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.update()

    @property
    def face(self) -> Face:
        return self._face

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
            around = Gap.HAIR if self._face.compact else Gap.SMALL
            self._heights[width] = max(self._least_height(), int(words) + 2 * (around + RING))
        return self._heights[width]

    def sizeHint(self) -> QSize:
        if self._face.compact and self._document is not None:
            around = self._words_left() + self._right_width()
            width = max(round(self._document.natural_width()) + 2 + around, self._least_height())
            return QSize(width, self.heightForWidth(width))
        # Never by the present width: layouts keep it, and would keep a narrower one's height.
        return QSize(_LEAST_WIDTH * 2, self._least_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0 if self._face.compact else _LEAST_WIDTH, self._least_height())

    def spare_px(self) -> int:
        """Room at the right end for what a kind of piece puts there."""
        return 0

    def _least_height(self) -> int:
        return self._look.px(Height.CONTROL if self._face.compact else Height.OPTION) + 2 * RING

    def _padding(self) -> int:
        return RING + (Gap.SMALL if self._face.compact else Gap.MEDIUM + Gap.HAIR)

    def _ring_side(self) -> int:
        return self._look.px(Type.HEAD if self._face.compact else Height.RING)

    def _words_left(self) -> int:
        if not self._face.sign:
            return self._padding()
        between = Gap.TIGHT if self._face.compact else Gap.MEDIUM
        return self._padding() + self._ring_side() + between

    def _right_width(self) -> int:
        """From the end of the words to the edge, kept free whether anything stands there or not."""
        face, width = self._face, self._padding() + self.spare_px()
        if face.room:
            width += QFontMetrics(self._word_font()).horizontalAdvance(face.room) + Gap.TIGHT
        if face.room or face.icon is not None or face.keep_icon:
            width += self._look.px(Type.NOTE) + Gap.HAIR
        return width

    def _words_width(self, width: int) -> int:
        return width - self._words_left() - self._right_width()

    # --- pointer and keys ---------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            super().keyPressEvent(event)
        else:
            event.ignore()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().adjusted(RING, RING, -RING, -RING).contains(pos)

    # --- paint --------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, face = self._look, self._face
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect().adjusted(RING, RING, -RING, -RING))
        edge_px = look.border_px + (1 if face.chosen or self.isDown() else 0)
        pen = QPen(look.colour("accent" if face.chosen else "border"), edge_px)
        if face.dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        fill: Role = "ground" if face.dashed else "accent_soft" if face.chosen else "surface"
        painter.setBrush(look.colour(fill))
        half = edge_px / 2
        radius = Radius.CONTROL if face.compact else Radius.OPTION
        painter.drawRoundedRect(shape.adjusted(half, half, -half, -half), radius, radius)
        if face.sign:
            self._paint_sign(painter, shape)
        if self._document is not None:
            height = self._document.height_for(max(1, self._words_width(self.width())))
            top = shape.center().y() - height / 2
            self._document.paint(painter, QPointF(self._words_left(), top))
        self._paint_word(painter, shape)
        if self.hasFocus():
            paint_ring(painter, shape, radius, look)

    def _paint_sign(self, painter: QPainter, shape: QRectF) -> None:
        look, face = self._look, self._face
        side = self._ring_side()
        ring = QRectF(self._padding(), shape.center().y() - side / 2, side, side)
        role: Role = "accent" if face.chosen else "quiet"
        painter.setPen(QPen(look.colour(role), 2))
        painter.setBrush(look.colour(role if face.chosen else "surface"))
        if face.square:
            painter.drawRoundedRect(ring.adjusted(1, 1, -1, -1), Radius.CONTROL, Radius.CONTROL)
        else:
            painter.drawEllipse(ring.adjusted(1, 1, -1, -1))
        painter.setFont(self._word_font())
        painter.setPen(look.colour("on_accent" if face.chosen else "text"))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, face.sign)

    def _paint_word(self, painter: QPainter, shape: QRectF) -> None:
        look, face = self._look, self._face
        colour = look.colour("accent_deep" if face.chosen else "text")
        right = self.width() - self._padding() - self.spare_px()
        if face.word:
            painter.setFont(self._word_font())
            metrics = painter.fontMetrics()
            right -= metrics.horizontalAdvance(face.word)
            painter.setPen(colour)
            baseline = shape.center().y() + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(right, baseline), face.word)
            right -= Gap.HAIR
        if face.icon is not None:
            side = look.px(Type.NOTE)
            box = QRectF(right - side, shape.center().y() - side / 2, side, side)
            paint_icon(painter, face.icon, box, colour)

    def _word_font(self) -> QFont:
        return self._look.font(Type.BASE, strong=True)


class Flow(QWidget):
    """Pieces side by side, as many in a line as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        height_follows_width(self, down=QSizePolicy.Policy.Preferred)
        self._held: list[QWidget] = []

    def hold(self, widgets: Sequence[QWidget]) -> None:
        """Show `widgets`, children of this one, in this order; hide the others it held."""
        for widget in self._held:
            if widget not in widgets:
                widget.hide()
        self._held = list(widgets)
        for widget in self._held:
            widget.show()
        self.updateGeometry()
        self._place(self.width(), move=True)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        width = sum(widget.sizeHint().width() for widget in self._held)
        return QSize(width, self.heightForWidth(max(1, width)))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, 0)  # the layout asks heightForWidth

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def _place(self, width: int, *, move: bool) -> int:
        between = side_by_side(Gap.SMALL)
        left = top = line = 0
        for widget in self._held:
            wide = min(widget.sizeHint().width(), width)
            high = widget.heightForWidth(wide)
            if left and left + wide > width:
                left, top, line = 0, top + line + between, 0
            if move:
                widget.setGeometry(left, top, wide, high)
            left += wide + between
            line = max(line, high)
        return top + line
