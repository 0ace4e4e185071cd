"""Signs drawn as paths: fonts of a bare system lack some of them, and these keep their weight."""

from __future__ import annotations

from typing import Literal, assert_never

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

Icon = Literal[
    "tick",
    "cross",
    "plus",
    "minus",
    "flag",
    "left",
    "right",
    "up",
    "down",
    "more",
    "clock",
    "warn",
    "half",
    "note",
    "calculator",
    "pause",
    "keyboard",
    "tools",
    "sound",
]


def paint_icon(painter: QPainter, icon: Icon, box: QRectF, colour: QColor) -> None:
    """Draw `icon` filling the square `box`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = box.width()
    pen = QPen(colour, max(1.6, side / 9))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)

    def at(x: float, y: float) -> QPointF:
        return QPointF(box.left() + x * side, box.top() + y * side)

    match icon:
        case "tick":
            painter.drawPolyline(QPolygonF([at(0.12, 0.55), at(0.4, 0.82), at(0.88, 0.18)]))
        case "cross":
            painter.drawLine(at(0.2, 0.2), at(0.8, 0.8))
            painter.drawLine(at(0.2, 0.8), at(0.8, 0.2))
        case "plus" | "minus":
            painter.drawLine(at(0.14, 0.5), at(0.86, 0.5))
            if icon == "plus":
                painter.drawLine(at(0.5, 0.14), at(0.5, 0.86))
        case "flag":
            painter.drawLine(at(0.2, 0.08), at(0.2, 0.92))
            cloth = QPainterPath(at(0.2, 0.12))
            cloth.lineTo(at(0.86, 0.12))
            cloth.lineTo(at(0.66, 0.34))
            cloth.lineTo(at(0.86, 0.56))
            cloth.lineTo(at(0.2, 0.56))
            painter.setBrush(colour)
            painter.drawPath(cloth)
        case "left":
            painter.drawLine(at(0.1, 0.5), at(0.9, 0.5))
            painter.drawPolyline(QPolygonF([at(0.42, 0.18), at(0.1, 0.5), at(0.42, 0.82)]))
        case "right":
            painter.drawLine(at(0.1, 0.5), at(0.9, 0.5))
            painter.drawPolyline(QPolygonF([at(0.58, 0.18), at(0.9, 0.5), at(0.58, 0.82)]))
        case "down" | "more":
            painter.drawPolyline(QPolygonF([at(0.2, 0.36), at(0.5, 0.66), at(0.8, 0.36)]))
        case "up":
            painter.drawPolyline(QPolygonF([at(0.2, 0.64), at(0.5, 0.34), at(0.8, 0.64)]))
        case "clock":
            painter.drawEllipse(at(0.5, 0.5), side * 0.4, side * 0.4)
            painter.drawPolyline(QPolygonF([at(0.5, 0.26), at(0.5, 0.5), at(0.66, 0.6)]))
        case "warn":
            painter.drawPolygon(QPolygonF([at(0.5, 0.1), at(0.94, 0.88), at(0.06, 0.88)]))
            painter.drawLine(at(0.5, 0.4), at(0.5, 0.6))
            painter.drawPoint(at(0.5, 0.75))
        case "calculator":
            painter.drawRect(QRectF(at(0.16, 0.08), at(0.84, 0.92)))
            painter.drawLine(at(0.32, 0.28), at(0.68, 0.28))
            for down in (0.5, 0.72):
                for across in (0.34, 0.66):
                    painter.drawPoint(at(across, down))
        case "pause":
            painter.drawLine(at(0.34, 0.16), at(0.34, 0.84))
            painter.drawLine(at(0.66, 0.16), at(0.66, 0.84))
        case "keyboard":
            painter.drawRect(QRectF(at(0.02, 0.2), at(0.98, 0.8)))
            for across in (0.2, 0.4, 0.6, 0.8):
                painter.drawPoint(at(across, 0.4))
            painter.drawLine(at(0.3, 0.62), at(0.7, 0.62))
        case "tools":
            for across in (0.12, 0.56):
                for down in (0.12, 0.56):
                    painter.drawRect(QRectF(at(across, down), at(across + 0.32, down + 0.32)))
        case "sound":
            horn = [at(0.1, 0.38), at(0.28, 0.38), at(0.52, 0.14), at(0.52, 0.86)]
            painter.drawPolygon(QPolygonF([*horn, at(0.28, 0.62), at(0.1, 0.62)]))
            painter.drawArc(QRectF(at(0.4, 0.26), at(0.88, 0.74)), -60 * 16, 120 * 16)
        case "half":
            painter.drawEllipse(at(0.5, 0.5), side * 0.42, side * 0.42)
            right = QPainterPath(at(0.5, 0.08))
            right.arcTo(QRectF(at(0.08, 0.08), at(0.92, 0.92)), 90, -180)
            right.closeSubpath()
            painter.fillPath(right, colour)
        case "note":
            painter.drawRect(QRectF(at(0.16, 0.1), at(0.84, 0.9)))
            for line in (0.34, 0.54):
                painter.drawLine(at(0.34, line), at(0.66, line))
            painter.drawLine(at(0.34, 0.72), at(0.52, 0.72))
        case _:
            assert_never(icon)
    painter.restore()
