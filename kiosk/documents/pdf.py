"""A document's PDF, by Typst, without a network: what people wrote goes in as data, never as source.

The template is a file that a station can replace. The font must be there: without it Chinese would be
a row of empty boxes, so that is said instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from kiosk.documents.content import Document
from kiosk.errors import InputRefused, KioskError
from kiosk.words import mark

FAMILY: Final = "Noto Sans CJK SC"
TEMPLATES: Final = Path(__file__).parent / "templates"
NAME: Final = "document.typ"


def to_pdf(document: Document, templates: Path | None = None) -> bytes:
    """The bytes of the PDF; the same for the same document.

    Args:
        templates: a folder whose `document.typ`, if it is there, takes the place of ours.

    Raises:
        KioskError: the font for Chinese is not installed.
        InputRefused: a station's own template cannot be used.
    """
    (pdf,) = _compiled(document, "pdf", templates)
    return pdf


def to_png(document: Document, templates: Path | None = None, *, ppi: int = 72) -> list[bytes]:
    """A picture of each page.

    Raises:
        As `to_pdf`.
    """
    return _compiled(document, "png", templates, ppi=ppi)


def typeset(
    name: str,
    values: Mapping[str, Any],
    templates: Path | None,
    made_at: int,
    kind: typst.OutputFormat = "pdf",
    *,
    ppi: int = 72,
) -> list[bytes]:
    """What a template of another paper makes of its values: a PDF, or a picture of each page.

    Args:
        name: the template's file, ours or the one of that name in `templates`.
        values: plain values; the template reads them as `json(bytes(sys.inputs.document))`.
        made_at: UTC epoch seconds; it is in the file.

    Raises:
        KioskError: the font for Chinese is not installed.
        InputRefused: a station's own template cannot be used, with the line.
    """
    fonts = _fonts()
    own = templates / name if templates is not None else None
    template = own if own is not None and own.is_file() else TEMPLATES / name
    compiler = typst.Compiler(
        template,
        root=template.parent,
        font_paths=fonts,
        sys_inputs={"document": msgspec.json.encode({**values, "font": FAMILY}).decode()},
        # No package is ever fetched: an empty folder is all there is.
        package_path=TEMPLATES / "packages",
        package_cache_path=TEMPLATES / "packages",
    )
    try:
        made = compiler.compile(format=kind, ppi=ppi, timestamp=made_at)
    except typst.TypstError as fault:
        if template is own:
            line = _LINE.search(fault.diagnostic or "")
            raise InputRefused(
                mark("the template cannot be used: {reason}"),
                where=f"{template}:{line[1]}" if line else str(template),
                remedy=mark("Put it right, or take it away and ours is used"),
                reason=fault.message,
            ) from fault
        raise
    assert made is not None
    return made if isinstance(made, list) else [made]


_LINE: Final = re.compile(r":(\d+):\d+$", re.MULTILINE)


def _compiled(
    document: Document, kind: typst.OutputFormat, templates: Path | None, *, ppi: int = 72
) -> list[bytes]:
    return typeset(NAME, msgspec.to_builtins(document), templates, document.made_at, kind, ppi=ppi)


@cache
def _fonts() -> typst.Fonts:
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    if FAMILY not in fonts.families():
        raise KioskError(
            mark("The font for Chinese is not installed on this computer"),
            where=FAMILY,
            remedy=mark("Install the package fonts-noto-cjk and start again"),
        )
    return fonts
