"""The one way to open XML: no DTD, no entities, no network, and limits on everything.

The text is decoded here and handed to libxml2 as UTF-8, so that what is looked for (a document type
with declarations of its own) is looked for in the very characters that are parsed, whatever the
encoding. Comments and processing instructions are dropped; every line number is of the source.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from lxml import etree
from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.words import mark

Element = etree._Element  # lxml gives its element class no public name


class XmlLimits(Struct, frozen=True):
    """What a document may be at most; the defaults suit an item or a manifest."""

    size_bytes: int = 8 * 1024 * 1024
    depth: int = 60
    nodes: int = 50_000
    attributes: int = 100
    """Of one element, its namespaces not counted."""


DEFAULT_LIMITS: Final = XmlLimits()
_ENCODINGS: Final = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1", "cp1252", "gbk", "gb18030"}
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARATION: Final = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
_ENCODING: Final = re.compile(r"""\bencoding\s*=\s*["']([\w.-]+)["']""")
_DECLARES: Final = re.compile(r"<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)\b|<!DOCTYPE\b[^<>\[]*\[")


def parse_xml(data: bytes, name: str, limits: XmlLimits = DEFAULT_LIMITS) -> Element:
    """The root element of the document `data`; `name` (a file) stands in every error.

    Raises:
        InputRefused: not well-formed, another encoding than it says, a document type with
            declarations, an entity, too large, too deep, too many elements.
    """
    if len(data) > limits.size_bytes:
        raise InputRefused(
            mark("larger than {n} KiB"), where=name, remedy=_SPLIT, n=limits.size_bytes // 1024
        )
    text = _decoded(data, name)
    if _DECLARES.search(text):
        raise InputRefused(
            mark("the document declares entities or types of its own, which are never read"),
            where=name,
            remedy=mark("Remove the <!DOCTYPE ...> and write the characters themselves"),
        )
    # A parser an document: lxml keeps state (its error log) in the parser.
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        # Our own limits hold instead: without entities nothing grows, and libxml2's limit of a text
        # would refuse a whole file for one large picture in it.
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError, ValueError) as fault:
        line = getattr(fault, "lineno", None)
        raise InputRefused(
            mark("not well-formed XML: {reason}"),
            where=f"{name}:{line}" if line else name,
            remedy=mark("Open it in an editor that checks XML and put it right"),
            reason=_reason(fault),
        ) from fault
    _check_tree(root, name, limits)
    return root


def place(name: str, element: Element) -> str:
    """Where `element` stands, for a message: file and line."""
    line = line_of(element)
    return f"{name}:{line}" if line else name


def line_of(element: Element) -> int:
    """The line `element` stands on in its file, 0 when it was not read from one."""
    line: int | None = getattr(element, "sourceline", None)
    return line or 0


def text_of(element: Element) -> str:
    """All text in `element`, white space as it stands."""
    return "".join(str(text) for text in element.itertext())


def _decoded(data: bytes, name: str) -> str:
    marked = next(((bom, name) for bom, name in _BOMS if data.startswith(bom)), None)
    encoding = marked[1] if marked else _declared_encoding(data, name)
    data = data[len(marked[0]) :] if marked else data
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise InputRefused(
            mark("not written in {encoding}, which it says it is"),
            where=name,
            remedy=mark("Save it as UTF-8"),
            encoding=encoding,
        ) from fault
    if "\0" in text:
        raise InputRefused(
            mark("not XML: it holds a zero character"), where=name, remedy=mark("Save it as UTF-8")
        )
    # Its own declaration would contradict UTF-8; the lines it spans are kept.
    declaration = _DECLARATION.match(text)
    return "\n" * declaration[0].count("\n") + text[declaration.end() :] if declaration else text


def _declared_encoding(data: bytes, name: str) -> str:
    if data[:2] in (b"<\0", b"\0<"):
        return "utf-16-le" if data[0] else "utf-16-be"
    declaration = _DECLARATION.match(data[:400].decode("latin-1"))
    said = _ENCODING.search(declaration[0]) if declaration else None
    wanted = said[1] if said else "utf-8"
    try:
        encoding = codecs.lookup(wanted).name
    except LookupError:
        encoding = ""
    if encoding not in _ENCODINGS:
        raise InputRefused(
            mark("written in an encoding that is not read ({encoding})"),
            where=name,
            remedy=mark("Save it as UTF-8"),
            encoding=wanted,
        )
    return encoding


def _check_tree(root: Element, name: str, limits: XmlLimits) -> None:
    depth = nodes = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth, nodes = depth + 1, nodes + 1
        if depth > limits.depth:
            raise InputRefused(
                mark("elements nested deeper than {n}"),
                where=place(name, node),
                remedy=_SPLIT,
                n=limits.depth,
            )
        if len(node.attrib) > limits.attributes:
            raise InputRefused(
                mark("more than {n} attributes on an element"),
                where=place(name, node),
                remedy=_SPLIT,
                n=limits.attributes,
            )
        if nodes > limits.nodes:
            raise InputRefused(
                mark("more than {n} elements"), where=name, remedy=_SPLIT, n=limits.nodes
            )
    for entity in root.iter(etree.Entity):
        raise InputRefused(
            mark("an entity stands in the text ({entity})"),
            where=place(name, entity),
            remedy=_CHARACTERS,
            entity=str(entity.text),
        )


def _reason(fault: Exception) -> str:
    return str(fault).split(" (<string>")[0].split(", line ")[0]


_SPLIT: Final = mark("Split it into smaller files")
_CHARACTERS: Final = mark("Write the character itself instead of an entity")
