"""One vocabulary for QTI's versions: QTI 3 names without `qti-`, in kebab case.

QTI 3 writes `qti-simple-choice` and `max-choices`, QTI 2 `simpleChoice` and `maxChoices`; both are
`simple-choice` and `max-choices` here. Which versions are read is said in `READ` alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from lxml import etree

from kiosk.readers.xml import Element

QTI_3: Final = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MATHML: Final = "http://www.w3.org/1998/Math/MathML"
SVG: Final = "http://www.w3.org/2000/svg"
SSML: Final = "http://www.w3.org/2001/10/synthesis"
SSML_OF_QTI: Final = "http://www.w3.org/2010/10/synthesis"
XHTML: Final = "http://www.w3.org/1999/xhtml"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

VERSIONS: Final = {
    QTI_3: "3.0",
    "http://www.imsglobal.org/xsd/imsqti_v2p2": "2.2",
    "http://www.imsglobal.org/xsd/imsqti_v2p1": "2.1",
    "http://www.imsglobal.org/xsd/imsqti_v2p0": "2.0",
    "http://www.imsglobal.org/xsd/apip/apipv1p0/qtiitem/imsqti_v2p2": "2.2",
    "http://www.imsglobal.org/xsd/apip/apipv1p0/qtiitem/imsqti_v2p1": "2.1",
    "http://www.imsglobal.org/xsd/imsqti_item_v2p0": "2.0",  # as Moodle wrote it
}
READ: Final = frozenset({"2.0", "2.1", "2.2", "3.0"})
_OFFICE: Final = "urn:schemas-microsoft-com:office:"
_FOREIGN: Final = {
    MATHML: "math:",
    SSML: "ssml:",
    SSML_OF_QTI: "ssml:",
    SVG: "svg:",
    f"{_OFFICE}office": "office:",
    f"{_OFFICE}smarttags": "office:",
}
_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")


def version(element: Element) -> str:
    """The QTI version an element's namespace names; empty when it is none we know.

    Without a namespace its name tells as much of it as is needed.
    """
    name = etree.QName(element)
    if not name.namespace and "ssessment" in name.localname:
        return "3.0" if name.localname.startswith("qti-") else "2.1"
    return VERSIONS.get(name.namespace or "", "")


def name_of(element: Element) -> str:
    """`simple-choice`, `p`; with a prefix (`math:mi`) for an element of another vocabulary."""
    return _name_of(str(element.tag))


# A bank has thousands of items and some hundred names. The names of a hostile file push each other
# out of the caches, which stay small.
@lru_cache(maxsize=512)
def _name_of(tag: str) -> str:
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    if namespace in VERSIONS or namespace in ("", XHTML):
        return kebab(local.removeprefix("qti-"))
    return _FOREIGN.get(namespace, "foreign:") + local


def of_office(element: Element) -> bool:
    """What a word processor puts around words (`o:p`, smart tags): nothing but the words counts."""
    return name_of(element).startswith("office:")


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute by its kebab name, however the version writes it."""
    value = element.get(name)
    if value is None:
        value = element.get(_camel(name))
    return default if value is None else value


def attributes(element: Element) -> dict[str, str]:
    """All attributes without a namespace, by kebab name."""
    return {
        kebab(str(key)): str(value) for key, value in element.attrib.items() if "}" not in str(key)
    }


def children(element: Element, *names: str) -> list[Element]:
    """Child elements, all or those of the names given."""
    return [child for child in element if not names or name_of(child) in names]


def child(element: Element, name: str) -> Element | None:
    """The first child of that name."""
    return next((child for child in element if name_of(child) == name), None)


@lru_cache(maxsize=512)
def kebab(name: str) -> str:
    return _HUMP.sub(lambda found: "-" + found[1].lower(), name) if not name.isupper() else name


@lru_cache(maxsize=512)
def _camel(name: str) -> str:
    """`max-choices` as QTI 2 writes it: `maxChoices`."""
    first, *others = name.split("-")
    return first + "".join(word.capitalize() for word in others)


def is_true(value: str) -> bool:
    """An XML Schema boolean."""
    return value.strip() in ("true", "1")
