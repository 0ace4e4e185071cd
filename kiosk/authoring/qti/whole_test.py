"""A QTI test (`qti-assessment-test`) as a value: its items where they stand, and its outcome rules.

How a test is taken (time, order, selection, branches, feedback) is for an exam's plan and blueprint
to say here, and is noted.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.declarations import outcome_declaration, written
from kiosk.authoring.qti.dialect import attribute, child, children, name_of
from kiosk.authoring.qti.processing import rules_of
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, parse_xml
from kiosk.scoring.rules import OutcomeDeclaration
from kiosk.scoring.whole_tests import TestItem, WholeTest
from kiosk.words import mark

TEST: Final = "assessment-test"
MAX_ITEMS: Final = 5_000
MAX_FILES: Final = 200
_NOT_USED: Final = frozenset(
    {"selection", "ordering", "pre-condition", "branch-rule", "time-limits", "item-session-control",
     "rubric-block", "test-feedback", "stylesheet", "template-default", "adaptive-selection",
     "test-part-feedback", "accessibility", "companion-materials-info"}
)  # fmt: skip


class ReadTest(Struct, frozen=True):
    """`files` are the items' paths by their identifier in the test; `sections` counts sections."""

    test: WholeTest
    files: dict[str, str]
    sections: int


def is_test(root: Element) -> bool:
    return name_of(root) == TEST


def read_test(
    root: Element, file: str, read: Callable[[str], bytes], problems: Problems
) -> ReadTest | None:
    """The test in a parsed file, or None when it is refused; `problems` says why.

    Args:
        file: its path within what `read` reads from, where sections in other files are.
    """
    problems.item = attribute(root, "identifier")
    reader = _Reader(read, problems)
    outcomes: list[OutcomeDeclaration] = []
    for part in children(root):
        name = name_of(part)
        if name == "outcome-declaration":
            found = outcome_declaration(part, problems)
            outcomes += [found] if found is not None else []
        elif name == "test-part":
            reader.within(part, (), file)
        elif name not in _NOT_USED and name != "outcome-processing":
            problems.refuse(part, mark("<{element}> is not supported"), element=written(part))
    said: set[str] = set()
    for element in root.iter("{*}*"):
        name = name_of(element)
        if name in _NOT_USED and name not in said:
            said.add(name)
            problems.note(
                element,
                mark("<{element}> is not used: plan and blueprint of an exam say such things"),
                element=written(element),
            )
    processing = child(root, "outcome-processing")
    rules = rules_of(children(processing), problems) if processing is not None else ()
    if not reader.items:
        problems.refuse(root, mark("the test names no item"))
    if problems.refused:
        return None
    test = WholeTest(problems.item, tuple(reader.items), tuple(outcomes), rules)
    return ReadTest(test, reader.files, reader.sections)


class _Reader:
    def __init__(self, read: Callable[[str], bytes], problems: Problems) -> None:
        self.read = read
        self.problems = problems
        self.items: list[TestItem] = []
        self.files: dict[str, str] = {}
        self.sections = 0
        self.opened = 0

    def within(
        self, element: Element, around: tuple[str, ...], *files: str, drawn: bool = False
    ) -> None:
        """The items of a test part or a section; `files` are those that led here, innermost last."""
        around = (*around, attribute(element, "identifier"))
        drawn = drawn or child(element, "selection") is not None
        self.sections += name_of(element) == "assessment-section"
        for part in children(element):
            name = name_of(part)
            if name == "assessment-section":
                self.within(part, around, *files, drawn=drawn)
            elif name == "assessment-section-ref":
                self.section_of(part, around, files, drawn)
            elif name == "assessment-item-ref":
                self.item(part, around, files[-1], drawn)
            elif name not in _NOT_USED:
                self.problems.refuse(
                    part, mark("<{element}> is not supported"), element=written(part)
                )

    def section_of(
        self, part: Element, around: tuple[str, ...], files: tuple[str, ...], drawn: bool
    ) -> None:
        """A section in a file of its own."""
        href = attribute(part, "href")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(files[-1]), href))
        try:
            self.opened += 1
            if path in files:
                raise InputRefused(mark("it names itself"))
            if self.opened > MAX_FILES:
                raise InputRefused(mark("the test is of too many files"))
            root = parse_xml(self.read(path), path)
            if name_of(root) != "assessment-section":
                raise InputRefused(mark("not a section but <{element}>"), element=written(root))
        except InputRefused as fault:
            self.problems.refuse(
                part,
                mark("the section '{name}' cannot be used: {reason}"),
                name=href,
                reason=fault.summary,
            )
            return
        self.within(root, around, *files, path, drawn=drawn)

    def item(self, part: Element, around: tuple[str, ...], file: str, drawn: bool) -> None:
        identifier = attribute(part, "identifier")
        if not identifier or identifier in self.files or len(self.items) >= MAX_ITEMS:
            self.problems.refuse(
                part,
                mark("an item without an identifier of its own in the test ('{identifier}')"),
                identifier=identifier,
            )
            return
        weights = {
            attribute(one, "identifier"): attribute(one, "value", "1")
            for one in children(part, "weight")
        }
        mappings = {
            attribute(one, "target-identifier"): attribute(one, "source-identifier")
            for one in children(part, "variable-mapping")
        }
        self.files[identifier] = posixpath.normpath(
            posixpath.join(posixpath.dirname(file), attribute(part, "href"))
        )
        categories = tuple(attribute(part, "category").split())
        self.items.append(TestItem(identifier, around, categories, weights, mappings, drawn))
