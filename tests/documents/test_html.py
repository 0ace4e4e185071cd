"""Safe content as HTML: everything shows, and nothing acts."""

from __future__ import annotations

import pytest

from kiosk.assessment.content import (
    Cell,
    Drawing,
    Field,
    Figure,
    Formula,
    ItemList,
    Label,
    LineBreak,
    Paragraph,
    Path,
    Preformatted,
    Raster,
    Stroke,
    Table,
    Text,
)
from kiosk.documents.html import to_html

EVIL = "<script>alert('x')</script>\" onload=\"x"
DRAWING = Drawing(
    200, 100, EVIL, (Path("MLZ", (0, 0, 100, 100), "accent", Stroke("ink", 150, (3, 1))),),
    (Label(5, 6, EVIL, strong=True, italic=True),),
)  # fmt: skip


@pytest.mark.parametrize(
    "block",
    [
        Paragraph((Text(EVIL, ("strong", "sub")), LineBreak(), Field("r"), Formula(DRAWING))),
        Preformatted(EVIL),
        ItemList(((Paragraph((Text(EVIL),)),),), ordered=True, start=3),
        Table(((Cell((Text(EVIL),), header=True, columns=2),),), (Text(EVIL),)),
        Figure(DRAWING, (Text(EVIL),)),
        Figure(Raster("m", 3, 4, EVIL)),
        Figure(Raster("none", 3, 4, EVIL)),
    ],
)
def test_what_an_author_wrote_is_text_and_never_markup(block):
    page = to_html((block,), {"m": b"png"})
    assert "<script" not in page
    assert '" onload' not in page
    assert "&lt;script&gt;" in page


def test_a_path_keeps_its_points_and_a_picture_its_bytes():
    page = to_html((Figure(DRAWING), Figure(Raster("m", 3, 4, "w"))), {"m": b"png"})
    assert '<path class="fill-accent tone-ink" d="M 0 0 L 100 100 Z"' in page
    assert 'viewBox="0 0 200 100"' in page
    assert 'src="data:image/png;base64,cG5n" width="3" height="4"' in page
