"""What stands in a line of a document and is no letter: formulae, pictures, the places of fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, assert_never

from msgspec import Struct
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPyTextObject, QTextDocument, QTextFormat

from kiosk.assessment import content
from kiosk.ui.drawing import paint_drawing
from kiosk.ui.theme import Look

OBJECT: Final = int(QTextFormat.ObjectTypes.UserObject) + 1
"""The type of these objects, to Qt."""
INDEX: Final = int(QTextFormat.Property.UserProperty) + 1
"""The property of an object's format that says which of the document's inlines it is."""


class Formula(Struct, frozen=True):
    """The part of a formula above the line; `zoom` 1.0 is one px for `UNITS_PER_PX` units."""

    drawing: content.Drawing
    zoom: float


class Below(Struct, frozen=True):
    """Room below the line, in px, without width."""

    height: float


class Picture(Struct, frozen=True):
    """A drawing or an image, in px at the look's scale; it shrinks to the width there is."""

    drawing: content.Drawing | None
    image: QImage | None
    width: float
    height: float


class FieldGap(Struct, frozen=True):
    """The place of the widget that takes a response."""

    response: str


Inline = Formula | Below | Picture | FieldGap


class Objects(QPyTextObject):
    """Sizes and draws a document's inline objects."""

    def __init__(
        self,
        parent: QTextDocument,
        inlines: Sequence[Inline],
        look: Look,
        field_size: Callable[[str], QSizeF],
    ) -> None:
        """
        Args:
            inlines: looked up by the property INDEX of an object's format; they may still grow.
            field_size: of the widget that stands for a response.
        """
        super().__init__(parent)
        self._inlines = inlines
        self._look = look
        self._field_size = field_size

    def intrinsicSize(self, doc: QTextDocument, _at: int, format: QTextFormat) -> QSizeF:  # noqa: A002
        inline = self._inlines[int(format.intProperty(INDEX))]
        match inline:
            case Formula(drawing, zoom):
                return QSizeF(px(drawing.width, zoom), px(above(drawing), zoom))
            case Below(height):
                return QSizeF(0, height)
            case Picture(_, _, width, height):
                shrink = _shrink(width, doc)
                return QSizeF(width * shrink, height * shrink)
            case FieldGap(response):
                return self._field_size(response)
            case _:
                assert_never(inline)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        _at: int,
        format: QTextFormat,  # noqa: A002
    ) -> None:
        inline = self._inlines[int(format.intProperty(INDEX))]
        match inline:
            case Formula(drawing, zoom):
                paint_drawing(painter, drawing, QPointF(rect.topLeft()), zoom, self._look)
            case Picture(drawing, image, width, _):
                if drawing is not None:
                    zoom = self._look.scale / 100 * _shrink(width, doc)
                    paint_drawing(painter, drawing, QPointF(rect.topLeft()), zoom, self._look)
                elif image is not None:
                    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                    paint_image(painter, QRectF(rect), image)
            case Below() | FieldGap():
                pass
            case _:
                assert_never(inline)


def paint_image(painter: QPainter, box: QRectF, image: QImage) -> None:
    """Draw a picture that was made for paper: what shows through it is white in every theme."""
    if image.hasAlphaChannel():
        painter.fillRect(box, Qt.GlobalColor.white)
    painter.drawImage(box, image)


def above(drawing: content.Drawing) -> int:
    """How much of a drawing stands above the line, in its units."""
    return drawing.height if drawing.baseline is None else drawing.baseline


def px(units: int, zoom: float) -> float:
    """A drawing's units as px."""
    return units * zoom / content.UNITS_PER_PX


def _shrink(width: float, doc: QTextDocument) -> float:
    room = doc.textWidth()
    return 1.0 if room <= 0 or width <= room else room / width
