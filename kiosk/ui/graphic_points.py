"""Questions whose answers are points of a picture: marked with a cross (`SelectPointPart`), or by
putting an object there (`PositionObjectPart`).

By keys one moves a cross-hair, 1 px of the picture a press, 10 with Shift, and puts with Space.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.assessment.content import Figure, Picture, plain_text
from kiosk.assessment.items import Size
from kiosk.assessment.responses import MAX_POINTS
from kiosk.ui.controls import RING, paint_ring
from kiosk.ui.graphic_part import GraphicPart, TakeBacks
from kiosk.ui.part import Asked
from kiosk.ui.picture_stage import PictureStage, keep_in_view, paint_sign, picture_pixmap, sign_side
from kiosk.ui.spots import Point
from kiosk.ui.tokens import Gap, Radius
from kiosk.words import ntext, text

FAR_STEP = 10
"""How many px of the picture the cross-hair goes with Shift."""
GHOST = 0.5
"""How solid an object is drawn where it is not put yet."""
_NEAR = Gap.SMALL
"""A press this near a point, in px of the screen, means that point."""


class PointStage(PictureStage):
    """A picture to put points on, with a cross-hair for keys.

    `put` says where a press or Space puts; the view decides what comes of it.
    """

    put = Signal(int, int)
    taken = Signal(int, int)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._points: tuple[Point, ...] = ()
        self._numbered = False
        self._hovered: QPointF | None = None
        self.cross: Point = (0, 0)
        self.pressed.connect(self._pressed)

    def show_points(self, points: Sequence[Point], *, numbered: bool) -> None:
        """Show `points`, each with its number when there may be several."""
        self._points, self._numbered = tuple(points), numbered
        self.update()

    def centre_cross(self) -> None:
        """The cross-hair goes to the middle of the picture."""
        across, down = self.zoom.size
        self.cross = (across // 2, down // 2)

    def near(self, at: Point) -> Point | None:
        """The point that a press at `at` means, if one is there."""
        place = self.zoom.shown(*at)
        found = [
            (away, point)
            for point in self._points
            if (away := QLineF(place, self.zoom.shown(*point)).length()) <= self.reach()
        ]
        return min(found)[1] if found else None

    def reach(self) -> float:
        """How near to a point one must press to mean it, in px of the screen."""
        return float(_NEAR)

    # --- pointer and keys ---------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _STEPS:
            right, down = _STEPS[key]
            step = FAR_STEP if far else 1
            self._move((self.cross[0] + step * right, self.cross[1] + step * down))
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.put.emit(*self.cross)
        elif key == Qt.Key.Key_Delete and (point := self.near(self.cross)) is not None:
            self.taken.emit(*point)
        else:
            event.ignore()

    def _move(self, cross: Point) -> None:
        self.cross = self.zoom.within(cross)
        at = (self.zoom.shown(*self.cross) + self.stage().topLeft()).toPoint()
        keep_in_view(self, QRect(at, QSize(1, 1)))
        self.moved.emit()
        self.update()

    def _pressed(self, _down: QPointF, up: QPointF) -> None:
        # Where it is let go counts: a finger may look for the place before it does so.
        if QRectF(0, 0, self.zoom.width, self.zoom.height).adjusted(-1, -1, 1, 1).contains(up):
            self.cross = self.zoom.point(up)
            self.put.emit(*self.cross)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = event.position() - self.stage().topLeft()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # --- paint --------------------------------------------------------------------------------------

    def paint_over(self, painter: QPainter) -> None:
        stage = QRectF(0, 0, self.zoom.width, self.zoom.height)
        painter.save()
        painter.setClipRect(stage.adjusted(-1, -1, 1, 1))
        if self._hovered is not None and stage.contains(self._hovered):
            self.paint_ghost(painter, self._hovered)
        for number, point in enumerate(self._points, start=1):
            at = self.zoom.shown(*point)
            self.paint_point(painter, at)
            if self._numbered:
                self._paint_number(painter, at, number)
        if self.hasFocus():
            self._paint_cross_hair(painter)
        painter.restore()
        if self.hasFocus():
            paint_ring(painter, stage, Radius.CONTROL - Gap.HAIR, self.look)

    def paint_point(self, painter: QPainter, at: QPointF) -> None:
        """A cross in a ring; a line of the ground around both shows it on any picture."""
        arm, ring = self.look.px(Gap.SMALL), self.look.px(Gap.TIGHT)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for role, pen_px in self.halo(self.look.border_px + 1).items():
            painter.setPen(QPen(self.look.colour(role), pen_px))
            painter.drawEllipse(at, ring, ring)
            painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
            painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))

    def paint_ghost(self, painter: QPainter, at: QPointF) -> None:
        """What would be put at `at`; a cross needs none, for the pointer is one."""

    def _paint_number(self, painter: QPainter, at: QPointF, number: int) -> None:
        away = self.look.px(Gap.SMALL) + sign_side(self.look) / 2
        right = away if at.x() + 2 * away < self.zoom.width else -away
        up = -away if at.y() - 2 * away > 0 else away
        paint_sign(painter, at + QPointF(right, up), str(number), self.look)

    def _paint_cross_hair(self, painter: QPainter) -> None:
        at = self.zoom.shown(*self.cross)
        self.paint_ghost(painter, at)
        lines = [
            QLineF(0, at.y(), self.zoom.width, at.y()),
            QLineF(at.x(), 0, at.x(), self.zoom.height),
        ]
        painter.setPen(QPen(self.look.colour("surface"), 1 + 2 * self.look.border_px))
        painter.drawLines(lines)
        painter.setPen(QPen(self.look.colour("text"), 1))
        painter.drawLines(lines)


_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class SelectPointPart(GraphicPart):
    """Points of a picture."""

    def __init__(self, parent: QWidget | None = None, *, stage: PointStage | None = None) -> None:
        self.ground = stage or PointStage()
        super().__init__(self.ground, parent)
        self.ground.put.connect(self._put)
        self.ground.taken.connect(self._take)
        self.ground.moved.connect(self._say_place)
        self.take_backs = TakeBacks(self)
        self.take_backs.taken.connect(lambda at: self._take(*self._points[at]))
        self.column.addWidget(self.take_backs)
        self._points: list[Point] = []

    def tab_stops(self) -> list[QWidget]:
        return [self.ground, *self.take_backs.buttons]

    def forget(self) -> None:
        self._points = []
        self.ground.centre_cross()

    def refresh(self) -> None:
        super().refresh()
        given = [_point(words) for words in self.value]
        # Points keep their numbers while others come and go; the response has no order.
        kept = [point for point in self._points if point in given]
        self._points = kept + [point for point in given if point not in kept]
        self.ground.show_points(self._points, numbered=self.most != 1)
        self.take_backs.show_things([self._thing(at) for at in range(len(self._points))], self.look)
        self.keep_tab_order()
        self._say_place()

    def sentence(self) -> str:
        lang = self.look.lang
        if self.most == 1:
            what = text("Press the place in the picture", lang)
        else:
            what = text("Press the places in the picture", lang)
        return f"{what} · {ntext('{n} marked', '{n} marked', len(self.value), lang)}"

    @property
    def most(self) -> int:
        """How many points there may be."""
        return int(self.asked.interaction.max_choices) or MAX_POINTS

    def _put(self, x: int, y: int) -> None:
        self.relent()
        there = (x, y) if self.most == 1 and (x, y) in self._points else None
        if self.most != 1:
            there = self.ground.near((x, y))
        if there is not None:
            self._take(*there)
        elif self.most == 1:
            self.send((_words((x, y)),))
        elif len(self._points) >= self.most:
            self.refuse(
                text("At most {n} can be marked. Take one back first", self.look.lang, n=self.most)
            )
        else:
            self.send(tuple(sorted((*self.value, _words((x, y))))))

    def _take(self, x: int, y: int) -> None:
        self.relent()
        self.send(tuple(one for one in self.value if _point(one) != (x, y)))

    def _thing(self, at: int) -> tuple[str, str]:
        lang = self.look.lang
        words = text("Remove", lang)
        if self.most != 1:
            words = text("Remove {number}", lang, number=at + 1)
        return words, f"{words}, {self._where(self._points[at])}"

    def _where(self, point: Point) -> str:
        width, height = self.asked.interaction.size
        return text(
            "{x} of {width} across, {y} of {height} down",
            self.look.lang,
            x=point[0],
            y=point[1],
            width=width,
            height=height,
        )

    def _say_place(self) -> None:
        """Where the cross-hair is and what is there; what the picture shows as its description."""
        cross = self.ground.cross
        said = [self._where(cross)]
        if self.ground.near(cross) is not None:
            said.append(text("marked", self.look.lang))
        picture = self.asked.picture
        self.ground.setAccessibleName(", ".join(said))
        self.ground.setAccessibleDescription(picture.words if picture is not None else "")


class ObjectStage(PointStage):
    """A picture to put another one on, by its middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: Asked | None = None
        self._drawn: QPixmap | None = None
        self._drawn_for: object = None

    def show_object(self, asked: Asked) -> None:
        """`asked` is a PositionObject."""
        self._asked = asked

    def reach(self) -> float:
        if self._asked is None:
            return super().reach()
        wide, high = self._shown_size(self._asked.interaction.object_size)
        return max(super().reach(), min(wide, high) / 2)

    def paint_point(self, painter: QPainter, at: QPointF) -> None:
        drawn = self._object()
        if drawn is None:
            super().paint_point(painter, at)
            return
        box = QRectF(QPointF(), drawn.deviceIndependentSize())
        box.moveCenter(at)
        painter.drawPixmap(box.topLeft(), drawn)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width = self.look.border_px + 1
        frame = box.adjusted(-width, -width, width, width)  # around the object, not over it
        for role, pen_px in self.halo(width).items():
            painter.setPen(QPen(self.look.colour(role), pen_px))
            painter.drawRect(frame)

    def paint_ghost(self, painter: QPainter, at: QPointF) -> None:
        painter.save()
        painter.setOpacity(GHOST)
        self.paint_point(painter, at)
        painter.restore()

    def _object(self) -> QPixmap | None:
        asked = self._asked
        picture = object_picture(asked) if asked is not None else None
        if asked is None or picture is None:
            return None
        wide, high = self._shown_size(asked.interaction.object_size)
        drawn_for = (picture, wide, high, asked.look, self.devicePixelRatioF())
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self._drawn = picture_pixmap(
                picture, wide, high, asked.look, asked.media, self.devicePixelRatioF()
            )
        return self._drawn

    def _shown_size(self, size: Size) -> Size:
        return (
            max(1, round(size[0] * self.zoom.across)),
            max(1, round(size[1] * self.zoom.down)),
        )


class PositionObjectPart(SelectPointPart):
    """Where in the picture an object belongs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._objects = ObjectStage()
        super().__init__(parent, stage=self._objects)
        self.sample = QLabel(self)
        self.sample.setMargin(RING)
        self.column.insertWidget(1, self.sample)

    def show_interaction(self, asked: Asked) -> None:
        self._objects.show_object(asked)
        picture = object_picture(asked)
        self.sample.setVisible(picture is not None)
        if picture is not None:
            wide, high = (max(1, asked.look.px(side)) for side in asked.interaction.object_size)
            density = self.devicePixelRatioF()
            self.sample.setPixmap(
                picture_pixmap(picture, wide, high, asked.look, asked.media, density)
            )
            self.sample.setAccessibleName(plain_text(asked.content(asked.interaction.object)))
        super().show_interaction(asked)

    def sentence(self) -> str:
        what = text("Press the place in the picture where this belongs", self.look.lang)
        count = ntext("{n} placed", "{n} placed", len(self.value), self.look.lang)
        return f"{what} · {count}"


def object_picture(asked: Asked) -> Picture | None:
    """The picture that a PositionObject puts; None where an item lost it."""
    content = asked.content(asked.interaction.object)
    return next((block.picture for block in content if isinstance(block, Figure)), None)


def _point(words: str) -> Point:
    x, y = words.split(" ")
    return int(x), int(y)


def _words(point: Point) -> str:
    return f"{point[0]} {point[1]}"
