"""A QTI 2 item written as QTI 3: the same elements and attributes under QTI 3's names.

Only names change, so that what an item says and how it is scored stays as its author wrote it; what
this program does not read (feedback, for one) is carried over too.
"""

from __future__ import annotations

from typing import Final, cast

from lxml import etree

from kiosk.authoring.qti.dialect import (
    QTI_3,
    VERSIONS,
    XHTML,
    XML_LANG,
    attribute,
    kebab,
    of_office,
)
from kiosk.readers.xml import Element

TEMPLATES: Final = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"

_HTML: Final = frozenset(
    {
        "a", "abbr", "acronym", "address", "article", "aside", "audio", "b", "bdi", "bdo", "big",
        "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "dfn",
        "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hr", "i", "img", "kbd", "li", "main", "nav", "object", "ol", "p",
        "param", "pre", "q", "s", "samp", "section", "small", "source", "span", "strike", "strong",
        "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "tt", "u", "ul",
        "var", "video",
    }
)  # fmt: skip
_WITH_BODY: Final = frozenset({"rubricBlock", "feedbackBlock", "modalFeedback", "templateBlock"})
"""QTI 3 puts the content of these into a `qti-content-body`."""


def to_qti_3(root: Element) -> Element:
    """The item `root` in QTI 3; itself when it is so already. QTI 2 is copied, not changed, and so
    are QTI 2's names in QTI 3's namespace, as drafts of QTI 3 had them."""
    name = etree.QName(root)
    if name.namespace == QTI_3 and name.localname.startswith("qti-"):
        return root
    made = etree.Element(_name(root), nsmap=default_namespace(QTI_3))
    _fill(made, root)
    return made


def default_namespace(namespace: str) -> dict[str, str]:
    """An lxml `nsmap` that writes elements of `namespace` without a prefix (its stubs lack None)."""
    return cast("dict[str, str]", {None: namespace})


def _fill(made: Element, element: Element) -> None:
    ours = _is_ours(element)
    for key, value in element.attrib.items():
        name = str(key)
        if "}" not in name:
            made.set(kebab(name) if ours and not _is_html(element) else name, str(value))
        elif name == XML_LANG or not (ours or of_office(element)):
            made.set(name, str(value))
    local = etree.QName(element).localname
    if ours and local == "responseProcessing" and attribute(element, "template"):
        name = attribute(element, "template").rstrip("/").rpartition("/")[2]
        made.set("template", f"{TEMPLATES}{name.removesuffix('.xml')}.xml")
    inside = made
    if ours and local in _WITH_BODY:
        inside = etree.SubElement(made, f"{{{QTI_3}}}qti-content-body")
    inside.text = element.text
    for part in element:
        # Another vocabulary (MathML) becomes the default within its element, as people write it.
        known = _is_ours(part) or of_office(part)
        namespace = None if known else etree.QName(part).namespace
        copied = etree.SubElement(
            inside, _name(part), nsmap=default_namespace(namespace) if namespace else None
        )
        copied.tail = part.tail
        _fill(copied, part)


def _name(element: Element) -> str:
    if of_office(element):
        return f"{{{QTI_3}}}span"
    if not _is_ours(element):
        return str(element.tag)
    local = etree.QName(element).localname
    own = local.removeprefix("qti-")
    return f"{{{QTI_3}}}{local if _is_html(element) else f'qti-{kebab(own)}'}"


def _is_ours(element: Element) -> bool:
    namespace = etree.QName(element).namespace or ""
    return namespace in VERSIONS or namespace in ("", XHTML)


def _is_html(element: Element) -> bool:
    return etree.QName(element).localname in _HTML
