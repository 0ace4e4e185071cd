"""What a content package's manifest says of each item: IEEE LOM metadata and file references.

Of LOM this reads: the classification with purpose `educational objective` (the knowledge point) and
`educational level` (the levels), the difficulty, the annotation (why the key is right), the title.
"""

from __future__ import annotations

from typing import Final

from lxml import etree
from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, XmlLimits, parse_xml
from kiosk.words import mark

MANIFEST: Final = "imsmanifest.xml"
MANIFEST_LIMITS: Final = XmlLimits(size_bytes=64 * 1024 * 1024, nodes=3_000_000)

DIFFICULTIES: Final = {
    "very easy": 100,
    "easy": 300,
    "medium": 500,
    "difficult": 700,
    "very difficult": 900,
}
"""LOM's five words on the scale of `ScoringEntry.difficulty`, each in the middle of its fifth."""


class Resource(Struct, frozen=True):
    """One item file of a package. Empty strings and None where the manifest does not say."""

    id: str
    href: str
    files: tuple[str, ...] = ()
    title: str = ""
    lang: str = ""
    knowledge_point: str = ""
    levels: tuple[str, ...] = ()
    difficulty: int | None = None
    reason: str = ""
    """Why the key is right, or where that is stated."""


def read_manifest(data: bytes, name: str = MANIFEST) -> tuple[Resource, ...]:
    """The item resources of a package.

    Raises:
        InputRefused: not a manifest.
    """
    root = parse_xml(data, name, MANIFEST_LIMITS)
    if etree.QName(root).localname != "manifest":
        raise InputRefused(mark("not the manifest of a content package"), where=name)
    return tuple(
        _resource(element)
        for element in root.iter("{*}resource")
        if element.get("type", "").startswith("imsqti_item")
    )


def _resource(element: Element) -> Resource:
    points = _taxa(element, "educational objective")
    difficulty = _text(element, "educational/difficulty/value")
    return Resource(
        id=element.get("identifier", ""),
        href=element.get("href", ""),
        files=tuple(file.get("href", "") for file in element.findall("{*}file")),
        title=_text(element, "general/title/string"),
        lang=_text(element, "general/language"),
        knowledge_point=points[0] if points else "",
        levels=tuple(dict.fromkeys(_taxa(element, "educational level"))),
        difficulty=DIFFICULTIES.get(difficulty),
        reason=_text(element, "annotation/description/string"),
    )


def _taxa(resource: Element, purpose: str) -> list[str]:
    """The last taxon of each path of the classifications with that purpose."""
    found = []
    for classification in resource.iter("{*}classification"):
        if _text(classification, "purpose/value", anywhere=False) != purpose:
            continue
        for path in classification.findall("{*}taxonPath"):
            taxa = path.findall("{*}taxon/{*}id")
            if taxa and (taxa[-1].text or "").strip():
                found.append((taxa[-1].text or "").strip())
    return found


def _text(element: Element, path: str, *, anywhere: bool = True) -> str:
    steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
    found = element.find(f".//{steps}" if anywhere else steps)
    return " ".join((found.text or "").split()) if found is not None else ""
