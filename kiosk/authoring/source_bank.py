"""A bank as its author keeps it: a folder of QTI 3 items with its standard, read whole.

    bank.toml  standard.toml  imsmanifest.xml  items/ID.LANG.xml  media/*

A fault of one item is that item's problem and stays with it; only what concerns the whole bank (its
own files missing or wrong) is raised.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from kiosk.assessment.items import Lang
from kiosk.authoring.instantiate import TRIAL, Variants, instantiate, variant_name
from kiosk.authoring.metadata import MANIFEST, Resource, read_manifest
from kiosk.authoring.problems import Problem, Problems
from kiosk.authoring.qti import SourceItem, read_item
from kiosk.authoring.qti.dialect import XML_LANG, attribute
from kiosk.authoring.qti.stimuli import put_in_stimuli
from kiosk.authoring.qti.templates import is_template, read_template
from kiosk.errors import InputRefused, NotThere
from kiosk.readers.xml import Element, parse_xml
from kiosk.scoring.standard import Standard, read_standard
from kiosk.scoring.template_rules import ItemTemplate
from kiosk.scoring.templates import Drawn
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


class BankFiles(Struct, frozen=True):
    """bank.toml and the standard it names; `written` is both, as they stand, by path."""

    head: BankHead
    standard_plain: dict[str, Any]
    standard: Standard
    written: dict[str, bytes]


class SourceEntry(Struct, frozen=True):
    """One item in all its languages. `sources` lacks a language whose file was refused.

    A plain item made of the template `template` has that template's `variant`, from 1.
    """

    id: str
    resources: dict[Lang, Resource]
    sources: dict[Lang, SourceItem]
    problems: tuple[Problem, ...]
    template: str = ""
    variant: int = 0

    @property
    def about(self) -> Resource:
        """The metadata, as the first of the bank's languages has it."""
        return next(iter(self.resources.values()))


class SourceBank(Struct, frozen=True):
    """`variants` says which plain items were made of templates."""

    folder: Path
    head: BankHead
    standard_plain: dict[str, Any]
    standard: Standard
    entries: tuple[SourceEntry, ...]
    variants: Variants = TRIAL

    @property
    def written(self) -> int:
        """How many items the author wrote: a template is one."""
        return len({entry.template or entry.id for entry in self.entries})

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
    folder: Path,
    progress: Callable[[int, int], None] = lambda done, of: None,
    variants: Variants = TRIAL,
) -> SourceBank:
    """The bank in `folder`, with plain items in the place of its templates.

    Args:
        progress: is told how many of how many files are read.
        variants: how many items a template gives, and from which seed.

    Raises:
        InputRefused: bank.toml, the standard or the manifest is missing or wrong.
    """
    files = read_bank_files(lambda name: read_inside(folder, name), folder.name)
    resources = read_manifest(read_inside(folder, MANIFEST))
    if not resources:
        raise InputRefused(mark("the manifest lists no item"), where=f"{folder.name}/{MANIFEST}")
    return SourceBank(
        folder=folder,
        head=files.head,
        standard_plain=files.standard_plain,
        standard=files.standard,
        entries=_entries(folder, files.head, resources, variants, progress),
        variants=variants,
    )


def read_bank_files(read: Callable[[str], bytes], bank: str) -> BankFiles:
    """The description and the standard of the bank whose files `read` gives; `bank` names it.

    Raises:
        InputRefused: one of the two is missing or wrong.
    """
    written = {BANK_FILE: read(BANK_FILE)}
    plain = _toml(written[BANK_FILE], f"{bank}/{BANK_FILE}")
    try:
        head = msgspec.convert(plain.get("bank"), BankHead)
    except msgspec.ValidationError as fault:
        raise InputRefused(
            mark("not a bank's description: {reason}"),
            where=f"{bank}/{BANK_FILE}",
            remedy=mark("docs/author.md shows what [bank] must say"),
            reason=str(fault),
        ) from fault
    if not head.languages or set(head.title) < set(head.languages) or not _is_name(head.id):
        raise InputRefused(
            mark(
                "a bank needs an id of letters, digits, _ . and -, languages, and a title in each"
            ),
            where=f"{bank}/{BANK_FILE}",
        )
    written[head.standard] = read(head.standard)
    standard_plain = _toml(written[head.standard], f"{bank}/{head.standard}")
    standard = read_standard(standard_plain, head.standard)
    return BankFiles(head, standard_plain, standard, written)


def _toml(data: bytes, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode())
    except ValueError as fault:  # of TOML, of UTF-8, and of a number with thousands of digits
        raise InputRefused(mark("not TOML: {reason}"), where=where, reason=str(fault)) from fault
    except RecursionError as fault:
        raise InputRefused(
            mark("not TOML: {reason}"), where=where, reason="nested too deep"
        ) from fault


def read_inside(folder: Path, name: str) -> bytes:
    """The file `name` of the bank `folder`, which a name cannot lead out of.

    Raises:
        NotThere: no such file.
        InputRefused: outside, or absurdly large.
    """
    try:
        home = os.path.realpath(folder)
        path = os.path.realpath(os.path.join(home, name))
        if os.path.isabs(name) or os.path.commonpath((home, path)) != home:
            raise InputRefused(mark("not a file of the bank"), where=name)
        if not os.path.isfile(path):  # a pipe or a device would never end
            raise FileNotFoundError
        if os.path.getsize(path) > MAX_FILE_BYTES:
            raise InputRefused(mark("the file is too large"), where=f"{folder.name}/{name}")
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as fault:
        raise NotThere(
            mark("there is no such file"),
            where=f"{folder.name}/{name}",
            remedy=mark("Check the path"),
        ) from fault


class _Read(Struct, frozen=True):
    """One item of one file; `template` and `variant` where it was made of a template."""

    item: str
    lang: Lang
    resource: Resource
    source: SourceItem | None
    problems: tuple[Problem, ...]
    template: ItemTemplate | None = None
    variant: int = 0


def _entries(
    folder: Path,
    head: BankHead,
    resources: tuple[Resource, ...],
    variants: Variants,
    progress: Callable[[int, int], None],
) -> tuple[SourceEntry, ...]:
    by_item: dict[str, list[_Read]] = {}
    for at, resource in enumerate(resources):
        for one in _read(folder, head, resource, variants):
            by_item.setdefault(one.item, []).append(one)
        progress(at + 1, len(resources))
    order = {lang: at for at, lang in enumerate(head.languages)}
    return tuple(_entry(item, read, order) for item, read in by_item.items())


def _entry(item: str, read: list[_Read], order: dict[Lang, int]) -> SourceEntry:
    read.sort(key=lambda one: order.get(one.lang, len(order)))
    first = read[0]
    known = {one.lang: one.resource for one in read}
    problems = [problem for one in read for problem in one.problems]
    if len(known) != len(read):
        problems.append(Problem(mark("two files give one language of the item"), {}, True, item))
    if any(one.template != first.template for one in read):
        sentence = mark(
            "the languages differ in their template; choose words with template blocks instead"
        )
        problems.append(Problem(sentence, {}, True, item))
    return SourceEntry(
        item,
        known,
        {one.lang: one.source for one in read if one.source is not None},
        tuple(problems),
        first.template.item if first.template is not None else "",
        first.variant,
    )


def _read(folder: Path, head: BankHead, resource: Resource, variants: Variants) -> Iterator[_Read]:
    """The item of a file, or the plain items of a template."""
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
        yield _Read(problems.item, default, resource, None, tuple(problems.all))
        return
    put_in_stimuli(root, resource.href, partial(read_inside, folder), problems)
    if problems.refused:
        problems.item = attribute(root, "identifier")
        yield _Read(problems.item, default, resource, None, tuple(problems.all))
        return
    if is_template(root):
        yield from _variants(root, head, resource, variants)
        return
    source, lang = _source(root, head, default, problems)
    item = source.id if source is not None else problems.item or resource.id
    yield _Read(item, lang, resource, source, tuple(problems.all))


def _variants(
    root: Element, head: BankHead, resource: Resource, variants: Variants
) -> Iterator[_Read]:
    """The plain items of the template `root`, without those that came out like an earlier one."""
    default = root.get(XML_LANG) or resource.lang or head.languages[0]
    template = read_template(root, Problems(resource.href))
    known: list[Drawn] = []
    for number in range(1, variants.count + 1):
        problems = Problems(resource.href)
        made = instantiate(root, variants.seed, number, problems)
        if made is not None and made.drawn in known:
            continue
        source, lang = None, default
        if made is not None:
            known.append(made.drawn)
            source, lang = _source(made.plain, head, default, problems)
        item = variant_name(attribute(root, "identifier"), number)
        yield _Read(item, lang, resource, source, tuple(problems.all), template, number)


def _source(
    root: Element, head: BankHead, default: Lang, problems: Problems
) -> tuple[SourceItem | None, Lang]:
    source = read_item(root, problems, default)
    lang = source.lang if source is not None else default
    if lang not in head.languages:
        problems.refuse(root, mark("the bank does not have the language {lang}"), lang=lang)
    return source, lang


def _is_name(text: str) -> bool:
    return (
        bool(text)
        and text[0].isalnum()
        and all(letter.isascii() and (letter.isalnum() or letter in "_.-") for letter in text)
    )
