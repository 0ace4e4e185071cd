"""Plain text and HTML of foreign questions as XHTML elements in QTI 3's namespace.

A container is a `div` that holds the content. HTML is read by libxml2's forgiving reader, but only
elements and attributes on the lists below come through; any other element refuses the question.
"""

from __future__ import annotations

import re
from typing import Final

import lxml.html
from lxml import etree

from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.dialect import QTI_3
from kiosk.authoring.qti.upgrade import default_namespace
from kiosk.readers.xml import Element
from kiosk.words import mark

MAX_CHARACTERS: Final = 1_000_000
MAX_DEPTH: Final = 40

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_GAP: Final = re.compile("\ue000(\\d+)\ue001")
_GAP_SIGNS: Final = re.compile("[\ue000\ue001]")
_ELEMENTS: Final = frozenset(
    {
        "p", "div", "span", "br", "hr", "strong", "b", "em", "i", "u", "sub", "sup", "code", "kbd",
        "samp", "tt", "var", "cite", "dfn", "small", "big", "font", "a", "abbr", "acronym", "q",
        "blockquote", "address", "center", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol",
        "li", "dl", "dt", "dd", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot",
        "tr", "td", "th", "img", "figure", "figcaption", "section", "article", "bdi", "bdo", "mark",
        "label", "time",
    }
)  # fmt: skip
_ATTRIBUTES: Final = {
    "img": ("src", "alt"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan"),
    "ol": ("start",),
}
_OFFICE: Final = re.compile(r"(?:o|st\d+):\w+")
"""What a word processor puts around words (`o:p`, smart tags); equations and drawings are others."""
_LAYOUT: Final = frozenset({"style", "xml", "meta", "link"})
"""How a word processor lays its text out; nothing of it is words."""
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def container() -> Element:
    return etree.Element(tag("div"), nsmap=default_namespace(QTI_3))


def tag(name: str) -> str:
    return f"{{{QTI_3}}}{name}"


def gap(number: int) -> str:
    """Stands in a text for the part `number` of the question."""
    return f"\ue000{number}\ue001"


def gaps_in(text: str) -> list[str | int]:
    """`text` cut at its gaps: text, number, text, ..."""
    pieces = _GAP.split(text)
    return [int(piece) if at % 2 else piece for at, piece in enumerate(pieces)]


def clean(text: str, problems: Problems) -> str:
    """`text` without what XML cannot hold and without the signs of gaps, each a refusal."""
    if _FORBIDDEN.search(text) or _GAP_SIGNS.search(text):
        problems.refuse(None, mark("the text holds control characters; remove them"))
        return _GAP_SIGNS.sub("", _FORBIDDEN.sub("", text))
    return text


def from_plain(text: str) -> Element:
    """Plain text: an empty line begins a paragraph, any other line break stays one.

    `text` was cleaned.
    """
    made = container()
    paragraphs = [piece for piece in re.split(r"\n[ \t]*\n", text.strip()) if piece.strip()]
    for paragraph in paragraphs:
        holder = etree.SubElement(made, tag("p")) if len(paragraphs) > 1 else made
        lines = paragraph.strip().split("\n")
        holder.text = lines[0]
        for line in lines[1:]:
            etree.SubElement(holder, tag("br")).tail = line
    return made


def from_html(text: str, problems: Problems) -> Element:
    """HTML, every element of which is on the list; `text` was cleaned."""
    made = container()
    if not text.strip():
        return made
    if len(text) > MAX_CHARACTERS:
        problems.refuse(None, mark("a text longer than {n} characters"), n=MAX_CHARACTERS)
        return made
    try:
        root = lxml.html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as fault:
        problems.refuse(None, mark("the HTML cannot be read: {reason}"), reason=str(fault))
        return made
    if _deeper_than(root, MAX_DEPTH):
        problems.refuse(None, mark("elements nested deeper than {n}"), n=MAX_DEPTH)
        return made
    _fill(made, root, problems)
    return made


def _deeper_than(root: Element, most: int) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > most:
            return True
    return False


def _fill(made: Element, element: Element, problems: Problems) -> None:
    _append(made, element.text)
    for part in element:
        if not isinstance(part.tag, str):  # a comment or an instruction: nobody sees it
            _append(made, part.tail)
            continue
        name = part.tag.lower()
        if _OFFICE.fullmatch(name):
            _fill(made, part, problems)
            _append(made, part.tail)
            continue
        if name in _LAYOUT:
            problems.note(None, mark("layout that a word processor left behind is left out"))
            _append(made, part.tail)
            continue
        if name not in _ELEMENTS or _HIDDEN.search(part.get("style", "")):
            problems.refuse(None, mark("<{element}> is not supported"), element=name)
            continue
        kept = etree.SubElement(made, tag(name))
        for key in _ATTRIBUTES.get(name, ()):
            if part.get(key) is not None:
                kept.set(key, part.get(key, ""))
        if part.get("hidden") is not None:
            problems.refuse(None, mark("<{element}> is not supported"), element=f"{name} hidden")
        _fill(kept, part, problems)
        _append(made, part.tail)


def _append(made: Element, text: str | None) -> None:
    """`text` after what is in `made` so far."""
    if len(made):
        made[-1].tail = (made[-1].tail or "") + (text or "")
    else:
        made.text = (made.text or "") + (text or "")
