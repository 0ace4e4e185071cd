"""Writes a source bank: bank.toml, standard.toml, the manifest with its metadata, items and media.

Imported items seldom hang on a standard of ours; they get one with a knowledge point for each they
name, and one for those that name none, for the author to replace.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, get_args

from lxml import etree
from msgspec import Struct

from kiosk.authoring.metadata import DIFFICULTIES, MANIFEST, Resource
from kiosk.authoring.source_bank import BANK_FILE, STANDARD_FILE, BankFiles
from kiosk.readers.xml import Element
from kiosk.scoring.standard import Level
from kiosk.trust.durable import write_folder

UNASSIGNED: Final = "KP-UNASSIGNED"
DEFAULT_LEVEL: Final = "L5"
FIRST_VERSION: Final = "0.1.0"
_LEVELS: Final[tuple[str, ...]] = get_args(Level)
CP: Final = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_LOM: Final = "http://ltsc.ieee.org/xsd/LOM"


class NewItem(Struct, frozen=True):
    """`about.files` are the pictures the item shows, by their path in the bank."""

    id: str
    lang: str
    about: Resource
    xml: bytes


def write_source_bank(
    folder: Path,
    items: list[NewItem],
    media: Mapping[str, bytes],
    kept: BankFiles | None = None,
) -> None:
    """The bank of `items` in `folder`, which is empty.

    Args:
        kept: the description and the standard it has already; made for it otherwise.

    Raises:
        StorageFault: the disk refuses.
    """
    if kept is None:
        name, version = _identifier(folder.resolve().name), FIRST_VERSION
        described = {
            BANK_FILE: _bank_toml(name, items).encode(),
            STANDARD_FILE: _standard_toml(name, items).encode(),
        }
    else:
        name, version, described = kept.head.id, kept.head.version, kept.written
    names = _file_names(items)
    # Without its manifest a folder is no bank: what a crash leaves is imported anew.
    files = described | {file: item.xml for item, file in zip(items, names, strict=True)}
    files |= dict(sorted(media.items()))
    files[MANIFEST] = _manifest(f"{name}-{version}", items, names)
    write_folder(folder, files)


def empty_manifest(identifier: str) -> tuple[Element, Element]:
    """The manifest of a QTI 3 package, and its element for the resources."""
    root = etree.fromstring(f'<manifest xmlns="{CP}"/>')
    root.set("identifier", identifier)
    metadata = _add(root, "metadata")
    _add(metadata, "schema", "QTI Package")
    _add(metadata, "schemaversion", "3.0.0")
    _add(root, "organizations")
    return root, _add(root, "resources")


def _bank_toml(name: str, items: list[NewItem]) -> str:
    languages = _languages(items)
    return "\n".join(
        [
            "[bank]",
            f"id = {_toml(name)}",
            f"version = {_toml(FIRST_VERSION)}",
            f"discipline = {_toml(name)}",
            f"title = {_toml_table(dict.fromkeys(languages, name))}",
            f"levels = {_toml(_levels(items))}",
            f"languages = {_toml(languages)}",
            f"standard = {_toml(STANDARD_FILE)}",
            'licence = "unknown"',
            "",
        ]
    )


def _standard_toml(name: str, items: list[NewItem]) -> str:
    title = _toml_table(dict.fromkeys(_languages(items), name))
    lines = [
        "# Made by the import: replace it with the standard this bank measures.",
        "[standard]",
        f"id = {_toml(f'{name}.standard')}",
        f"title = {title}",
        'edition = "0"',
        "",
        "[[function]]",
        'id = "F1"',
        f"title = {title}",
        "",
        "[[function.content]]",
        'id = "F1.1"',
        f"title = {title}",
    ]
    for point in dict.fromkeys(item.about.knowledge_point or UNASSIGNED for item in items):
        lines += [
            "",
            "[[function.content.knowledge_point]]",
            f"id = {_toml(point)}",
            f"title = {_toml_table(dict.fromkeys(_languages(items), point))}",
            f"levels = {_toml(_levels(items))}",
        ]
    for level in _levels(items):
        lines += ["", f"[weights.{level}]", '"F1.1" = 100']
    return "\n".join([*lines, ""])


def _manifest(identifier: str, items: list[NewItem], files: list[str]) -> bytes:
    root, resources = empty_manifest(identifier)
    for item, file in zip(items, files, strict=True):
        resource = _add(resources, "resource")
        resource.set("identifier", _identifier(f"{item.id}.{item.lang}"))
        resource.set("type", "imsqti_item_xmlv3p0")
        resource.set("href", file)
        _add_lom(_add(resource, "metadata"), item)
        for href in (file, *item.about.files):
            _add(resource, "file").set("href", href)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add_lom(metadata: Element, item: NewItem) -> None:
    about = item.about
    lom = etree.fromstring(f'<lom xmlns="{_LOM}"/>')
    metadata.append(lom)
    general = _add(lom, "general")
    _add(_add(general, "title"), "string", about.title).set("language", item.lang)
    _add(general, "language", item.lang)
    word = next((word for word, n in DIFFICULTIES.items() if n == about.difficulty), "")
    if word:
        _add_word(_add(_add(lom, "educational"), "difficulty"), word)
    if about.reason:
        description = _add(_add(lom, "annotation"), "description")
        _add(description, "string", about.reason).set("language", item.lang)
    for enemy in about.enemies:
        relation = _add(lom, "relation")
        _add(_add(relation, "kind"), "value", "enemy")
        _add(_add(_add(relation, "resource"), "identifier"), "entry", enemy)
    taxa = [("educational objective", about.knowledge_point or UNASSIGNED)]
    taxa += [("educational level", level) for level in _levels([item])]
    for purpose, taxon in taxa:
        classification = _add(lom, "classification")
        _add_word(_add(classification, "purpose"), purpose)
        _add(_add(_add(classification, "taxonPath"), "taxon"), "id", taxon)


def _add_word(parent: Element, value: str) -> None:
    """A value of LOM's own vocabulary."""
    _add(parent, "source", "LOMv1.0")
    _add(parent, "value", value)


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    """A child in its parent's namespace."""
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    child.text = text
    return child


def _file_names(items: Iterable[NewItem]) -> list[str]:
    """A file of its own for every item, also where two identifiers differ only in odd letters."""
    names: dict[str, str] = {}
    """By what they are where capital letters do not count."""
    for item in items:
        stem = _identifier(f"{item.id}.{item.lang}")
        name, n = f"items/{stem}.xml", 1
        while name.lower() in names:
            n += 1
            name = f"items/{stem}-{n}.xml"
        names[name.lower()] = name
    return list(names.values())


def _languages(items: list[NewItem]) -> list[str]:
    return list(dict.fromkeys(item.lang for item in items))


def _levels(items: list[NewItem]) -> list[str]:
    named = {level for item in items for level in item.about.levels}
    return [level for level in _LEVELS if level in named] or [DEFAULT_LEVEL]


def _identifier(text: str) -> str:
    kept = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "_.-") else "_"
        for letter in text
    )[:120]
    return kept if kept[:1].isalnum() else f"b{kept}"


def _toml(value: str | list[str]) -> str:
    """A JSON string or list of strings is one of TOML's."""
    return json.dumps(value, ensure_ascii=True)


def _toml_table(values: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{_toml(key)} = {_toml(value)}' for key, value in values.items())} }}"
