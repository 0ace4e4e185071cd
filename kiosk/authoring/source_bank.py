"""A bank as its author keeps it: a folder of QTI 3 items with its standard, read whole.

    bank.toml  standard.toml  imsmanifest.xml  items/ID.LANG.xml  media/*

A fault of one item is that item's problem and stays with it; only what concerns the whole bank (its
own files missing or wrong) is raised.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

import msgspec
from msgspec import Struct

from kiosk.assessment.items import Lang
from kiosk.authoring.metadata import MANIFEST, Resource, read_manifest
from kiosk.authoring.problems import Problem, Problems
from kiosk.authoring.qti import SourceItem, read_item
from kiosk.errors import InputRefused
from kiosk.readers.xml import parse_xml
from kiosk.scoring.standard import Standard, read_standard
from kiosk.words import mark

BANK_FILE: Final = "bank.toml"
STANDARD_FILE: Final = "standard.toml"
MAX_FILE_BYTES: Final = 64 * 1024 * 1024


class BankHead(Struct, frozen=True, forbid_unknown_fields=True):
    """`[bank]` of bank.toml."""

    id: str
    version: str
    discipline: str
    title: dict[Lang, str]
    levels: tuple[str, ...]
    languages: tuple[Lang, ...]
    standard: str
    licence: str


class SourceEntry(Struct, frozen=True):
    """One item in all its languages. `sources` lacks a language whose file was refused."""

    id: str
    resources: dict[Lang, Resource]
    sources: dict[Lang, SourceItem]
    problems: tuple[Problem, ...]

    @property
    def about(self) -> Resource:
        """The metadata, as the first of the bank's languages has it."""
        return next(iter(self.resources.values()))


class SourceBank(Struct, frozen=True):
    folder: Path
    head: BankHead
    standard_plain: dict[str, Any]
    standard: Standard
    entries: tuple[SourceEntry, ...]

    def load(self, path: str) -> bytes:
        """A file of the bank, by its path within it."""
        return read_inside(self.folder, path)

    def unlisted(self) -> Iterator[str]:
        """Item files that the manifest does not list, so that they are in no sealed bank."""
        listed = {resource.href for entry in self.entries for resource in entry.resources.values()}
        for path in sorted((self.folder / "items").rglob("*.xml")):
            name = path.relative_to(self.folder).as_posix()
            if name not in listed:
                yield name

    def media_paths(self) -> Iterator[str]:
        """Every file under media/."""
        for path in sorted((self.folder / "media").rglob("*")):
            if path.is_file():
                yield path.relative_to(self.folder).as_posix()


def read_source_bank(
    folder: Path, progress: Callable[[int, int], None] = lambda done, of: None
) -> SourceBank:
    """The bank in `folder`. `progress` is told how many of how many files are read.

    Raises:
        InputRefused: bank.toml, the standard or the manifest is missing or wrong.
    """
    plain = read_toml(folder, BANK_FILE)
    try:
        head = msgspec.convert(plain.get("bank"), BankHead)
    except msgspec.ValidationError as fault:
        raise InputRefused(
            mark("not a bank's description: {reason}"),
            where=f"{folder.name}/{BANK_FILE}",
            remedy=mark("docs/author.md shows what [bank] must say"),
            reason=str(fault),
        ) from fault
    if not head.languages or set(head.title) < set(head.languages) or not _is_name(head.id):
        raise InputRefused(
            mark(
                "a bank needs an id of letters, digits, _ . and -, languages, and a title in each"
            ),
            where=f"{folder.name}/{BANK_FILE}",
        )
    standard_plain = read_toml(folder, head.standard)
    standard = read_standard(standard_plain, head.standard)
    resources = read_manifest(read_inside(folder, MANIFEST))
    if not resources:
        raise InputRefused(mark("the manifest lists no item"), where=f"{folder.name}/{MANIFEST}")
    return SourceBank(
        folder=folder,
        head=head,
        standard_plain=standard_plain,
        standard=standard,
        entries=_entries(folder, head, resources, progress),
    )


def read_toml(folder: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(read_inside(folder, name).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputRefused(
            mark("not TOML: {reason}"), where=f"{folder.name}/{name}", reason=str(fault)
        ) from fault


def read_inside(folder: Path, name: str) -> bytes:
    """The file `name` of the bank `folder`, which a name cannot lead out of.

    Raises:
        InputRefused: no such file, outside, or absurdly large.
    """
    relative = PurePosixPath(name)
    path = (folder / relative).resolve()
    if relative.is_absolute() or not path.is_relative_to(folder.resolve()):
        raise InputRefused(mark("not a file of the bank"), where=name)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputRefused(mark("the file is too large"), where=f"{folder.name}/{name}")
        return path.read_bytes()
    except (OSError, ValueError) as fault:
        raise InputRefused(
            mark("there is no such file"),
            where=f"{folder.name}/{name}",
            remedy=mark("Check the path"),
        ) from fault


def _entries(
    folder: Path,
    head: BankHead,
    resources: tuple[Resource, ...],
    progress: Callable[[int, int], None],
) -> tuple[SourceEntry, ...]:
    by_item: dict[str, list[tuple[Lang, Resource, SourceItem | None]]] = {}
    problems: dict[str, list[Problem]] = {}
    for at, resource in enumerate(resources):
        source, lang, found = _read(folder, head, resource)
        identifier = source.id if source is not None else found.item or resource.id
        by_item.setdefault(identifier, []).append((lang, resource, source))
        problems.setdefault(identifier, []).extend(found.all)
        progress(at + 1, len(resources))
    entries = []
    for identifier, read in by_item.items():
        order = {lang: at for at, lang in enumerate(head.languages)}
        read.sort(key=lambda one: order.get(one[0], len(order)))
        known = {lang: resource for lang, resource, _ in read}
        if len(known) != len(read):
            problems[identifier].append(
                Problem(mark("two files give one language of the item"), {}, True, identifier)
            )
        entries.append(
            SourceEntry(
                identifier,
                known,
                {lang: source for lang, _, source in read if source is not None},
                tuple(problems[identifier]),
            )
        )
    return tuple(entries)


def _read(
    folder: Path, head: BankHead, resource: Resource
) -> tuple[SourceItem | None, Lang, Problems]:
    problems = Problems(resource.href)
    default = resource.lang or head.languages[0]
    try:
        root = parse_xml(read_inside(folder, resource.href), resource.href)
    except InputRefused as fault:
        # The resource is named ID.LANG, so that the fault stays with its item.
        problems.item = resource.id.removesuffix(f".{default}")
        problems.refuse(
            None, mark("{file} cannot be read: {reason}"), file=fault.where, reason=fault.summary
        )
        return None, default, problems
    source = read_item(root, problems, default)
    lang = source.lang if source is not None else default
    if lang not in head.languages:
        problems.refuse(root, mark("the bank does not have the language {lang}"), lang=lang)
    return source, lang, problems


def _is_name(text: str) -> bool:
    return (
        bool(text)
        and text[0].isalnum()
        and all(letter.isascii() and (letter.isalnum() or letter in "_.-") for letter in text)
    )
