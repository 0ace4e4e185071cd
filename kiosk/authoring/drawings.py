"""SVG as a `Drawing`: flat paths and labels in tones, nothing else.

The tree is walked here (our safe XML, an allow-list of elements and attributes); `svgelements` only
computes geometry: path data, shapes, transforms, colours. What cannot be kept is a problem, never a
drawing with a part missing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final, Literal

import svgelements as geometry
from lxml import etree

from kiosk.assessment.content import UNITS_PER_PX, Drawing, Label, Path, Stroke, Tone
from kiosk.authoring.problems import Problems
from kiosk.authoring.tones import NoTone, tone_of
from kiosk.readers.xml import Element, line_of
from kiosk.words import mark

MAX_SIDE_PX: Final = 2_000
MAX_PATHS: Final = 2_000
MAX_POINTS: Final = 60_000
MAX_COORDINATE: Final = 100 * MAX_SIDE_PX * UNITS_PER_PX
MAX_ELEMENTS: Final = 10_000
MAX_PATH_CHARACTERS: Final = 500_000
"""Of all path data, points and transforms of a drawing."""
MAX_ATTRIBUTE: Final = 1_000
"""Characters of any other attribute."""
MAX_LABELS: Final = 300
MAX_LABEL_LENGTH: Final = 200
SVG: Final = "http://www.w3.org/2000/svg"

_SHAPES: Final = {
    "path": ("d",),
    "line": ("x1", "y1", "x2", "y2"),
    "polyline": ("points",),
    "polygon": ("points",),
    "rect": ("x", "y", "width", "height", "rx", "ry"),
    "circle": ("cx", "cy", "r"),
    "ellipse": ("cx", "cy", "rx", "ry"),
}
_MAKERS: Final = {
    "line": geometry.SimpleLine,
    "polyline": geometry.Polyline,
    "polygon": geometry.Polygon,
    "rect": geometry.Rect,
    "circle": geometry.Circle,
    "ellipse": geometry.Ellipse,
}
_GEOMETRY: Final = frozenset({"d", "points", "transform"})
_SILENT: Final = frozenset({"title", "desc", "metadata"})
_WITHOUT_EFFECT: Final = frozenset(
    {
        "id", "class", "transform", "style", "font-family", "stroke-linecap", "stroke-linejoin",
        "stroke-miterlimit", "role", "vector-effect", "shape-rendering", "color",
    }
)  # fmt: skip
_LENGTH: Final = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(px|pt)?\s*\Z")
_TRANSFORM: Final = re.compile(
    r"\s*((matrix|translate|scale|rotate|skewX|skewY)\s*\([\d\s,.eE+-]+\)[\s,]*)+\Z"
)
_PX_PER_PT: Final = 96 / 72


_Paint = dict[str, str]
"""What elements inherit."""
_INITIAL: Final[_Paint] = {
    "fill": "black",
    "stroke": "none",
    "stroke-width": "1",
    "stroke-dasharray": "none",
    "fill-rule": "nonzero",
    "font-size": "16",
    "font-weight": "normal",
    "font-style": "normal",
    "text-anchor": "start",
}
_PAINT: Final = frozenset(_INITIAL)


def drawing_of(
    root: Element, words: str, problems: Problems, where: Element | None
) -> Drawing | None:
    """The SVG document `root` as a drawing, or None when a problem was reported.

    Args:
        words: what the drawing says to those who cannot see it.
        where: the element of the item that shows the drawing; problems point at it.
    """
    return _Converter(problems, where).convert(root, words)


class _Refused(Exception):
    """Reported already; the drawing is given up."""


class _Converter:
    def __init__(self, problems: Problems, where: Element | None) -> None:
        self.problems = problems
        self.where = where
        self.paths: list[Path] = []
        self.labels: list[Label] = []
        self.points = 0
        self.elements = 0
        self.characters = 0

    def convert(self, root: Element, words: str) -> Drawing | None:
        try:
            if etree.QName(root).localname != "svg":
                raise self.refuse(root, mark("the picture is no SVG drawing"))
            self.weigh(root)
            width, height, matrix = self.frame(root)
            for part in self.walk(root):
                self.draw(part, _INITIAL, matrix)
        except _Refused:
            return None
        return Drawing(width, height, words, tuple(self.paths), tuple(self.labels))

    def refuse(self, element: Element, sentence: str, /, **values: str | int) -> _Refused:
        self.problems.refuse(
            self.where,
            sentence,
            element=etree.QName(element).localname,
            picture_line=line_of(element),
            **values,
        )
        return _Refused()

    # --- frame ------------------------------------------------------------------------------------

    def frame(self, root: Element) -> tuple[int, int, geometry.Matrix]:
        box = [
            self.number(root, text)
            for text in re.split(r"[\s,]+", root.get("viewBox", "").strip())
            if text
        ]
        width = self.length(root, "width", box[2] if len(box) == 4 else 0)
        height = self.length(root, "height", box[3] if len(box) == 4 else 0)
        if len(box) != 4:
            box = [0.0, 0.0, width, height]
        if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX and box[2] > 0 < box[3]):
            raise self.refuse(
                root,
                mark("the drawing must be 1 to {most} pixels wide and high, with a viewBox"),
                most=MAX_SIDE_PX,
            )
        # preserveAspectRatio's default: whole and centred.
        scale = min(width / box[2], height / box[3])
        matrix = geometry.Matrix.translate(-box[0], -box[1])
        matrix.post_scale(scale, scale)
        matrix.post_translate((width - box[2] * scale) / 2, (height - box[3] * scale) / 2)
        matrix.post_scale(UNITS_PER_PX, UNITS_PER_PX)
        return round(width * UNITS_PER_PX), round(height * UNITS_PER_PX), matrix

    # --- elements ---------------------------------------------------------------------------------

    def walk(self, element: Element) -> Iterator[Element]:
        for part in element:
            name = etree.QName(part)
            if name.localname in _SILENT or (name.localname == "defs" and not len(part)):
                continue
            if name.namespace not in (SVG, None) or name.localname not in {"g", "text", *_SHAPES}:
                raise self.refuse(
                    part,
                    mark(
                        "the drawing uses <{element}> (its line {picture_line}), which is not supported"
                    ),
                )
            self.weigh(part)
            yield part

    def weigh(self, element: Element) -> None:
        """Gives the drawing up before it costs more than a drawing may."""
        self.elements += 1
        for key, value in element.attrib.items():
            if key in _GEOMETRY:
                self.characters += len(value)
                if str(value).lower().count("z") > MAX_PATHS:
                    raise self.unreadable(element, str(key), str(value))
            elif len(value) > MAX_ATTRIBUTE:
                raise self.unreadable(element, str(key)[:60], str(value))
        if self.elements > MAX_ELEMENTS or self.characters > MAX_PATH_CHARACTERS:
            raise self.refuse(
                element,
                mark(
                    "the drawing has more than {elements} elements or {n} characters of path data"
                ),
                elements=MAX_ELEMENTS,
                n=MAX_PATH_CHARACTERS,
            )

    def draw(self, element: Element, inherited: _Paint, matrix: geometry.Matrix) -> None:
        paint = self.painted(element, inherited)
        transform = element.get("transform")
        if transform:
            if not _TRANSFORM.match(transform):  # svgelements passes over what it does not know
                raise self.unreadable(element, "transform", transform)
            try:
                matrix = geometry.Matrix(transform) * matrix
            except (ValueError, IndexError, AttributeError, ArithmeticError) as fault:
                raise self.unreadable(element, "transform", transform) from fault
        name = etree.QName(element).localname
        if name == "g":
            for part in self.walk(element):
                self.draw(part, paint, matrix)
        elif name == "text":
            self.label(element, paint, matrix)
        else:
            self.shape(element, name, paint, matrix)

    def painted(self, element: Element, inherited: _Paint) -> _Paint:
        name = etree.QName(element).localname
        own = {"x", "y"} if name == "text" else set(_SHAPES.get(name, ()))
        attributes = {
            str(key): str(value) for key, value in element.attrib.items() if "}" not in str(key)
        }
        style = {
            part.partition(":")[0].strip(): part.partition(":")[2].strip()
            for part in attributes.get("style", "").split(";")
            if part.strip()
        }
        found = {}
        for key, value in (attributes | style).items():
            if key in _PAINT:
                if value != "inherit":
                    found[key] = value
            elif key.endswith("opacity") and value.strip() in ("1", "1.0", "100%"):
                continue
            elif key not in own | _WITHOUT_EFFECT and not key.startswith(("aria-", "data-")):
                raise self.refuse(
                    element,
                    mark(
                        'the drawing uses {name}="{value}" on <{element}> (its line {picture_line}), '
                        "which is not supported"
                    ),
                    name=key,
                    value=value,
                )
        return inherited | found

    def shape(self, element: Element, name: str, paint: _Paint, matrix: geometry.Matrix) -> None:
        fill = None if name == "line" else self.tone(element, paint["fill"], fill=True)
        stroke = self.stroke(element, paint, matrix)
        if fill is None and stroke is None:
            return
        try:
            outline = self.outline(element, name)
            outline.approximate_arcs_with_cubics()
            outline = outline * matrix
            outline.reify()
            ops, points = _flat(outline)
        except (ValueError, TypeError, IndexError, AttributeError, ArithmeticError) as fault:
            raise self.unreadable(element, name, element.get(_SHAPES[name][0], "")) from fault
        if not ops:
            return
        self.points += len(points) // 2
        self.paths.append(Path(ops, points, fill, stroke, paint["fill-rule"] == "evenodd"))
        if len(self.paths) > MAX_PATHS or self.points > MAX_POINTS:
            raise self.refuse(
                element,
                mark("the drawing has more than {paths} paths or {points} points"),
                paths=MAX_PATHS,
                points=MAX_POINTS,
            )

    def outline(self, element: Element, name: str) -> geometry.Path:
        if name == "path":
            return geometry.Path(element.get("d", ""))
        if name in ("polyline", "polygon"):
            return geometry.Path(_MAKERS[name](element.get("points", "")))
        sizes = {
            key: self.length(element, key, 0)
            for key in _SHAPES[name]
            if element.get(key) is not None
        }
        return geometry.Path(_MAKERS[name](**sizes))

    def label(self, element: Element, paint: _Paint, matrix: geometry.Matrix) -> None:
        if len(element):
            raise self.refuse(
                element[0],
                mark(
                    "the drawing uses <{element}> (its line {picture_line}), which is not supported"
                ),
            )
        text = " ".join((element.text or "").split())
        tone = self.tone(element, paint["fill"], fill=False)
        if not text or tone is None:
            return
        if abs(matrix.b) > 1e-6 or abs(matrix.c) > 1e-6 or matrix.a <= 0:
            raise self.refuse(
                element,
                mark("the drawing turns its text (its line {picture_line}); write it level"),
            )
        at = matrix.point_in_matrix_space(
            (self.length(element, "x", 0), self.length(element, "y", 0))
        )
        size = self.number(element, paint["font-size"]) * matrix.a
        if not max(abs(at.x), abs(at.y), size) <= MAX_COORDINATE:
            raise self.unreadable(element, "transform", "")
        anchor: dict[str, Literal["start", "middle", "end"]] = {"middle": "middle", "end": "end"}
        self.labels.append(
            Label(
                x=round(at.x),
                y=round(at.y),
                text=text,
                size=max(1, round(size)),
                anchor=anchor.get(paint["text-anchor"], "start"),
                tone=tone,
                italic=paint["font-style"] in ("italic", "oblique"),
                strong=paint["font-weight"] in ("bold", "bolder", "600", "700", "800", "900"),
            )
        )
        if len(self.labels) > MAX_LABELS or len(text) > MAX_LABEL_LENGTH:
            raise self.refuse(
                element,
                mark("the drawing has more than {labels} texts, or a long one"),
                labels=MAX_LABELS,
            )

    # --- values -----------------------------------------------------------------------------------

    def stroke(self, element: Element, paint: _Paint, matrix: geometry.Matrix) -> Stroke | None:
        tone = self.tone(element, paint["stroke"], fill=False)
        scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
        reach = self.number(element, paint["stroke-width"]) * scale
        if not reach <= MAX_COORDINATE:
            raise self.unreadable(element, "stroke-width", paint["stroke-width"])
        width = round(reach)
        if tone is None or width <= 0:
            return None
        dashes: tuple[int, ...] = ()
        if paint["stroke-dasharray"] != "none":
            parts = [part for part in re.split(r"[\s,]+", paint["stroke-dasharray"]) if part]
            reaches = [min(self.number(element, part) * scale, MAX_COORDINATE) for part in parts]
            dashes = tuple(max(1, round(one)) for one in reaches)
            dashes = dashes if len(dashes) % 2 == 0 else dashes * 2
        return Stroke(tone, width, dashes)

    def tone(self, element: Element, colour: str, *, fill: bool) -> Tone | None:
        try:
            return tone_of(colour, fill=fill)
        except NoTone:
            raise self.unreadable(element, "colour", colour) from None

    def length(self, element: Element, name: str, otherwise: float) -> float:
        text = element.get(name)
        return otherwise if text is None or text == "100%" else self.number(element, text)

    def number(self, element: Element, text: str) -> float:
        found = _LENGTH.match(text)
        value = float(found[1]) * (_PX_PER_PT if found[2] == "pt" else 1) if found else math.inf
        if abs(value) > 1e6:
            raise self.unreadable(element, "number", text)
        return value

    def unreadable(self, element: Element, what: str, text: str) -> _Refused:
        return self.refuse(
            element,
            mark(
                "the drawing's {what} '{text}' on <{element}> (its line {picture_line}) cannot be read"
            ),
            what=what,
            text=text[:60],
        )


def _flat(outline: geometry.Path) -> tuple[str, tuple[int, ...]]:
    """The ops and points of content.Path. A lone move draws nothing and is left out."""
    ops: list[str] = []
    points: list[int] = []
    for segment in outline:
        ends: tuple[geometry.Point, ...]
        match segment:
            case geometry.Move():
                op, ends = "M", (segment.end,)
            case geometry.Close():
                op, ends = "Z", ()
            case geometry.QuadraticBezier():
                op, ends = "Q", (segment.control, segment.end)
            case geometry.CubicBezier():
                op, ends = "C", (segment.control1, segment.control2, segment.end)
            case _:
                op, ends = "L", (segment.end,)
        if op == "M" and ops and ops[-1] == "M":
            ops.pop()
            del points[-2:]
        ops.append(op)
        for end in ends:
            points += (round(end.x), round(end.y))
    while ops and ops[-1] == "M":
        ops.pop()
        del points[-2:]
    if (ops and ops[0] != "M") or any(abs(number) > MAX_COORDINATE for number in points):
        raise ValueError("a path that begins nowhere or ends far outside")
    return "".join(ops), tuple(points)
