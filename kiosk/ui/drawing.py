"""Drawings of the safe content model on a QPainter, in the tones of the theme they stand on."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPainterPath, QPen

from kiosk.assessment.content import UNITS_PER_PX, Drawing, Label, Path, Tone
from kiosk.ui import fonts
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Role

_ROLES: dict[Tone, Role] = {
    "ink": "text",
    "quiet": "quiet",
    "accent": "accent",
    "paper": "surface",
}
_WASHES: dict[Tone, Role] = {"quiet": "sunken", "accent": "accent_soft"}
_WASH_LEAST = 24 * UNITS_PER_PX
"""Fills at least this wide and high are grounds that text stands on, so they are drawn pale."""


def paint_drawing(
    painter: QPainter, drawing: Drawing, at: QPointF, zoom: float, look: Look
) -> None:
    """Draw with the top left corner at `at`; `zoom` 1.0 is one px for `UNITS_PER_PX` units."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at)
    factor = zoom / UNITS_PER_PX
    painter.scale(factor, factor)
    for path in drawing.paths:
        _paint_path(painter, path, look)
    painter.restore()
    for label in drawing.labels:
        _paint_label(painter, label, at, factor, look)


def painter_path(path: Path) -> QPainterPath:
    """The outline, in drawing units."""
    made = QPainterPath()
    made.setFillRule(Qt.FillRule.OddEvenFill if path.even_odd else Qt.FillRule.WindingFill)
    numbers = iter(path.points)

    def point() -> QPointF:
        return QPointF(next(numbers), next(numbers))

    for op in path.ops:
        match op:
            case "M":
                made.moveTo(point())
            case "L":
                made.lineTo(point())
            case "Q":
                made.quadTo(point(), point())
            case "C":
                made.cubicTo(point(), point(), point())
            case "Z":
                made.closeSubpath()
    return made


def _paint_path(painter: QPainter, path: Path, look: Look) -> None:
    outline = painter_path(path)
    if path.fill is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setBrush(QBrush(look.colour(_fill_role(path.fill, outline))))
    if path.stroke is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        stroke = path.stroke
        pen = QPen(look.colour(_ROLES[stroke.tone]), stroke.width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if stroke.dashes and stroke.width:
            pen.setDashPattern([dash / stroke.width for dash in stroke.dashes])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
    painter.drawPath(outline)


def _fill_role(tone: Tone, outline: QPainterPath) -> Role:
    box = outline.controlPointRect()
    if box.width() >= _WASH_LEAST and box.height() >= _WASH_LEAST:
        return _WASHES.get(tone, _ROLES[tone])
    return _ROLES[tone]


def _paint_label(painter: QPainter, label: Label, at: QPointF, factor: float, look: Look) -> None:
    # Text is set in device pixels: scaled by the painter it would be blurred and badly spaced.
    font = fonts.font(round(label.size * factor), strong=label.strong, italic=label.italic)
    width = QFontMetricsF(font).horizontalAdvance(label.text)
    left = at.x() + label.x * factor
    match label.anchor:
        case "start":
            pass
        case "middle":
            left -= width / 2
        case "end":
            left -= width
        case _:
            assert_never(label.anchor)
    painter.setFont(font)
    painter.setPen(look.colour(_ROLES[label.tone]))
    painter.drawText(QPointF(left, at.y() + label.y * factor), label.text)
