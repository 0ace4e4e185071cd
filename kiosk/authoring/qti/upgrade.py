"""A QTI 2 item written as QTI 3: the same elements and attributes under QTI 3's names.

Only names change, so that what an item says and how it is scored stays as its author wrote it; what
this program does not read (feedback, for one) is carried over too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple, cast

from lxml import etree

from kiosk.authoring.qti.dialect import QTI_3, VERSIONS, XHTML, XML_LANG, attribute, kebab, version
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
    if version(root) == "3.0" and etree.QName(root).localname.startswith("qti-"):
        return root
    made = etree.Element(_named(str(root.tag)).in_qti_3, nsmap=default_namespace(QTI_3))
    _fill(made, root)
    return made


def default_namespace(namespace: str) -> dict[str, str]:
    """An lxml `nsmap` that writes elements of `namespace` without a prefix (its stubs lack None)."""
    return cast("dict[str, str]", {None: namespace})


def _fill(made: Element, element: Element) -> None:
    named = _named(str(element.tag))
    ours, local = named.ours, named.local
    for key, value in element.attrib.items():
        name = str(key)
        if "}" not in name:
            made.set(kebab(name) if ours and local not in _HTML else name, str(value))
        elif name == XML_LANG or not ours:
            made.set(name, str(value))
    if ours and local == "responseProcessing" and attribute(element, "template"):
        name = attribute(element, "template").rstrip("/").rpartition("/")[2]
        made.set("template", f"{TEMPLATES}{name.removesuffix('.xml')}.xml")
    inside = made
    if ours and local in _WITH_BODY:
        inside = etree.SubElement(made, f"{{{QTI_3}}}qti-content-body")
    inside.text = element.text
    for part in element:
        # Another vocabulary (MathML) becomes the default within its element, as people write it.
        other = _named(str(part.tag))
        copied = etree.SubElement(
            inside,
            other.in_qti_3,
            nsmap=None if other.ours else default_namespace(other.namespace),
        )
        copied.tail = part.tail
        _fill(copied, part)


class _Name(NamedTuple):
    """An element's name; `ours` says whether it is of QTI or of the HTML within."""

    namespace: str
    local: str
    ours: bool
    in_qti_3: str


@lru_cache(maxsize=512)
def _named(tag: str) -> _Name:
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    ours = namespace in VERSIONS or namespace in ("", XHTML)
    own = local if local in _HTML else f"qti-{kebab(local.removeprefix('qti-'))}"
    return _Name(namespace, local, ours, f"{{{QTI_3}}}{own}" if ours else tag)
