"""Interactions: from the elements in a body to what a seat knows of them.

A table from element name to reader: a further interaction is one entry more. The content of choices
stays as elements here; `kiosk.authoring.compile` makes it safe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, Literal

from msgspec import Struct

from kiosk.assessment.items import (
    Associate,
    Choice,
    ExtendedText,
    GapMatch,
    GraphicAssociate,
    GraphicGapMatch,
    GraphicOrder,
    Hotspot,
    Hottext,
    InlineChoice,
    Interaction,
    Match,
    Order,
    PositionObject,
    SelectPoint,
    Shape,
    Size,
    Slider,
    Spot,
    TextEntry,
)
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.declarations import written
from kiosk.authoring.qti.dialect import attribute, child, children, is_true, name_of
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element
from kiosk.scoring.areas import coordinates
from kiosk.scoring.numbers import number
from kiosk.scoring.numbers import written as in_decimals
from kiosk.scoring.rules import ResponseDeclaration
from kiosk.words import mark

TRUE_FALSE: Final = frozenset({"true", "false"})
"""Identifiers that make a single choice of two a true/false question."""

MAX_CHOICES: Final = 60
DEFAULT_LENGTH: Final = 12
MAX_LENGTH: Final = 200
_WIDTH: Final = "qti-input-width-"
_TEXT_TYPES: Final[dict[str, Literal["string", "integer", "float"]]] = {
    "string": "string",
    "integer": "integer",
    "float": "float",
}


OBJECT: Final = "object"
"""The identifier of the picture that a position object interaction places; QTI gives it none."""
PICTURES: Final = ("object", "img", "picture")
MAX_LINES: Final = 40
DEFAULT_LINES: Final = 6
MAX_PX: Final = 4_096

UNDELIVERABLE: Final = {
    "upload-interaction": mark("a file cannot be handed in at a seat"),
    "drawing-interaction": mark("a seat has nothing to draw with"),
    "media-interaction": mark("a seat plays no sound and no film"),
    "custom-interaction": mark("only the program of its maker can show it"),
    "portable-custom-interaction": mark("only the program of its maker can show it"),
}
"""Interactions that no seat can take an answer to, and why."""
LEFT_OUT: Final = frozenset({"end-attempt-interaction"})
"""A seat has no use for these, and an item is whole without them."""


class Read(Struct, frozen=True):
    """An interaction, the elements that hold its choices (and spots), by identifier, and the picture
    it stands on."""

    interaction: Interaction
    choices: dict[str, Element]
    picture: Element | None = None


Reader = Callable[[Element, ResponseDeclaration, Problems], Read | None]


def read_interaction(
    element: Element, responses: dict[str, ResponseDeclaration], problems: Problems
) -> Read | None:
    """The interaction `element`, or None when a problem was reported."""
    name = name_of(element)
    if name in UNDELIVERABLE:
        problems.refuse(
            element,
            mark("<{element}> cannot be delivered: {reason}"),
            element=written(element),
            reason=UNDELIVERABLE[name],
        )
        return None
    reader = READERS.get(name)
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
    most = _most_choices(element, declaration, problems)
    least = _whole(element, "min-choices", 0, problems)
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
            expected_length=_length(element, problems),
        ),
        {},
    )


def _length(element: Element, problems: Problems) -> int:
    """As stated, or as QTI 3's class of a field's width says (`qti-input-width-6`)."""
    for known in attribute(element, "class").split():
        width = known.removeprefix(_WIDTH)
        if known.startswith(_WIDTH) and width.isascii() and width.isdigit():
            return min(int(width[:4]), MAX_LENGTH)
    return min(_whole(element, "expected-length", DEFAULT_LENGTH, problems), MAX_LENGTH)


def _extended_text(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single",), ("string",), problems):
        return None
    if attribute(element, "pattern-mask"):
        problems.note(element, mark("the pattern of the field is not enforced"))
    if attribute(element, "format", "plain") not in ("plain", "preFormatted"):
        problems.note(element, mark("the field takes plain text; its other format is left out"))
    lines = _whole(element, "expected-lines", DEFAULT_LINES, problems)
    return Read(ExtendedText(declaration.id, max(1, min(lines, MAX_LINES))), {})


def _order(element: Element, declaration: ResponseDeclaration, problems: Problems) -> Read | None:
    if not _is_type(element, declaration, ("ordered",), ("identifier",), problems):
        return None
    found = _choices(element, "simple-choice", problems)
    return Read(
        Order(
            declaration.id,
            tuple(found),
            shuffle=is_true(attribute(element, "shuffle")),
            fixed=_fixed(found),
            max_choices=_places(element, len(found), problems),
        ),
        found,
    )


def _associate(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("pair",), problems):
        return None
    found = _choices(element, "simple-associable-choice", problems)
    return Read(
        Associate(
            declaration.id,
            tuple(found),
            _limits(found, problems),
            max_associations=_most_pairs(element, declaration, problems),
            shuffle=is_true(attribute(element, "shuffle")),
            fixed=_fixed(found),
        ),
        found,
    )


def _match(element: Element, declaration: ResponseDeclaration, problems: Problems) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("directedPair",), problems):
        return None
    both = children(element, "simple-match-set")
    if len(both) != 2:
        problems.refuse(element, mark("a match needs two sets of choices, not {n}"), n=len(both))
        return None
    _only(element, ("prompt", "simple-match-set"), problems)
    sources, targets = (
        _choices(one, "simple-associable-choice", problems, least=1) for one in both
    )
    for name in sorted(sources.keys() & targets.keys()):
        problems.refuse(
            targets[name],
            mark("a choice without an identifier of its own ('{identifier}')"),
            identifier=name,
        )
    found = {**sources, **targets}
    return Read(
        Match(
            declaration.id,
            tuple(sources),
            tuple(targets),
            _limits(found, problems),
            max_associations=_most_pairs(element, declaration, problems),
            shuffle=is_true(attribute(element, "shuffle")),
            fixed=_fixed(found),
        ),
        found,
    )


def _gap_match(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("directedPair",), problems):
        return None
    found = _named(children(element, "gap-text", "gap-img"), problems)
    gaps = _named(_inside(element, "gap"), problems)
    _count(element, len(found), problems, least=1)
    if not gaps:
        problems.refuse(element, mark("there is no gap in the text"))
    for name in sorted(found.keys() & gaps.keys()):
        problems.refuse(
            gaps[name],
            mark("a choice without an identifier of its own ('{identifier}')"),
            identifier=name,
        )
    return Read(
        GapMatch(
            declaration.id,
            tuple(found),
            tuple(gaps),
            _limits(found, problems),
            shuffle=is_true(attribute(element, "shuffle")),
            fixed=_fixed(found),
        ),
        found,
    )


def _hottext(element: Element, declaration: ResponseDeclaration, problems: Problems) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("identifier",), problems):
        return None
    found = _named(_inside(element, "hottext"), problems)
    _count(element, len(found), problems, least=1)
    return Read(
        Hottext(declaration.id, tuple(found), _most_choices(element, declaration, problems)), found
    )


def _slider(element: Element, declaration: ResponseDeclaration, problems: Problems) -> Read | None:
    if not _is_type(element, declaration, ("single",), ("integer", "float"), problems):
        return None
    try:
        lower, upper = (number(attribute(element, f"{end}-bound")) for end in ("lower", "upper"))
        step = number(attribute(element, "step") or "1")
    except InputRefused as fault:
        problems.refuse(element, mark("the scale cannot be used: {reason}"), reason=fault.summary)
        return None
    if not lower < upper or step <= 0 or (upper - lower) % step:
        problems.refuse(
            element, mark("the scale cannot be used: its steps do not lead from end to end")
        )
        return None
    whole = declaration.base_type == "integer"
    if whole and (lower.denominator, step.denominator) != (1, 1):
        problems.refuse(element, mark("the scale of a whole number has steps that are none"))
        return None
    return Read(
        Slider(
            declaration.id,
            in_decimals(lower),
            in_decimals(upper),
            in_decimals(step),
            "integer" if whole else "float",
            vertical=attribute(element, "orientation") == "vertical",
            reverse=is_true(attribute(element, "reverse")),
        ),
        {},
    )


# --- on a picture ---------------------------------------------------------------------------------


def _hotspot(element: Element, declaration: ResponseDeclaration, problems: Problems) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("identifier",), problems):
        return None
    found, spots, size = _spots(element, "hotspot-choice", problems)
    most = _most_choices(element, declaration, problems)
    return Read(Hotspot(declaration.id, spots, size, most), found, _picture(element, problems))


def _select_point(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("point",), problems):
        return None
    _only(element, ("prompt", *PICTURES), problems)
    picture = _picture(element, problems)
    most = _most_choices(element, declaration, problems)
    return Read(SelectPoint(declaration.id, _size(picture, problems), most), {}, picture)


def _graphic_order(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("ordered",), ("identifier",), problems):
        return None
    found, spots, size = _spots(element, "hotspot-choice", problems)
    most = _places(element, len(found), problems)
    return Read(GraphicOrder(declaration.id, spots, size, most), found, _picture(element, problems))


def _graphic_associate(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("pair",), problems):
        return None
    found, spots, size = _spots(element, "associable-hotspot", problems)
    most = _most_pairs(element, declaration, problems)
    return Read(
        GraphicAssociate(declaration.id, spots, size, _limits(found, problems), most),
        found,
        _picture(element, problems),
    )


def _graphic_gap_match(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("directedPair",), problems):
        return None
    kinds = ("gap-img", "gap-text")
    choices = _named(children(element, *kinds), problems)
    _count(element, len(choices), problems, least=1)
    places, spots, size = _spots(element, "associable-hotspot", problems, beside=kinds, least=1)
    for name in sorted(choices.keys() & places.keys()):
        problems.refuse(
            places[name],
            mark("a choice without an identifier of its own ('{identifier}')"),
            identifier=name,
        )
    found = {**choices, **places}
    return Read(
        GraphicGapMatch(
            declaration.id,
            tuple(choices),
            spots,
            size,
            _limits(found, problems),
            shuffle=is_true(attribute(element, "shuffle")),
            fixed=_fixed(choices),
        ),
        found,
        _picture(element, problems),
    )


def _position_object(
    element: Element, declaration: ResponseDeclaration, problems: Problems
) -> Read | None:
    if not _is_type(element, declaration, ("single", "multiple"), ("point",), problems):
        return None
    stage = element.getparent()
    if stage is None or name_of(stage) != "position-object-stage":
        problems.refuse(element, mark("there is no stage around it to put the object on"))
        return None
    _only(element, PICTURES, problems)
    ground, moved = _picture(stage, problems), _picture(element, problems)
    most = _most_choices(element, declaration, problems)
    return Read(
        PositionObject(
            declaration.id, OBJECT, _size(moved, problems), _size(ground, problems), most
        ),
        {OBJECT: element},
        ground,
    )


READERS: Final[dict[str, Reader]] = {
    "choice-interaction": _choice,
    "inline-choice-interaction": _inline_choice,
    "text-entry-interaction": _text_entry,
    "extended-text-interaction": _extended_text,
    "order-interaction": _order,
    "associate-interaction": _associate,
    "match-interaction": _match,
    "gap-match-interaction": _gap_match,
    "hottext-interaction": _hottext,
    "slider-interaction": _slider,
    "hotspot-interaction": _hotspot,
    "select-point-interaction": _select_point,
    "graphic-order-interaction": _graphic_order,
    "graphic-associate-interaction": _graphic_associate,
    "graphic-gap-match-interaction": _graphic_gap_match,
    "position-object-interaction": _position_object,
}


def _picture(element: Element, problems: Problems) -> Element | None:
    """The element of the picture that `element` stands on."""
    found = children(element, *PICTURES)
    if len(found) != 1:
        problems.refuse(
            element,
            mark("<{element}> needs one picture and has {n}"),
            element=written(element),
            n=len(found),
        )
        return None
    if name_of(found[0]) == "picture":
        return child(found[0], "img")
    return found[0]


_DIGITS: Final = re.compile("[0-9]{1,6}")


def _size(picture: Element | None, problems: Problems) -> Size:
    """The size a picture says it has; (0, 0) where it leaves that to its file."""
    if picture is None or not (attribute(picture, "width") or attribute(picture, "height")):
        return (0, 0)
    sides = [attribute(picture, side).strip().removesuffix("px") for side in ("width", "height")]
    if not all(_DIGITS.fullmatch(side) and 0 < int(side) <= MAX_PX for side in sides):
        problems.refuse(
            picture, mark("width and height of the picture must be whole px, at most {n}"), n=MAX_PX
        )
        return (0, 0)
    return (int(sides[0]), int(sides[1]))


_SHAPES: Final[dict[str, Shape]] = {
    "circle": "circle",
    "rect": "rect",
    "poly": "poly",
    "ellipse": "ellipse",
    "default": "default",
}


def _spots(
    element: Element,
    name: str,
    problems: Problems,
    *,
    beside: tuple[str, ...] = (),
    least: int = 2,
) -> tuple[dict[str, Element], tuple[Spot, ...], Size]:
    """Elements of the spots by identifier, the spots, and the size they are measured on."""
    _only(element, ("prompt", *PICTURES, name, *beside), problems)
    found = _named(children(element, name), problems)
    _count(element, len(found), problems, least=least)
    spots = []
    for identifier, part in found.items():
        shape = _SHAPES.get(attribute(part, "shape", "default"))
        try:
            read = coordinates(shape or attribute(part, "shape"), attribute(part, "coords"))
        except InputRefused as fault:
            problems.refuse(part, mark("the spot cannot be used: {reason}"), reason=fault.summary)
            continue
        spots.append(Spot(identifier, shape or "default", tuple(round(one) for one in read)))
    return found, tuple(spots), _size(_picture(element, problems), problems)


# --- what they share ------------------------------------------------------------------------------


def _inside(element: Element, name: str) -> list[Element]:
    return [part for part in element.iter("{*}*") if name_of(part) == name]


def _only(element: Element, names: tuple[str, ...], problems: Problems) -> None:
    for part in children(element):
        if name_of(part) not in names:
            problems.refuse(part, mark("<{element}> is not supported"), element=written(part))


def _most_choices(element: Element, declaration: ResponseDeclaration, problems: Problems) -> int:
    """How many may be chosen: one where the response holds one value, whatever else is said."""
    if declaration.cardinality == "single":
        return 1
    return _whole(element, "max-choices", 0, problems)


def _most_pairs(element: Element, declaration: ResponseDeclaration, problems: Problems) -> int:
    if declaration.cardinality == "single":
        return 1
    return _whole(element, "max-associations", 0, problems)


def _places(element: Element, choices: int, problems: Problems) -> int:
    """How many choices get a place; 0, which is all, where not fewer are asked for."""
    most = _whole(element, "max-choices", 0, problems)
    return most if most < choices else 0


def _limits(found: dict[str, Element], problems: Problems) -> dict[str, int]:
    """How often each may be used (match-max)."""
    for part in found.values():
        if attribute(part, "match-group"):
            problems.note(part, mark("the groups of what may be matched are not enforced"))
    return {name: _whole(part, "match-max", 1, problems) for name, part in found.items()}


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


def _choices(
    element: Element, name: str, problems: Problems, *, least: int = 2
) -> dict[str, Element]:
    _only(element, ("prompt", name), problems)
    found = _named(children(element, name), problems)
    _count(element, len(found), problems, least=least)
    return found


def _named(parts: Iterable[Element], problems: Problems) -> dict[str, Element]:
    """`parts` by their identifiers."""
    found: dict[str, Element] = {}
    for part in parts:
        identifier = attribute(part, "identifier")
        if not identifier or identifier in found or len(identifier.split()) != 1:
            problems.refuse(
                part,
                mark("a choice without an identifier of its own ('{identifier}')"),
                identifier=identifier,
            )
        if attribute(part, "template-identifier"):
            problems.refuse(part, mark("choices shown by a template are not supported"))
        found[identifier] = part
    return found


def _count(element: Element, found: int, problems: Problems, *, least: int) -> None:
    if not least <= found <= MAX_CHOICES:
        problems.refuse(
            element,
            mark("{n} choices; there must be {least} to {most}"),
            n=found,
            least=least,
            most=MAX_CHOICES,
        )


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
