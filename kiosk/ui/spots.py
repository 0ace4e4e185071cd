"""Where the places of a picture are on the screen, and which of them a press means.

An item measures spots and points in px of its own picture (`Size`); a `Zoom` says how large that
picture is shown. Nothing here needs a widget.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from kiosk.assessment.items import Size, Spot
from kiosk.ui.tokens import Height

Point = tuple[int, int]
"""Whole px of the item's picture, from its left and its top."""


_STEPS = 128
"""How finely the way between two spots is searched for their edges."""


class Zoom(Struct, frozen=True):
    """A picture measured as `size`, shown `width` by `height` px large."""

    size: Size
    width: int
    height: int

    @property
    def across(self) -> float:
        return self.width / self.size[0]

    @property
    def down(self) -> float:
        return self.height / self.size[1]

    def shown(self, x: float, y: float) -> QPointF:
        """Where a point of the picture is on the screen."""
        return QPointF(x * self.across, y * self.down)

    def point(self, at: QPointF) -> Point:
        """The point of the picture nearest to a place on the screen."""
        return self.within((round(at.x() / self.across), round(at.y() / self.down)))

    def within(self, point: Point) -> Point:
        """`point`, or the point of the picture's edge that is nearest to it."""
        return (max(0, min(point[0], self.size[0])), max(0, min(point[1], self.size[1])))


def fitted(size: Size, scale: int, room: int) -> Zoom:
    """A picture at `scale` per cent, or smaller where it would be wider than `room` px."""
    width = max(1, min(round(size[0] * scale / 100), room))
    return Zoom(size, width, max(1, round(width * size[1] / size[0])))


def outline(spot: Spot, zoom: Zoom) -> QPainterPath:
    """The edge of `spot` on the screen."""
    made = QPainterPath()
    numbers = spot.coords
    match spot.shape:
        case "rect":
            left, top, right, bottom = numbers
            made.addRect(QRectF(zoom.shown(left, top), zoom.shown(right, bottom)).normalized())
        case "circle":
            across, down, radius = numbers
            made.addEllipse(zoom.shown(across, down), radius * zoom.across, radius * zoom.down)
        case "ellipse":
            across, down, wide, high = numbers
            made.addEllipse(zoom.shown(across, down), wide * zoom.across, high * zoom.down)
        case "poly":
            first, *others = zip(numbers[::2], numbers[1::2], strict=True)
            made.moveTo(zoom.shown(*first))
            for other in others:
                made.lineTo(zoom.shown(*other))
            made.closeSubpath()
        case "default":
            made.addRect(QRectF(0, 0, zoom.width, zoom.height))
    return made


def reach(edge: QPainterPath) -> float:
    """How far outside its edge a spot may be pressed, so that its target is at least 44 px."""
    box = edge.boundingRect()
    return max(0.0, (Height.CONTROL - min(box.width(), box.height())) / 2)


def spot_at(edges: Sequence[QPainterPath], at: QPointF) -> int | None:
    """Which spot a press means: the smallest that holds it, else the nearest one within reach.

    A spot takes no press that another one holds, and of two small ones each takes its own half.
    """
    holding = [index for index, edge in enumerate(edges) if _holds(edge, at)]
    if holding:
        return min(holding, key=lambda index: _area(edges[index]))
    near = [
        (away, index)
        for index, edge in enumerate(edges)
        if (away := _distance(edge, at)) <= reach(edge) and reach(edge)
    ]
    return min(near)[1] if near else None


def crowded(edges: Sequence[QPainterPath]) -> bool:
    """Whether some spot's target is smaller than 44 px because another spot is too near."""
    targets = [
        edge.boundingRect().adjusted(-reach(edge), -reach(edge), reach(edge), reach(edge))
        for edge in edges
    ]
    return any(
        reach(edge) and any(target.intersects(box) for at, box in enumerate(targets) if at != index)
        for index, (edge, target) in enumerate(zip(edges, targets, strict=True))
    )


def middle(edge: QPainterPath) -> QPointF:
    """A place within the spot to put a sign on: its middle, or for a bent shape a place in it."""
    centre = edge.boundingRect().center()
    if edge.contains(centre):
        return centre
    box = edge.boundingRect()
    steps = [(column / 16, row / 16) for column in range(1, 16) for row in range(1, 16)]
    inside = [
        place
        for across, down in steps
        if edge.contains(
            place := QPointF(box.left() + across * box.width(), box.top() + down * box.height())
        )
    ]
    return min(inside, key=lambda place: _between(place, centre), default=centre)


def line_between(one: QPainterPath, other: QPainterPath) -> QLineF:
    """From edge to edge, so that it hides nothing within the spots; from middle to middle where
    one spot lies in the other."""
    line = QLineF(middle(one), middle(other))
    places = [line.pointAt(step / _STEPS) for step in range(_STEPS + 1)]
    start = max(at for at, place in enumerate(places) if at == 0 or one.contains(place))
    end = min(at for at, place in enumerate(places) if at == _STEPS or other.contains(place))
    return QLineF(places[start], places[end]) if start < end else line


def corner(edge: QPainterPath) -> QPointF:
    """The place on the edge that is farthest up and left: where a spot's sign hides least of it."""
    polygon = edge.toFillPolygon()
    return min(polygon.toList(), key=lambda place: place.x() + place.y(), default=QPointF())


def _holds(edge: QPainterPath, at: QPointF) -> bool:
    """Whether `at` is in the shape or within half a px of its edge."""
    return edge.contains(at) or _distance(edge, at) <= 0.5


def _area(edge: QPainterPath) -> float:
    box = edge.boundingRect()
    return box.width() * box.height()


def _distance(edge: QPainterPath, at: QPointF) -> float:
    """From a place to the edge of a shape."""
    corners = edge.toFillPolygon().toList()
    return min((_to_line(at, one, other) for one, other in pairwise(corners)), default=math.inf)


def _to_line(at: QPointF, one: QPointF, other: QPointF) -> float:
    along = other - one
    length = QPointF.dotProduct(along, along)
    part = QPointF.dotProduct(at - one, along) / length if length else 0.0
    return _between(at, one + along * max(0.0, min(1.0, part)))


def _between(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
