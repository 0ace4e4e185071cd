"""Safe content as HTML: text escaped, drawings as SVG paths, pictures within the page. Nothing in it can act.

Colours are roles: `.tone-ink`, `.tone-quiet`, `.tone-accent`, `.tone-paper` for strokes and texts, and
`.fill-` of each for areas; a page's style sheet says what they are.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from typing import Final

from kiosk.assessment.content import (
    GAP,
    UNITS_PER_PX,
    Block,
    Cell,
    Drawing,
    Field,
    Figure,
    Formula,
    Image,
    ItemList,
    Label,
    LineBreak,
    Paragraph,
    Path,
    Picture,
    Place,
    Preformatted,
    Raster,
    Slot,
    Span,
    Style,
    Table,
    Text,
)

Media = Mapping[str, bytes]
"""PNGs by the name a `Raster` has for them."""

_TAGS: Final[dict[Style, str]] = {
    "strong": "strong", "emphasis": "em", "sub": "sub", "sup": "sup", "code": "code",
}  # fmt: skip
_POINTS: Final = {"M": 1, "L": 1, "Q": 2, "C": 3, "Z": 0}


def to_html(blocks: tuple[Block, ...], media: Media) -> str:
    """`blocks` as HTML; answer fields read as three low lines."""
    return "".join(_block(block, media) for block in blocks)


def _block(block: Block, media: Media) -> str:
    match block:
        case Paragraph(spans):
            return f"<p>{_spans(spans, media)}</p>"
        case Preformatted(text):
            return f"<pre>{escape(text)}</pre>"
        case ItemList(entries, ordered, start):
            inside = "".join(f"<li>{to_html(entry, media)}</li>" for entry in entries)
            return f'<ol start="{start}">{inside}</ol>' if ordered else f"<ul>{inside}</ul>"
        case Table(rows, caption):
            said = f"<caption>{_spans(caption, media)}</caption>" if caption else ""
            body = "".join(
                f"<tr>{''.join(_cell(cell, media) for cell in row)}</tr>" for row in rows
            )
            return f"<table>{said}{body}</table>"
        case Figure(picture, caption):
            said = f"<figcaption>{_spans(caption, media)}</figcaption>" if caption else ""
            return f"<figure>{picture_html(picture, media)}{said}</figure>"
        case Place():
            return ""


def _cell(cell: Cell, media: Media) -> str:
    name = "th" if cell.header else "td"
    columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    return f"<{name}{columns}{rows}>{_spans(cell.spans, media)}</{name}>"


def _spans(spans: tuple[Span, ...], media: Media) -> str:
    return "".join(_span(span, media) for span in spans)


def _span(span: Span, media: Media) -> str:
    match span:
        case Text(text, styles):
            said = escape(text)
            for style in reversed(styles):
                said = f"<{_TAGS[style]}>{said}</{_TAGS[style]}>"
            return said
        case LineBreak():
            return "<br>"
        case Formula(drawing):
            return picture_html(drawing, media)
        case Image(picture):
            return picture_html(picture, media)
        case Field() | Slot():
            return GAP


def picture_html(picture: Picture, media: Media) -> str:
    """A picture as an image that says its words; one whose bytes are missing says them alone."""
    match picture:
        case Drawing():
            return _drawing(picture)
        case Raster(name, width, height, words):
            if name not in media:
                return f"<span>{escape(words)}</span>"
            data = b64encode(media[name]).decode()
            return (
                f'<img src="data:image/png;base64,{data}" width="{width}" height="{height}" '
                f'alt="{escape(words)}">'
            )


def _drawing(drawing: Drawing) -> str:
    width, height = drawing.width / UNITS_PER_PX, drawing.height / UNITS_PER_PX
    parts = [_path(path) for path in drawing.paths] + [_label(label) for label in drawing.labels]
    return (
        f'<svg role="img" aria-label="{escape(drawing.words)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {drawing.width} {drawing.height}">{"".join(parts)}</svg>'
    )


def _path(path: Path) -> str:
    points = iter(path.points)
    steps = [
        " ".join([step, *(str(next(points)) for _ in range(2 * _POINTS[step]))])
        for step in path.ops
    ]
    classes = [f"fill-{path.fill}" if path.fill else "fill-none"]
    drawn = ""
    if path.stroke is not None:
        classes.append(f"tone-{path.stroke.tone}")
        dashes = " ".join(map(str, path.stroke.dashes))
        drawn = f' stroke-width="{path.stroke.width}"'
        drawn += f' stroke-dasharray="{dashes}"' if dashes else ""
    rule = ' fill-rule="evenodd"' if path.even_odd else ""
    return f'<path class="{" ".join(classes)}" d="{" ".join(steps)}"{drawn}{rule}/>'


def _label(label: Label) -> str:
    looks = ' font-style="italic"' if label.italic else ""
    looks += ' font-weight="bold"' if label.strong else ""
    return (
        f'<text class="fill-{label.tone}" x="{label.x}" y="{label.y}" font-size="{label.size}" '
        f'text-anchor="{label.anchor}"{looks}>{escape(label.text)}</text>'
    )
