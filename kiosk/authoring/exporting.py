"""`kiosk bank export`: a source bank as a QTI 3 content package, the same bytes for the same bank.

The package is the bank: its items with their metadata, the files they use, and its description,
standard and formula sheet as plain resources, so that an import gives the bank back. It holds the keys.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Final

from lxml import etree
from msgspec import Struct

from kiosk.authoring.formula_sheet import FILE as SHEET_FILE
from kiosk.authoring.metadata import MANIFEST, MANIFEST_LIMITS, is_item, written_href
from kiosk.authoring.packages import Folder, quoted, read_named, unquoted
from kiosk.authoring.problems import Problem, Problems
from kiosk.authoring.qti.stimuli import put_in_stimuli
from kiosk.authoring.qti.upgrade import to_qti_3
from kiosk.authoring.source_bank import read_bank_files
from kiosk.authoring.source_writer import CP, empty_manifest
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, parse_xml
from kiosk.words import mark

ITEM_TYPE: Final = "imsqti_item_xmlv3p0"
FILE_TYPE: Final = "webcontent"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The first time a ZIP can write: a package does not tell when it was made."""
_PLAIN_FILE: Final = 0o100644 << 16
_REFERENCES: Final = ("src", "data", "href")


class Exported(Struct, frozen=True):
    """`notes` say what an item names and the bank does not hold."""

    data: bytes
    items: int
    files: int
    notes: tuple[Problem, ...]


def export_bank(folder: Path) -> Exported:
    """The package of the bank in `folder`.

    Raises:
        InputRefused: its own files or an item's XML are missing or wrong.
    """
    bank = Folder(folder)
    described = read_bank_files(bank.read, bank.label)
    manifest = parse_xml(bank.read(MANIFEST), MANIFEST, MANIFEST_LIMITS)
    listed = [one for one in manifest.iter("{*}resource") if is_item(one)]
    if not listed:
        raise InputRefused(mark("the manifest lists no item"), where=f"{bank.label}/{MANIFEST}")
    package = _Package(f"{described.head.id}-{described.head.version}")
    for resource in listed:
        package.item(bank, resource)
    for path, data in described.written.items():
        package.shared(path, data)
    for lang in described.head.languages:
        path = SHEET_FILE.format(lang=lang)
        if path in bank.names:
            package.sheet(bank, path)
    return Exported(package.zipped(), len(listed), len(package.files) + 1, tuple(package.notes))


class _Package:
    def __init__(self, identifier: str) -> None:
        self.files: dict[str, bytes] = {}
        self.notes: list[Problem] = []
        self.manifest, self.resources = empty_manifest(identifier)
        self.names: dict[str, str] = {}
        """The identifiers of shared files by path."""

    def item(self, bank: Folder, listed: Element) -> None:
        """Takes the item of the manifest's resource `listed`, with what it uses."""
        href = written_href(listed)
        data = read_named(bank, href)
        path = href if href in bank.names else unquoted(href)
        if path in self.files:
            raise InputRefused(mark("the manifest lists it twice"), where=path)
        root = parse_xml(data, path)
        problems = Problems(path, root.get("identifier", ""))
        whole = put_in_stimuli(root, path, partial(read_named, bank), problems)
        upgraded = to_qti_3(root)
        if (whole and not problems.refused) or upgraded is not root:
            data = etree.tostring(upgraded, xml_declaration=True, encoding="UTF-8")
        self.files[path] = data
        resource = self.resource(listed.get("identifier", ""), ITEM_TYPE, path)
        for metadata in listed.findall("{*}metadata"):
            kept = deepcopy(metadata)
            kept.tag = f"{{{CP}}}metadata"
            resource.insert(0, kept)
        for name in self.used(bank, root, path, problems):
            needed = etree.SubElement(resource, f"{{{CP}}}dependency")
            needed.set("identifierref", self.shared(name, read_named(bank, name)))
        self.notes += problems.all

    def sheet(self, bank: Folder, path: str) -> None:
        """Takes the formula sheet of one language, with the pictures it shows."""
        data = bank.read(path)
        problems = Problems(path)
        self.shared(path, data)
        for name in self.used(bank, parse_xml(data, path), path, problems):
            self.shared(name, read_named(bank, name))
        self.notes += problems.all

    def used(self, bank: Folder, root: Element, path: str, problems: Problems) -> Iterator[str]:
        """The files of the bank that the item or sheet in the file `path` names, each once."""
        seen = set()
        for element in root.iter("*"):
            for name in (str(element.get(key)) for key in _REFERENCES if element.get(key)):
                # An address with a scheme (http:, data:) or within the item is no file of the bank.
                if ":" in name or name.startswith(("#", "/")):
                    continue
                found = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
                found = found if found in bank.names else unquoted(found)
                if found not in bank.names:
                    problems.note(element, mark("there is no file '{name}'"), name=name)
                elif found not in seen:
                    seen.add(found)
                    yield found

    def shared(self, path: str, data: bytes) -> str:
        """Takes a file that is no item; returns its resource's identifier."""
        if path not in self.names:
            self.names[path] = f"file-{len(self.names) + 1}"
            self.files[path] = data
            self.resource(self.names[path], FILE_TYPE, path)
        return self.names[path]

    def resource(self, identifier: str, kind: str, path: str) -> Element:
        resource = etree.SubElement(self.resources, f"{{{CP}}}resource")
        for key, value in (("identifier", identifier), ("type", kind), ("href", quoted(path))):
            resource.set(key, value)
        etree.SubElement(resource, f"{{{CP}}}file").set("href", quoted(path))
        return resource

    def zipped(self) -> bytes:
        etree.indent(self.manifest)
        written = etree.tostring(self.manifest, xml_declaration=True, encoding="UTF-8")
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in [(MANIFEST, written), *sorted(self.files.items())]:
                info = zipfile.ZipInfo(name, _LONG_AGO)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = 3
                info.external_attr = _PLAIN_FILE
                archive.writestr(info, data, compresslevel=9)
        return file.getvalue()
