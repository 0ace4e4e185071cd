"""Practice questions on a picture of three shapes, one for each kind."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.assessment.content import (
    UNITS_PER_PX,
    Block,
    Drawing,
    Figure,
    Paragraph,
    Path,
    Place,
    Stroke,
    Text,
)
from kiosk.assessment.items import (
    Graphic,
    GraphicAssociate,
    GraphicGapMatch,
    GraphicOrder,
    Hotspot,
    Item,
    ItemText,
    Kind,
    PositionObject,
    SelectPoint,
    Spot,
)
from kiosk.words import LANGUAGES, mark, text

_SIZE = (480, 200)
_SPOTS = (
    Spot("square", "rect", (20, 40, 140, 160)),
    Spot("circle", "circle", (240, 100, 60)),
    Spot("triangle", "poly", (340, 160, 460, 160, 400, 40)),
)
_SHAPES = {
    "square": mark("Square"),
    "circle": mark("Circle"),
    "triangle": mark("Triangle"),
}
_NAMES = {"a": mark("Circle"), "b": mark("Square"), "c": mark("Triangle")}
_DOT = (24, 24)
_ROUND = 0.5523
"""Where the handles of four curves stand, in radii, so that they make a circle."""


def _units(*px: float) -> tuple[int, ...]:
    return tuple(round(one * UNITS_PER_PX) for one in px)


def _circle(x: int, y: int, radius: int) -> tuple[int, ...]:
    bend = _ROUND * radius
    left, right, top, bottom = x - radius, x + radius, y - radius, y + radius
    return _units(
        *(right, y),
        *(right, y + bend, x + bend, bottom, x, bottom),
        *(x - bend, bottom, left, y + bend, left, y),
        *(left, y - bend, x - bend, top, x, top),
        *(x + bend, top, right, y - bend, right, y),
    )


def _picture(lang: str) -> Drawing:
    width, height = _units(*_SIZE)
    return Drawing(
        width,
        height,
        words=text("A square, a circle and a triangle, from left to right", lang),
        paths=(
            Path("MLLLZ", _units(20, 40, 140, 40, 140, 160, 20, 160), stroke=Stroke()),
            Path("MCCCCZ", _circle(240, 100, 60), stroke=Stroke()),
            Path("MLLZ", _units(340, 160, 460, 160, 400, 40), stroke=Stroke()),
        ),
    )


def _dot(lang: str) -> Figure:
    path = Path("MCCCCZ", _circle(12, 12, 11), fill="accent")
    width, height = _units(*_DOT)
    return Figure(Drawing(width, height, words=text("A dot", lang), paths=(path,)))


def _paragraph(sentence: str) -> Paragraph:
    return Paragraph((Text(sentence),))


def _item(identifier: str, interaction: Graphic, stem: str) -> Item:
    """A question on the shapes; `stem` was named with `mark`."""

    def spoken(lang: str) -> ItemText:
        named: dict[str, tuple[Block, ...]] = {
            name: (_paragraph(text(word, lang)),) for name, word in (_SHAPES | _NAMES).items()
        }
        named["dot"] = (_dot(lang),)
        body = (_paragraph(text(stem, lang)), Place("RESPONSE"))
        return ItemText(body, {"RESPONSE": named}, {"RESPONSE": _picture(lang)})

    return Item(identifier, (interaction,), {lang: spoken(lang) for lang in LANGUAGES})


def _hotspot() -> Item:
    stem = mark("Practice: choose the circle")
    return _item("practice-hotspot", Hotspot("RESPONSE", _SPOTS, _SIZE), stem)


def _select_point() -> Item:
    stem = mark("Practice: mark the middle of the circle")
    return _item("practice-select-point", SelectPoint("RESPONSE", _SIZE), stem)


def _graphic_order() -> Item:
    stem = mark("Practice: number the shapes from right to left")
    return _item("practice-graphic-order", GraphicOrder("RESPONSE", _SPOTS, _SIZE), stem)


def _graphic_associate() -> Item:
    stem = mark("Practice: join the two shapes that have corners")
    limits = dict.fromkeys(_SHAPES, 1)
    interaction = GraphicAssociate("RESPONSE", _SPOTS, _SIZE, limits, max_associations=1)
    return _item("practice-graphic-associate", interaction, stem)


def _graphic_gap_match() -> Item:
    stem = mark("Practice: give each shape its name")
    limits = dict.fromkeys((*_NAMES, *_SHAPES), 1)
    interaction = GraphicGapMatch("RESPONSE", tuple(_NAMES), _SPOTS, _SIZE, limits)
    return _item("practice-graphic-gap-match", interaction, stem)


def _position_object() -> Item:
    stem = mark("Practice: put the dot into the middle of the circle")
    interaction = PositionObject("RESPONSE", "dot", _DOT, _SIZE)
    return _item("practice-position-object", interaction, stem)


PICTURE_MAKERS: dict[Kind, Callable[[], Item]] = {
    Kind.HOTSPOT: _hotspot,
    Kind.SELECT_POINT: _select_point,
    Kind.GRAPHIC_ORDER: _graphic_order,
    Kind.GRAPHIC_ASSOCIATE: _graphic_associate,
    Kind.GRAPHIC_GAP_MATCH: _graphic_gap_match,
    Kind.POSITION_OBJECT: _position_object,
}
