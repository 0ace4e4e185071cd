"""`kiosk bank import`: others' QTI items into a source bank of ours, and what could not be read.

An item is taken whole or refused with its reasons; nothing is taken by half. What is taken was read
and compiled here once, so `kiosk bank check` meets no surprise.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from kiosk.authoring.compile import compile_text
from kiosk.authoring.metadata import MANIFEST, Resource, read_manifest
from kiosk.authoring.packages import Package, open_package
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_item
from kiosk.authoring.qti.dialect import XML_LANG, attribute
from kiosk.authoring.source_writer import NewItem, write_source_bank
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, parse_xml
from kiosk.words import mark, text


class Refused(Struct, frozen=True):
    """`item` is its identifier, or empty when not even that could be read."""

    file: str
    item: str
    reason: str


class Note(Struct, frozen=True):
    """Something left out of an item that was taken."""

    file: str
    item: str
    text: str


class Imported(Struct, frozen=True):
    imported: int
    refused: tuple[Refused, ...]
    notes: tuple[Note, ...]


def import_sources(
    sources: list[Path],
    out: Path,
    *,
    lang: str,
    say: str = "en",
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Imported:
    """Reads every item of `sources` and writes those that can be used as a source bank to `out`.

    Args:
        lang: the language of items that name none.
        say: the language of reasons and notes.

    Raises:
        InputRefused: `out` is not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputRefused(
            mark("there is something already"),
            where=str(out),
            remedy=mark("Name a new or an empty folder"),
        )
    run = _Run(lang, say)
    for source in sources:
        try:
            with open_package(source) as package:
                run.take(package, progress)
        except InputRefused as fault:
            run.refused.append(Refused(str(source), "", _said(fault, say)))
    if run.items:
        write_source_bank(out, run.items, run.media)
    return Imported(len(run.items), tuple(run.refused), tuple(run.notes))


class _Run:
    def __init__(self, lang: str, say: str) -> None:
        self.lang = lang
        self.say = say
        self.items: list[NewItem] = []
        self.media: dict[str, bytes] = {}
        self.refused: list[Refused] = []
        self.notes: list[Note] = []
        self.known: set[tuple[str, str]] = set()

    def take(self, package: Package, progress: Callable[[int, int], None]) -> None:
        resources = self.resources(package)
        pictures = Pictures(package.read)
        for at, resource in enumerate(resources):
            self.item(package, resource, pictures)
            progress(at + 1, len(resources))

    def resources(self, package: Package) -> tuple[Resource, ...]:
        """The items a manifest lists; without one, every XML file."""
        if MANIFEST in package.names:
            found = read_manifest(package.read(MANIFEST), f"{package.label}/{MANIFEST}")
        else:
            found = tuple(
                Resource(id=name, href=name)
                for name in package.names
                if name.lower().endswith(".xml")
            )
        if not found:
            raise InputRefused(
                mark("there is no item in it"),
                where=package.label,
                remedy=mark("Give QTI 3 item files, a folder of them, or a content package"),
            )
        return found

    def item(self, package: Package, resource: Resource, pictures: Pictures) -> None:
        file = _shown(package, resource.href)
        try:
            data = package.read(resource.href)
            root = parse_xml(data, resource.href)
        except InputRefused as fault:
            self.refused.append(Refused(file, "", _said(fault, self.say)))
            return
        problems = Problems(resource.href)
        source = read_item(root, problems, resource.lang or self.lang)
        if source is not None:
            compile_text(source, pictures, problems)
            if (source.id, source.lang) in self.known:
                problems.refuse(
                    None, mark("another item has the identifier '{item}'"), item=source.id
                )
        if source is None or problems.refused:
            reasons = [problem.say(self.say) for problem in problems.all if problem.refuses]
            self.refused.append(Refused(file, problems.item, "; ".join(reasons)))
            return
        self.notes += [Note(file, problems.item, problem.say(self.say)) for problem in problems.all]
        self.known.add((source.id, source.lang))
        used = self.localise(root, package, posixpath.dirname(resource.href))
        root.set(XML_LANG, source.lang)
        self.items.append(
            NewItem(
                id=source.id,
                lang=source.lang,
                about=replace(resource, title=resource.title or source.title, files=used),
                xml=etree.tostring(root, xml_declaration=True, encoding="UTF-8"),
            )
        )

    def localise(self, root: Element, package: Package, folder: str) -> tuple[str, ...]:
        """Points the item's pictures at files of the new bank, and keeps those."""
        used = []
        for element in root.iter("{*}img", "{*}object"):
            key = "src" if element.get("src") else "data"
            name = attribute(element, key)
            if not name:
                continue
            path = posixpath.normpath(posixpath.join(folder, name))
            data = package.read(path)
            suffix = PurePosixPath(path).suffix.lower()
            kept = f"media/{hashlib.sha256(data).hexdigest()[:16]}{suffix}"
            self.media[kept] = data
            element.set(key, f"../{kept}")
            used.append(kept)
        return tuple(dict.fromkeys(used))


def _shown(package: Package, name: str) -> str:
    """The file as the person knows it: the very path when it was given as one."""
    return package.label if package.label.endswith(f"/{name}") else f"{package.label}/{name}"


def _said(fault: InputRefused, lang: str) -> str:
    said = text(fault.sentence, lang, **fault.values)
    return f"{fault.where}: {said}" if fault.where else said
