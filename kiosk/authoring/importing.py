"""`kiosk bank import`: others' items into a source bank of ours, and what could not be read.

An item is taken whole or refused with its reasons; nothing is taken by half. What is taken was read
and compiled here once, so `kiosk bank check` meets no surprise.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from kiosk.authoring.compile import compile_text
from kiosk.authoring.foreign.drafts import Draft
from kiosk.authoring.foreign.recognise import SUFFIXES, format_of, read_drafts
from kiosk.authoring.foreign.tex import set_formulas
from kiosk.authoring.formula_sheet import FILE, read_sheet
from kiosk.authoring.instantiate import TRIED, plain_item
from kiosk.authoring.metadata import MANIFEST, Listed, Resource, read_listed
from kiosk.authoring.packages import InMemory, Package, open_package, read_named, unquoted
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import SourceItem, read_item
from kiosk.authoring.qti.dialect import XML_LANG, attribute, child
from kiosk.authoring.qti.stimuli import is_stimulus, put_in_stimuli
from kiosk.authoring.qti.templates import is_template
from kiosk.authoring.qti.upgrade import to_qti_3
from kiosk.authoring.qti.whole_test import is_test, read_test
from kiosk.authoring.source_bank import BANK_FILE, BankFiles, read_bank_files
from kiosk.authoring.source_writer import NewItem, write_source_bank
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, parse_xml
from kiosk.words import listed, mark, text

PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*\.toml", re.ASCII)
"""What a standard may be called, so that its file stands in the bank's folder and is no other's."""

MEDIA: Final = "media/"
_UP: Final = "../"


MAX_QUESTIONS: Final = 50_000
"""Of one file."""


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
    read = read_sources(sources, lang=lang, say=say, progress=progress)
    if read.items:
        write_source_bank(out, read.items, read.media, read.bank_files(alone=len(sources) == 1))
    return Imported(len(read.items), tuple(read.refused), tuple(read.notes))


def read_sources(
    sources: list[Path],
    *,
    lang: str,
    say: str = "en",
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Reading:
    """Every item of `sources`, read, checked and compiled, and not yet written anywhere.

    Args: those of `import_sources`.
    """
    read = Reading(lang, say)
    for source in sources:
        try:
            with open_package(source) as package:
                read.take(package, progress)
        except InputRefused as fault:
            read.refused.append(Refused(str(source), "", _said(fault, say)))
    return read


class Reading:
    """What an import has taken so far (`items` with their `media`), refused and noted."""

    def __init__(self, lang: str, say: str) -> None:
        self.lang = lang
        self.say = say
        self.items: list[NewItem] = []
        self.media: dict[str, bytes] = {}
        self.refused: list[Refused] = []
        self.notes: list[Note] = []
        self.known: set[tuple[str, str]] = set()
        self.numbers: dict[tuple[str, str], int] = {}
        self.stimuli: list[str] = []
        self.asked: set[str] = set()
        """The shared texts met in the package, and those that its items ask about."""
        self.described: BankFiles | None = None
        self.sheets: dict[str, bytes] = {}
        """The formula sheets of the bank that is described, by file."""

    def bank_files(self, *, alone: bool) -> BankFiles | None:
        """The source's own bank.toml and standard, when it is the one source and they still fit."""
        kept = self.described
        if (
            not alone
            or kept is None
            or {item.lang for item in self.items} - set(kept.head.languages)
        ):
            return None
        return replace(kept, written=kept.written | self.sheets)

    def describe(self, package: Package) -> None:
        """Reads the description of a package that is a bank of ours."""
        if BANK_FILE not in package.names:
            return
        try:
            files = read_bank_files(package.read, package.label)
            if not all(PLAIN_NAME.fullmatch(name) and name != MANIFEST for name in files.written):
                raise InputRefused(mark("not a file of the bank"), where=files.head.standard)
            self.described = files
            for lang in files.head.languages:
                self.sheet(package, lang)
        except InputRefused as fault:
            said = text(
                mark("the bank's own description is not used: {reason}"),
                self.say,
                reason=_said(fault, self.say),
            )
            self.notes.append(Note(f"{package.label}/{BANK_FILE}", "", said))

    def sheet(self, package: Package, lang: str) -> None:
        """Takes the formula sheet in one language, where the package has one that can be used."""
        problems = Problems(FILE.format(lang=lang))
        name = problems.file
        if name not in package.names:
            return
        pictures = Pictures(partial(read_named, package))
        if read_sheet(package.read, lang, pictures, problems) is None:
            self.refuse(problems, _shown(package, name))
            return
        root = to_qti_3(parse_xml(package.read(name), name))
        self.localise(root, package, "", problems, home="")
        self.note(problems, _shown(package, name))
        self.sheets[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def take(self, package: Package, progress: Callable[[int, int], None]) -> None:
        self.refused += [
            Refused(fault.where, "", text(fault.sentence, self.say, **fault.values))
            for fault in package.refused
        ]
        self.describe(package)
        listed = None
        if MANIFEST in package.names:
            where = f"{package.label}/{MANIFEST}"
            try:
                listed = read_listed(package.read(MANIFEST), where)
            except InputRefused as fault:  # its files are read as those of a folder without one
                self.refused.append(Refused(where, "", _said(fault, self.say)))
        resources = self.resources(package, listed)
        pictures = Pictures(partial(read_named, package), wanted=True)
        self.stimuli, self.asked = [], set()
        for at, resource in enumerate(resources):
            self.file(package, resource, pictures, alone=len(resources) == 1)
            progress(at + 1, len(resources))
        for href in self.stimuli:
            if href not in self.asked:
                self.say_of(package, href, mark("no item asks about this shared text"))
        if listed is not None:
            self.unlisted(package, listed, resources)

    def resources(self, package: Package, listed: Listed | None) -> tuple[Resource, ...]:
        """The items a manifest lists; without one, or one that lists none, what may be questions."""
        names = package.names
        files = tuple(
            Resource(id=name, href=name)
            for name in names
            if len(names) == 1 or PurePosixPath(name).suffix.lower() in SUFFIXES
            if PurePosixPath(name).name != MANIFEST
        )
        found = (self.once(package, listed.items) if listed is not None else ()) or files
        if not found:
            raise InputRefused(
                mark("there is no item in it"),
                where=package.label,
                remedy=mark(
                    "Give QTI items, a content package, a question table, GIFT, Aiken or Moodle XML"
                ),
            )
        return found

    def once(self, package: Package, items: tuple[Resource, ...]) -> tuple[Resource, ...]:
        """The items a manifest lists without those it lists again."""
        for href, times in Counter(resource.href for resource in items).items():
            if times > 1:
                self.say_of(package, href, mark("the manifest lists it {n} times"), n=times)
        return tuple({resource.href: resource for resource in reversed(items)}.values())[::-1]

    def unlisted(self, package: Package, listed: Listed, taken: tuple[Resource, ...]) -> None:
        """Says what of a package is not read."""
        named = {unquoted(resource.href) for resource in taken} | self.asked | self.sheets.keys()
        for href, kind in listed.others:
            if not kind.startswith("imsqti_") or unquoted(href) in named:
                continue
            if kind.startswith(("imsqti_test", "imsqti_assessment")):
                pictures = Pictures(partial(read_named, package))
                self.file(package, Resource(id=href, href=href), pictures, alone=False)
            else:
                self.say_of(package, href, mark("a {kind} is not read; its items are"), kind=kind)
        named |= {href for href, _ in listed.others}
        named |= {name for resource in taken for name in resource.files}
        for name in package.names:
            if name.lower().endswith(".xml") and name not in named and name != MANIFEST:
                self.say_of(package, name, mark("the manifest does not list it; it is not read"))

    def say_of(self, package: Package, name: str, sentence: str, **values: str | int) -> None:
        """A note of a file that is no item's own."""
        file = _shown(package, name)
        self.notes.append(Note(file, "", text(sentence, self.say, **values)))

    def file(
        self, package: Package, resource: Resource, pictures: Pictures, *, alone: bool
    ) -> None:
        """Takes the items of one file, whatever its format."""
        file = _shown(package, resource.href)
        try:
            data = read_named(package, resource.href)
            kind = format_of(data, resource.href)
            if kind == "qti":
                root = parse_xml(data, resource.href)
                if is_test(root):
                    self.test(package, resource.href, root, pictures, alone=alone)
                    return
                if is_stimulus(root) and not alone:
                    self.stimuli.append(unquoted(resource.href))
                    return
                problems = Problems(resource.href, attribute(root, "identifier"))
                self.asked.update(
                    put_in_stimuli(root, resource.href, partial(read_named, package), problems)
                )
                self.take_item(root, problems, file, resource, pictures, package)
            elif kind is not None:
                drafts = read_drafts(data, kind, resource.href, self.lang)
                for number, draft in enumerate(drafts):
                    if number == MAX_QUESTIONS:
                        raise InputRefused(
                            mark("more than {n} questions; the others are not read"),
                            where=resource.href,
                            remedy=mark("Split it into smaller files"),
                            n=MAX_QUESTIONS,
                        )
                    self.take_draft(draft, file)
            elif alone:
                raise InputRefused(mark("no format that is read"), where=resource.href)
            else:
                self.say_of(package, resource.href, mark("no format that is read"))
        except InputRefused as fault:
            self.refused.append(Refused(file, "", _said(fault, self.say)))

    def test(
        self, package: Package, file: str, root: Element, pictures: Pictures, *, alone: bool
    ) -> None:
        """Says what a test is; where it is all that was given, takes its items."""
        problems = Problems(file)
        found = read_test(root, file, partial(read_named, package), problems)
        if found is None:
            say = self.refuse if alone else self.note
            say(problems, _shown(package, file))
            return
        problems.note(
            None,
            mark(
                "a test of {items} items in {sections} sections; its items are read, not its plan"
            ),
            items=len(found.files),
            sections=found.sections,
        )
        self.note(problems, _shown(package, file))
        for identifier, path in found.files.items() if alone else ():
            self.file(package, Resource(identifier, path), pictures, alone=False)

    def take_draft(self, draft: Draft, file: str) -> None:
        """Takes a question of another format by the way every item goes."""
        problems = draft.problems
        body = None if draft.item is None else child(draft.item, "item-body")
        if body is not None:
            set_formulas(body, problems)
        if draft.item is not None and not problems.refused:
            memory = InMemory(file, draft.media)
            lang = bank_language(draft.item.get(XML_LANG, self.lang))
            name = problems.item
            while (problems.item, lang) in self.known:
                number = self.numbers[name, lang] = self.numbers.get((name, lang), 1) + 1
                problems.item = f"{name}-{number}"
            if problems.item != name:
                problems.note(
                    None,
                    mark("the name '{name}' is taken; {item} is used"),
                    name=name,
                    item=problems.item,
                )
            draft.item.set("identifier", problems.item)
            pictures = Pictures(memory.read)
            self.take_item(draft.item, problems, file, draft.about, pictures, memory)
        elif problems.refused:
            self.refuse(problems, file)
        else:
            self.note(problems, file)

    def refuse(self, problems: Problems, file: str) -> None:
        reasons = [problem.say(self.say) for problem in problems.all if problem.refuses]
        self.refused.append(Refused(file, problems.item, listed(reasons, self.say, "; ")))

    def note(self, problems: Problems, file: str) -> None:
        for problem in problems.all:
            note = Note(file, problems.item, problem.say(self.say))
            if note not in self.notes[-len(problems.all) * 2 :]:
                self.notes.append(note)

    def take_item(
        self,
        root: Element,
        problems: Problems,
        file: str,
        about: Resource,
        pictures: Pictures,
        package: Package,
    ) -> None:
        """Takes the item `root` whole, or refuses it; a template once some of it was tried."""
        lang, item = about.lang or self.lang, attribute(root, "identifier")
        source = None if problems.refused else self.tried(root, problems, lang, pictures)
        pictures.media.clear()  # whoever compiles the bank draws them again: none is kept here
        problems.item = item
        if source is not None:
            lang = bank_language(source.lang)
            if (item, lang) in self.known:
                problems.refuse(None, mark("another item has the identifier '{item}'"), item=item)
        if source is None or problems.refused:
            self.refuse(problems, file)
            return
        self.known.add((item, lang))
        root = to_qti_3(root)
        used = self.localise(root, package, posixpath.dirname(about.href), problems)
        self.note(problems, file)
        root.set(XML_LANG, lang)
        self.items.append(
            NewItem(
                id=item,
                lang=lang,
                about=replace(about, title=about.title or source.title, files=used),
                xml=etree.tostring(root, xml_declaration=True, encoding="UTF-8"),
            )
        )

    def tried(
        self, root: Element, problems: Problems, lang: str, pictures: Pictures
    ) -> SourceItem | None:
        """The item `root`, or the first variant of a template when all that are tried are well."""
        if not is_template(root):
            source = read_item(root, problems, lang)
            if source is not None:
                compile_text(source, pictures, problems)
            return source
        first: SourceItem | None = None
        for variant in range(1, TRIED + 1):
            found = Problems(problems.file, line=problems.line, row=problems.row)
            plain = plain_item(root, found, variant=variant)
            source = None if plain is None else read_item(plain, found, lang)
            if source is not None:
                compile_text(source, pictures, found)
            if variant == 1 or found.refused:
                problems.all += found.all
            if source is None or found.refused:
                return None
            first = first or source
        return first

    def localise(
        self,
        root: Element,
        package: Package,
        folder: str,
        problems: Problems,
        home: str = _UP,
    ) -> tuple[str, ...]:
        """Points the pictures of an item, or of another file whose way to the bank's folder is `home`,
        at files of the new bank, and keeps those."""
        used: dict[str, str] = {}
        for element in root.iter("{*}img", "{*}object"):
            key = "src" if element.get("src") else "data"
            name = attribute(element, key)
            if not name or name.startswith("data:"):
                continue
            path = posixpath.normpath(posixpath.join(folder, name))
            try:
                kept = used.get(path) or self.kept(path, package)
            except InputRefused:
                # The compilation has named those that are shown; this one stands in feedback.
                if all(problem.values.get("path") != path for problem in problems.all):
                    problems.note(element, mark("there is no file '{name}'"), name=name)
                if not path.startswith((_UP, "/")) and ":" not in name:
                    # Where its author may put it.
                    element.set(key, f"{home}{path if path.startswith(MEDIA) else MEDIA + path}")
                continue
            used[path] = kept
            element.set(key, f"{home}{kept}")
        return tuple(dict.fromkeys(used.values()))

    def kept(self, path: str, package: Package) -> str:
        """The file of the new bank that a file of the package becomes."""
        data = read_named(package, path)
        kept = f"{MEDIA}{hashlib.sha256(data).hexdigest()[:16]}{PurePosixPath(path).suffix.lower()}"
        self.media[kept] = data
        return kept


def bank_language(tag: str) -> str:
    """The language of a bank that a tag of others belongs to: en-GB is en, zh-Hans is zh-CN."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return {"en": "en", "zh": "zh-CN"}.get(language, tag)


def _shown(package: Package, name: str) -> str:
    """The file as the person knows it: the very path when it was given as one."""
    return package.label if package.label.endswith(f"/{name}") else f"{package.label}/{name}"


def _said(fault: InputRefused, lang: str) -> str:
    said = text(fault.sentence, lang, **fault.values)
    return f"{fault.where}: {said}" if fault.where else said
