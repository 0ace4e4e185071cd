"""A picture to answer on: shown as large as the text size asks and the room allows, and pressed.

The stage draws all that lies on the picture. What stands on a place of it for keys and for readers
of the screen is a child without a look of its own (`SpotButton`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QSizePolicy, QWidget

from kiosk.assessment.content import UNITS_PER_PX, Drawing, Picture, Raster
from kiosk.assessment.items import Size, Spot
from kiosk.ui.controls import RING, height_follows_width
from kiosk.ui.document import Media
from kiosk.ui.drawing import paint_drawing
from kiosk.ui.icons import paint_icon
from kiosk.ui.inlines import paint_image
from kiosk.ui.spots import Zoom, corner, fitted, outline, spot_at
from kiosk.ui.theme import Look
from kiosk.ui.tokens import FOCUS_GAP, FOCUS_WIDTH, Gap, Role, Type

WASH_ALPHA = 70
"""How much of the accent lies over a chosen place, of 255: the picture must stay readable."""
_LEAST_WIDTH = 120


def picture_pixmap(
    picture: Picture, width: int, height: int, look: Look, media: Media | None, density: float
) -> QPixmap:
    """`picture` filling `width` by `height` px on a screen with `density` dots a px."""
    made = QPixmap(round(width * density), round(height * density))
    made.setDevicePixelRatio(density)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    match picture:
        case Drawing():
            across = width * UNITS_PER_PX / max(1, picture.width)
            down = height * UNITS_PER_PX / max(1, picture.height)
            # Only a picture measured in another shape than it was drawn in is stretched.
            painter.scale(1.0, down / across)
            paint_drawing(painter, picture, QPointF(), across, look)
        case Raster():
            image = QImage()
            if media is not None:
                image.loadFromData(media(picture.media), "PNG")
            paint_image(painter, QRectF(0, 0, width, height), image)
    painter.end()
    return made


def keep_in_view(part: QWidget, box: QRect) -> None:
    """Scroll what `part` stands in so that `box` of it is seen."""
    above = part.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    inside = above.widget() if isinstance(above, QScrollArea) else None
    if isinstance(above, QScrollArea) and inside is not None:
        at = part.mapTo(inside, box.center())
        above.ensureVisible(at.x(), at.y(), box.width() // 2, box.height() // 2 + Gap.LARGE)


class PictureStage(QWidget):
    """Shows a picture and says where it was pressed, in px from its top left corner."""

    pressed = Signal(QPointF, QPointF)
    """Where the pointer went down, and where it went up again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        height_follows_width(self, down=QSizePolicy.Policy.Preferred)
        self.setMouseTracking(True)
        self._picture: Picture = Drawing(0, 0, "")
        self._size: Size = (1, 1)
        self._media: Media | None = None
        self._ground: QPixmap | None = None
        self._down: QPointF | None = None
        self.look = Look()
        self.zoom = Zoom((1, 1), 1, 1)

    def show_picture(
        self, picture: Picture, size: Size, look: Look, media: Media | None = None
    ) -> None:
        """Show `picture`, on which the item measures `size` px."""
        shown = (picture, size, look)
        if shown != (self._picture, self._size, self.look) or media is not self._media:
            self._picture, self._size, self.look, self._media = picture, size, look, media
            self._ground = None
            self.setAccessibleName(picture.words)
            self.updateGeometry()
            self.place()
        self.update()

    def place(self) -> None:
        """Fit the picture into the room there is; whoever has children on it places them."""
        zoom = self._fitted(self.width())
        if zoom != self.zoom:
            self.zoom = zoom
            self._ground = None

    def stage(self) -> QRectF:
        """The picture, in the widget's px."""
        return QRectF(RING, RING, self.zoom.width, self.zoom.height)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._fitted(width).height + 2 * RING

    def sizeHint(self) -> QSize:
        width = round(self._size[0] * self.look.scale / 100) + 2 * RING
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, 0)  # the layout asks heightForWidth

    def paint_over(self, painter: QPainter) -> None:
        """What lies on the picture; the painter's origin is the picture's corner."""

    def halo(self, width: int) -> dict[Role, int]:
        """Pens one over the other for a line of `width` px: the first, of the ground, shows the
        second on any picture."""
        return {"surface": width + 2 * self.look.border_px, "accent": width}

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position() - self.stage().topLeft()
        if event.button() == Qt.MouseButton.LeftButton:
            self._down = at
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        down, self._down = self._down, None
        if down is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(down, event.position() - self.stage().topLeft())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.stage()
        painter.fillRect(box, self.look.colour("surface"))
        if self._ground is None:
            self._ground = picture_pixmap(
                self._picture,
                self.zoom.width,
                self.zoom.height,
                self.look,
                self._media,
                self.devicePixelRatioF(),
            )
        painter.drawPixmap(box.topLeft(), self._ground)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.look.colour("border"), 1))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.translate(box.topLeft())
        self.paint_over(painter)

    def _fitted(self, width: int) -> Zoom:
        return fitted(self._size, self.look.scale, max(1, width - 2 * RING))


class Mark(Struct, frozen=True):
    """How a spot stands: `first` is one that waits for its other half, `joined` one that has it.

    `sign` is written on a chosen one; without it that has a tick.
    """

    state: Literal["free", "chosen", "first", "joined"] = "free"
    sign: str = ""


class SpotButton(QAbstractButton):
    """A place of a picture, for keys and readers of the screen. The stage draws it and is pressed.

    `stepped` says that an arrow key asks for the next spot, or the one before.
    """

    stepped = Signal(int)

    def __init__(self, stage: QWidget) -> None:
        super().__init__(stage)
        self._stage = stage
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def nextCheckState(self) -> None:
        """The view alone says what is chosen."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._stage.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._stage.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The stage draws all spots, so that none hides another's ring."""


_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}


class SpotStage(PictureStage):
    """A picture with places that can be pressed."""

    spot_pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pool: list[SpotButton] = []
        self._spots: tuple[Spot, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._pointed: int | None = None
        self._hovered: int | None = None
        self.edges: list[QPainterPath] = []
        self.pressed.connect(self._pressed)

    @property
    def buttons(self) -> list[SpotButton]:
        """One for each spot, in the item's order."""
        return self._pool[: len(self._spots)]

    def show_spots(
        self,
        spots: tuple[Spot, ...],
        marks: Sequence[Mark],
        names: Sequence[str],
        *,
        alone: bool = False,
    ) -> None:
        """Show `spots` on the picture that is shown; `names` is what a reader says of each.

        `alone` when only one of them can be chosen.
        """
        while len(self._pool) < len(spots):
            self._add()
        if spots != self._spots:
            self._spots, self._hovered, self._pointed = spots, None, None
        self._marks = tuple(marks)
        for index, button in enumerate(self._pool):
            button.setVisible(index < len(spots))
        for button, mark, name in zip(self.buttons, marks, names, strict=True):
            button.setAutoExclusive(False)  # else Qt would not take a choice back
            button.setChecked(mark.state in ("chosen", "first"))
            button.setAutoExclusive(alone)
            if not alone:
                # Of an exclusive group Qt leaves Tab the chosen one alone, in the next question too.
                button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(name)
        self.place()
        self.update()

    def point_out(self, index: int | None) -> None:
        """Show which spot a card beside the picture stands for."""
        if index != self._pointed:
            self._pointed = index
            self.update()

    def place(self) -> None:
        super().place()
        self.edges = [outline(spot, self.zoom) for spot in self._spots]
        for button, edge in zip(self.buttons, self.edges, strict=True):
            box = edge.boundingRect().translated(self.stage().topLeft())
            button.setGeometry(box.toAlignedRect())

    # --- pointer and keys ---------------------------------------------------------------------------

    def _add(self) -> None:
        index = len(self._pool)
        button = SpotButton(self)
        button.clicked.connect(lambda: self.spot_pressed.emit(index))
        button.stepped.connect(lambda step: self._step(index, step))
        self._pool.append(button)

    def _step(self, index: int, step: int) -> None:
        button = self.buttons[(index + step) % len(self.buttons)]
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        keep_in_view(self, button.geometry())

    def _pressed(self, down: QPointF, up: QPointF) -> None:
        index = spot_at(self.edges, up)
        if index is not None and index == spot_at(self.edges, down):
            self.buttons[index].setFocus(Qt.FocusReason.MouseFocusReason)
            self.spot_pressed.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(spot_at(self.edges, event.position() - self.stage().topLeft()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, index: int | None) -> None:
        if index == self._hovered:
            return
        self._hovered = index
        if index is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    # --- paint --------------------------------------------------------------------------------------

    def paint_over(self, painter: QPainter) -> None:
        for index, (edge, mark) in enumerate(zip(self.edges, self._marks, strict=True)):
            self._paint_edge(painter, edge, mark, stronger=index in (self._hovered, self._pointed))
        self.paint_between(painter)
        for button, edge in zip(self.buttons, self.edges, strict=True):
            if button.hasFocus():
                paint_edge_ring(painter, edge, self.look)
        for edge, mark in zip(self.edges, self._marks, strict=True):
            if mark.state == "chosen":
                self._paint_sign(painter, corner(edge), mark.sign)

    def paint_between(self, painter: QPainter) -> None:
        """What lies over the spots and under their signs."""

    def _paint_edge(
        self, painter: QPainter, edge: QPainterPath, mark: Mark, *, stronger: bool
    ) -> None:
        look = self.look
        role: Role = "border" if mark.state == "free" else "accent"
        width = look.border_px + (0 if mark.state == "free" else 2) + (1 if stronger else 0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark.state == "chosen":
            painter.fillPath(edge, wash(look))
        # A line of the ground on both sides, so that the edge is seen on any picture.
        painter.setPen(QPen(look.colour("surface"), width + 2 * look.border_px))
        painter.drawPath(edge)
        pen = QPen(look.colour("text" if stronger and mark.state == "free" else role), width)
        if mark.state == "first":
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawPath(edge)

    def _paint_sign(self, painter: QPainter, at: QPointF, sign: str) -> None:
        half = sign_side(self.look) / 2
        at -= QPointF(half, half) / 2  # outwards, to hide less of a small spot
        inside = QRectF(0, 0, self.zoom.width, self.zoom.height).adjusted(half, half, -half, -half)
        x = max(inside.left(), min(at.x(), inside.right()))
        y = max(inside.top(), min(at.y(), inside.bottom()))
        paint_sign(painter, QPointF(x, y), sign, self.look)


def wash(look: Look) -> QColor:
    """The accent, thin enough to see the picture through it."""
    colour = QColor(look.colour("accent"))
    colour.setAlpha(WASH_ALPHA)
    return colour


def sign_side(look: Look) -> int:
    """Width and height of a sign on a picture."""
    return look.px(Type.NOTE) + Gap.SMALL


def paint_sign(painter: QPainter, at: QPointF, sign: str, look: Look) -> None:
    """A disc with a number on it, or with a tick; it says "chosen" on any ground."""
    side = sign_side(look)
    box = QRectF(at.x() - side / 2, at.y() - side / 2, side, side)
    painter.setPen(QPen(look.colour("surface"), look.border_px))
    painter.setBrush(look.colour("accent"))
    painter.drawEllipse(box)
    if sign:
        painter.setFont(look.font(Type.NOTE, strong=True))
        painter.setPen(look.colour("on_accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)
    else:
        inset = side / 4
        inner = box.adjusted(inset, inset, -inset, -inset)
        paint_icon(painter, "tick", inner, look.colour("on_accent"))


def paint_edge_ring(painter: QPainter, edge: QPainterPath, look: Look) -> None:
    """The focus ring around a shape: 3 px in the text's colour, 3 px away, light between."""
    near = _widened(edge, FOCUS_GAP)
    far = _widened(edge, FOCUS_GAP + FOCUS_WIDTH)
    painter.fillPath(near.subtracted(edge), look.colour("surface"))
    painter.fillPath(far.subtracted(near), look.colour("text"))


def _widened(edge: QPainterPath, away: int) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * away)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(edge).united(edge)
