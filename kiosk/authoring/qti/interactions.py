"""Interactions: from the elements in a body to what a seat knows of them.

A table from element name to reader: a further interaction is one entry more. The content of choices
stays as elements here; `kiosk.authoring.compile` makes it safe.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from kiosk.assessment.items import Choice, InlineChoice, Interaction, TextEntry
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.declarations import written
from kiosk.authoring.qti.dialect import attribute, children, is_true, name_of
from kiosk.readers.xml import Element
from kiosk.scoring.rules import ResponseDeclaration
from kiosk.words import mark

TRUE_FALSE: Final = frozenset({"true", "false"})
"""Identifiers that make a single choice of two a true/false question."""

MAX_CHOICES: Final = 60
DEFAULT_LENGTH: Final = 12
_TEXT_TYPES: Final[dict[str, Literal["string", "integer", "float"]]] = {
    "string": "string",
    "integer": "integer",
    "float": "float",
}


class Read(Struct, frozen=True):
    """An interaction and the elements that hold its choices, by identifier."""

    interaction: Interaction
    choices: dict[str, Element]


Reader = Callable[[Element, ResponseDeclaration, Problems], Read | None]


def read_interaction(
    element: Element, responses: dict[str, ResponseDeclaration], problems: Problems
) -> Read | None:
    """The interaction `element`, or None when a problem was reported."""
    reader = READERS.get(name_of(element))
    if reader is None:
        problems.refuse(
            element, mark("the interaction <{element}> is not supported"), element=written(element)
        )
        return None
    identifier = attribute(element, "response-identifier")
    declaration = responses.get(identifier)
    if declaration is None:
        problems.refuse(
            element,
            mark("<{element}> is bound to the response '{response}', which is not declared"),
            element=written(element),
            response=identifier,
        )
        return None
    return reader(element, declaration, problems)


def _choice(element: Element, declaration: ResponseDeclaration, problems: Problems) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("identifier",), problems):
        return None
    found = _choices(element, "simple-choice", problems)
    most = _whole(element, "max-choices", 1, problems)
    least = _whole(element, "min-choices", 0, problems)
    if (declaration.cardinality == "single") != (most == 1):
        problems.refuse(
            element,
            mark("max-choices={n} does not fit the {cardinality} response '{response}'"),
            n=most,
            cardinality=declaration.cardinality,
            response=declaration.id,
        )
        return None
    true_false = declaration.cardinality == "single" and set(found) == TRUE_FALSE
    names = tuple(found)
    return Read(
        Choice(
            response=declaration.id,
            choices=names,
            max_choices=most,
            min_choices=least,
            shuffle=not true_false and is_true(attribute(element, "shuffle")),
            fixed=names if true_false else _fixed(found),
            true_false=true_false,
        ),
        found,
    )


def _inline_choice(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single",), ("identifier",), problems):
        return None
    found = _choices(element, "inline-choice", problems)
    return Read(
        InlineChoice(
            response=declaration.id,
            choices=tuple(found),
            shuffle=is_true(attribute(element, "shuffle")),
            fixed=_fixed(found),
        ),
        found,
    )


def _text_entry(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single",), tuple(_TEXT_TYPES), problems):
        return None
    if attribute(element, "pattern-mask"):
        problems.note(element, mark("the pattern of the field is not enforced"))
    return Read(
        TextEntry(
            response=declaration.id,
            base_type=_TEXT_TYPES[declaration.base_type],
            expected_length=_whole(element, "expected-length", DEFAULT_LENGTH, problems),
        ),
        {},
    )


READERS: Final[dict[str, Reader]] = {
    "choice-interaction": _choice,
    "inline-choice-interaction": _inline_choice,
    "text-entry-interaction": _text_entry,
}


def _is_type(
    element: Element,
    declaration: ResponseDeclaration,
    cardinalities: tuple[str, ...],
    base_types: tuple[str, ...],
    problems: Problems,
) -> bool:
    if declaration.cardinality in cardinalities and declaration.base_type in base_types:
        return True
    problems.refuse(
        element,
        mark("<{element}> cannot give a {cardinality} {base_type}"),
        element=written(element),
        cardinality=declaration.cardinality,
        base_type=declaration.base_type,
    )
    return False


def _choices(element: Element, name: str, problems: Problems) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for part in children(element):
        kind = name_of(part)
        if kind == name:
            identifier = attribute(part, "identifier")
            if not identifier or identifier in found:
                problems.refuse(
                    part,
                    mark("a choice without an identifier of its own ('{identifier}')"),
                    identifier=identifier,
                )
            if attribute(part, "template-identifier"):
                problems.refuse(part, mark("choices shown by a template are not supported"))
            found[identifier] = part
        elif kind != "prompt":
            problems.refuse(part, mark("<{element}> is not supported"), element=written(part))
    if not 2 <= len(found) <= MAX_CHOICES:
        problems.refuse(
            element,
            mark("{n} choices; there must be 2 to {most}"),
            n=len(found),
            most=MAX_CHOICES,
        )
    return found


def _fixed(found: dict[str, Element]) -> tuple[str, ...]:
    return tuple(name for name, part in found.items() if is_true(attribute(part, "fixed")))


def _whole(element: Element, name: str, otherwise: int, problems: Problems) -> int:
    text = attribute(element, name).strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        problems.refuse(
            element, mark('{name}="{text}" is not a whole number'), name=name, text=text
        )
        return otherwise
    return int(text)
