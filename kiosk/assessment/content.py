"""The safe content model: what an item's text and pictures are once compiled.

Authoring turns QTI, SVG, MathML and LaTeX into these values; a terminal draws them and parses no
markup at all. Every drawing is flat paths with integer coordinates, every string is plain text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Style = Literal["strong", "emphasis", "sub", "sup", "code"]
Tone = Literal["ink", "quiet", "accent", "paper"]
"""Colours by role, so that a drawing follows the theme of the screen it is on."""

UNITS_PER_PX = 100
"""Drawing coordinates are integers of 1/100 px at 100 % zoom."""


class Stroke(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a path's outline is drawn. `width` and `dashes` are in drawing units."""

    tone: Tone = "ink"
    width: int = 150
    dashes: tuple[int, ...] = ()


class Path(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One flat path.

    `ops` is a string of M (move, 1 point), L (line, 1), Q (quadratic, 2), C (cubic, 3) and
    Z (close, 0); `points` holds x, y pairs in drawing units, in the order the ops use them.
    """

    ops: str
    points: tuple[int, ...]
    fill: Tone | None = None
    stroke: Stroke | None = None
    even_odd: bool = False


class Label(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A single line of text in a drawing; (x, y) is its baseline's anchor, `size` the em."""

    x: int
    y: int
    text: str
    size: int = 1600
    anchor: Literal["start", "middle", "end"] = "start"
    tone: Tone = "ink"
    italic: bool = False
    strong: bool = False


class Drawing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="drawing"):
    """A figure or formula as flat paths.

    `baseline` is the distance from the top to the text baseline (formulae stand on the line);
    `words` says it for those who cannot see it.
    """

    width: int
    height: int
    words: str
    paths: tuple[Path, ...] = ()
    labels: tuple[Label, ...] = ()
    baseline: int | None = None


class Raster(Struct, frozen=True, forbid_unknown_fields=True, tag="raster"):
    """A re-encoded PNG kept in the bank's media table under `media` (its SHA-256, hex)."""

    media: str
    width_px: int
    height_px: int
    words: str


Picture = Drawing | Raster


# --- spans: what stands in a line of text ---------------------------------------------------------


class Text(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="t"):
    text: str
    styles: tuple[Style, ...] = ()


class LineBreak(Struct, frozen=True, forbid_unknown_fields=True, tag="br"):
    pass


class Formula(Struct, frozen=True, forbid_unknown_fields=True, tag="fx"):
    drawing: Drawing


class Field(Struct, frozen=True, forbid_unknown_fields=True, tag="field"):
    """The place of an inline interaction (text entry, inline choice) in the text."""

    response: str


class Slot(Struct, frozen=True, forbid_unknown_fields=True, tag="slot"):
    """The place of a gap, or of a hot text (whose words are the item's choice), in the text."""

    response: str
    choice: str


class Image(Struct, frozen=True, forbid_unknown_fields=True, tag="img"):
    """A picture in a line, as a cell of a table may hold one."""

    picture: Raster


Span = Text | LineBreak | Formula | Image | Field | Slot


# --- blocks: what stands under one another --------------------------------------------------------


class Paragraph(Struct, frozen=True, forbid_unknown_fields=True, tag="p"):
    spans: tuple[Span, ...]


class Preformatted(Struct, frozen=True, forbid_unknown_fields=True, tag="pre"):
    text: str


class ItemList(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="list"):
    """`start` is the number of the first entry of an ordered list."""

    entries: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1


class Cell(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    spans: tuple[Span, ...]
    header: bool = False
    columns: int = 1
    rows: int = 1


class Table(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="table"):
    rows: tuple[tuple[Cell, ...], ...]
    caption: tuple[Span, ...] = ()


class Figure(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="fig"):
    picture: Picture
    caption: tuple[Span, ...] = ()


class Place(Struct, frozen=True, forbid_unknown_fields=True, tag="place"):
    """The place of a block interaction (choice, order, a picture ...) between the blocks."""

    response: str


Block = Paragraph | Preformatted | ItemList | Table | Figure | Place


def spans_of(blocks: tuple[Block, ...]) -> Iterator[Span]:
    """Every span of `blocks`, in reading order."""
    for block in blocks:
        match block:
            case Paragraph(spans):
                yield from spans
            case ItemList(entries):
                for entry in entries:
                    yield from spans_of(entry)
            case Table(rows, caption):
                yield from caption
                for row in rows:
                    for cell in row:
                        yield from cell.spans
            case Figure(_, caption):
                yield from caption
            case Preformatted() | Place():
                pass


GAP = "___"
"""What stands in the place of a field in `plain_text`."""


def plain_text(blocks: tuple[Block, ...]) -> str:
    """`blocks` read aloud: text, words of pictures and formulae; one line a block."""
    return "\n".join(filter(None, (_plain_block(block) for block in blocks)))


def _plain_block(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return plain_spans(spans)
        case Preformatted(text):
            return text
        case ItemList(entries):
            return "\n".join(plain_text(entry) for entry in entries)
        case Table(rows, caption):
            lines = [" | ".join(plain_spans(cell.spans) for cell in row) for row in rows]
            return "\n".join(filter(None, [plain_spans(caption), *lines]))
        case Figure(picture, caption):
            return "\n".join(filter(None, [picture.words, plain_spans(caption)]))
        case Place():
            return ""


def plain_spans(spans: tuple[Span, ...]) -> str:
    """`spans` as one string; a field or a gap reads as three low lines."""
    parts = []
    for span in spans:
        match span:
            case Text(text):
                parts.append(text)
            case LineBreak():
                parts.append("\n")
            case Formula(drawing):
                parts.append(drawing.words)
            case Image(picture):
                parts.append(picture.words)
            case Field() | Slot():
                parts.append(GAP)
    return "".join(parts)
