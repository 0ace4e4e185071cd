"""What a content package's manifest says of each item: IEEE LOM metadata and file references.

Of LOM this reads: the classification with purpose `educational objective` (the knowledge point) and
`educational level` (the levels), the difficulty, the annotation (why the key is right), the title,
and relations of the kind `enemy` (items that must not stand on one form with it).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from lxml import etree
from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, XmlLimits, parse_xml
from kiosk.words import mark

MANIFEST: Final = "imsmanifest.xml"
_ITEM_TYPES: Final = ("imsqti_item", "imsqti_apipitem")
_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
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
    enemies: tuple[str, ...] = ()
    """Items that must not stand on a form with this one; it is enough that one of two says so."""


class Listed(Struct, frozen=True):
    """All that a manifest lists: `items`, and every `other` resource by its href and type."""

    items: tuple[Resource, ...]
    others: tuple[tuple[str, str], ...]


def read_manifest(data: bytes, name: str = MANIFEST) -> tuple[Resource, ...]:
    """The item resources of a package.

    Raises:
        InputRefused: not a manifest.
    """
    return read_listed(data, name).items


def read_listed(data: bytes, name: str = MANIFEST) -> Listed:
    """Everything a package's manifest lists.

    Raises:
        InputRefused: not a manifest.
    """
    root = parse_xml(data, name, MANIFEST_LIMITS)
    if etree.QName(root).localname != "manifest":
        raise InputRefused(mark("not the manifest of a content package"), where=name)
    items, others = [], []
    for element in root.iter("{*}resource"):
        kind = element.get("type", "")
        if kind.startswith(_ITEM_TYPES):
            items.append(_resource(element))
        else:
            others.append((_href(element), kind))
    return Listed(tuple(items), tuple(others))


def _href(element: Element) -> str:
    """The file a resource names, under the `xml:base` of it and of what holds it."""
    bases = [one.get(_BASE, "") for one in (element, *element.iterancestors())]
    href = element.get("href", "")
    for base in bases:
        href = posixpath.join(base, href)
    return href


def _resource(element: Element) -> Resource:
    points = _taxa(element, "educational objective")
    difficulty = _text(element, "educational/difficulty/value")
    return Resource(
        id=element.get("identifier", ""),
        href=_href(element),
        files=tuple(file.get("href", "") for file in element.findall("{*}file")),
        title=_text(element, "general/title/string") or _text(element, "general/title/langstring"),
        lang=_text(element, "general/language"),
        knowledge_point=points[0] if points else "",
        levels=tuple(dict.fromkeys(_taxa(element, "educational level"))),
        difficulty=DIFFICULTIES.get(difficulty),
        reason=_text(element, "annotation/description/string"),
        enemies=tuple(dict.fromkeys(_enemies(element))),
    )


def _enemies(resource: Element) -> Iterator[str]:
    """Relations of the kind `enemy`, a word of ours: LOM has none for it."""
    for relation in resource.iter("{*}relation"):
        if _text(relation, "kind/value", anywhere=False) == "enemy":
            entry = _text(relation, "resource/identifier/entry", anywhere=False)
            if entry:
                yield entry


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
